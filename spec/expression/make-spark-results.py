"""Asks Spark for the values of the expressions below and writes them to spark-results.json beside this file.

Usage: python make-spark-results.py   (needs pyspark 4)
"""

import itertools
import json
import os

EXPRESSIONS = []


def add(*expressions):
    EXPRESSIONS.extend(expressions)


def each(template, *lists):
    for values in itertools.product(*lists):
        add(template.format(*values))


# literals and their types
add("1", "2147483648", "9223372036854775808", "-2147483648", "-9223372036854775808L", "1L", "1S", "1Y", "1.5", "1.50", ".5", "5.",
    "0.05", "0.00", "1e3", "1.5e-3", "1.5D", "1.5BD", "1e3BD", "2F", "0.1F", "TRUE", "NULL", "DATE '2024-02-29'", "DATE '2024'",
    "TIMESTAMP '2024-01-31 12:30:05.5'", "TIMESTAMP '2024-01-31T12:30:05.123456Z'", "TIMESTAMP '2024-01-31 12:30:05+09:00'",
    "TIMESTAMP_NTZ '2024-01-31 12:30:05.5'", "X'1F'", "X'41'", "'it''s'", "\"double\"", "'a\\nb'", "'\\u00e9'", "'a' 'b'", "R'\\n'", "'a\\%b'",
    "'\\101'", "'tab\\tx'", "'\\q'")

# arithmetic: types and values
NUMBERS = ["3Y", "300S", "7", "5000000000L", "2.5F", "2.5D", "1.25", "12345678901234567890.5", "'4'", "NULL"]
for operator in ["+", "-", "*", "/", "%", "DIV"]:
    each("{} " + operator + " {}", NUMBERS, NUMBERS)
add("2147483647 + 1", "2147483647L + 1", "9223372036854775807L + 1", "-9223372036854775808L - 1", "9223372036854775807L * 2", "100Y + 100Y",
    "100Y * 2Y", "-128Y - 1Y", "1 / 0", "1 % 0", "1 DIV 0", "1.0D / 0", "1.0 / 0", "0.0D / 0.0D", "-7 % 3", "7 % -3", "-7 DIV 2", "-7.5D % 2",
    "-7L % 3L", "-9223372036854775808L DIV -1L", "pmod(-7, 3)", "pmod(7, -3)", "pmod(-7.5D, 2D)", "pmod(-7.5, 2)", "mod(-7, 3)", "mod(7.5, 2)",
    "1.5 DIV 0.4", "-(5)", "-(-2147483648)", "-(1.5)", "-'3'", "+5", "3037000500L * 3037000500L", "3037000499L * 3037000499L",
    "9007199254740993L + 1L", "9007199254740993L * 3L", "-9007199254740993L * 3L", "4294967296L * 4294967296L", "1L - 9223372036854775807L",
    "123456789012345.123 * 98765.4321", "99999999999999999999999999999999999999BD + 1BD", "0.1 + 0.2", "1.0 / 3", "10 / 4", "2 / 3.0",
    "1234567890.12345 / 0.00001", "1.1 * 1.1", "12345678901234567890123456789.123456789 * 9.9", "12345678901234567890123456789.123456789 + 0.1234567891",
    "1e400", "1.0D * 1e308 * 10", "cast(1.1 as decimal(20,10)) * cast(1.1 as decimal(20,18))", "cast(10 as decimal(38,18)) / cast(3 as decimal(38,18))",
    "5 - 2 - 1", "2 + 3 * 4", "(2 + 3) * 4", "100 / 10 / 5", "1 + 2 || 3", "-2 * -3", "1 - -1")

# comparisons and logic
VALUES = ["1", "1L", "1.0", "1.5D", "1F", "'1'", "'abc'", "NULL", "TRUE", "DATE '2024-01-01'", "TIMESTAMP '2024-01-01 00:00:00'", "X'31'"]
each("{} = {}", VALUES, VALUES)
for operator in ["<", "<=", ">", ">=", "<>", "<=>"]:
    each("{} " + operator + " {}", ["1", "2.5", "'2'", "NULL", "double('NaN')"], ["1", "2.5D", "'10'", "NULL", "double('NaN')"])
add("double('NaN') = double('NaN')", "double('NaN') > double('Infinity')", "0.0D = -0.0D", "-0.0D < 0.0D", "'a' < 'B'", "'a' < 'aa'", "'é' > 'z'",
    "'\U0001F600' > '\uffee'", "X'00' < X'FF'", "FALSE < TRUE", "DATE '2024-01-01' < '2024-06-01'", "'2024-06-01' > DATE '2024-01-01'",
    "DATE '2024-01-01' = TIMESTAMP '2024-01-01 00:00:00'", "TIMESTAMP '2024-01-01 00:00:00' = TIMESTAMP_NTZ '2024-01-01 00:00:00'",
    "DATE '2024-01-01' = 'x'", "1 = 'x'", "TRUE = 'yes'", "TRUE = 1", "NULL AND FALSE", "NULL AND TRUE", "NULL OR TRUE", "NULL OR FALSE", "NOT NULL",
    "TRUE AND NULL", "FALSE OR NULL", "NOT TRUE", "! TRUE", "1 = 1 IS TRUE", "NULL IS TRUE", "NULL IS NOT TRUE", "FALSE IS FALSE", "NULL IS NOT FALSE",
    "NULL IS NULL", "1 IS NULL", "1 IS NOT NULL", "NULL IS UNKNOWN", "1 IS DISTINCT FROM NULL", "NULL IS DISTINCT FROM NULL", "NULL IS NOT DISTINCT FROM NULL",
    "1 IN (1, 2)", "3 IN (1, 2)", "3 IN (1, NULL)", "NULL IN (1, 2)", "1 NOT IN (2, 3)", "1 NOT IN (2, NULL)", "1 IN (1.0, 2.5)", "'a' IN ('a', 'b')",
    "1 IN ('1', '2')", "double('NaN') IN (1.0D, double('NaN'))", "1 BETWEEN 0 AND 2", "1 NOT BETWEEN 0 AND 2", "NULL BETWEEN 0 AND 2", "3 BETWEEN 0 AND NULL",
    "-1 BETWEEN 0 AND NULL", "DATE '2024-03-01' BETWEEN '2024-01-01' AND '2024-12-31'", "1 BETWEEN 0.5 AND '2'", "1 + 1 = 2 AND 2 < 3 OR FALSE",
    "NOT 1 = 2", "NOT 1 IN (1)", "array(1, 2) = array(1, 2)", "array(1, 2) < array(1, 3)", "struct(1, 'a') = struct(1, 'a')", "array(1, NULL) < array(1, 2)")

# like
each("'{}' LIKE '{}'", ["abc", "a%c", "a_c", "", "äbc", "a\\\\c"], ["abc", "a%", "%c", "%b%", "a_c", "_bc", "%", "", "a\\%c", "a\\_c", "__", "%%"])
add("'a%c' LIKE 'a#%c' ESCAPE '#'", "'abc' LIKE 'a#%c' ESCAPE '#'", "'a#c' LIKE 'a##c' ESCAPE '#'", "'ABC' LIKE 'abc'", "'ABC' ILIKE 'a%'", "NULL LIKE 'a'",
    "'a' LIKE NULL", "'abc' NOT LIKE 'a%'", "'abc' LIKE 'a\\\\bc'", "'abcabd' LIKE '%ab_'", "'abab' LIKE '%ab'", "'aXbXc' LIKE 'a%X%c'", "'\U0001F600' LIKE '_'",
    "123 LIKE '1%'")

# conditionals
add("CASE WHEN 1 = 1 THEN 'a' ELSE 'b' END", "CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END", "CASE WHEN FALSE THEN 1 END", "CASE WHEN TRUE THEN 1 ELSE 2.5 END",
    "CASE WHEN TRUE THEN 1 ELSE '2' END", "CASE WHEN NULL THEN 1 ELSE 2 END", "CASE WHEN TRUE THEN 1 ELSE 1 / 0 END", "CASE NULL WHEN NULL THEN 1 ELSE 2 END",
    "coalesce(NULL, 1)", "coalesce(NULL, 1, 2.5)", "coalesce(NULL, NULL)", "coalesce(1, 1 / 0)", "nvl(NULL, 'x')", "ifnull(NULL, 2)", "nullif(1, 1)",
    "nullif(1, 2)", "nullif('1', 1)", "nvl2(NULL, 1, 2)", "nvl2(1, 'a', 'b')", "if(TRUE, 1, 2L)", "if(NULL, 1, 2)", "iff(FALSE, 1, 2)", "greatest(1, 3, 2)",
    "greatest(1, NULL, 2.5)", "least(1, NULL, 2.5)", "greatest('a', 'b')", "greatest(double('NaN'), 1D)", "least(double('NaN'), 1D)", "greatest(NULL, NULL)",
    "isnan(double('NaN'))", "isnan(1)", "isnan(NULL)", "nanvl(double('NaN'), 5)", "nanvl(1D, 5)", "isnull(NULL)", "isnotnull(1)",
    "coalesce(DATE '2024-01-01', TIMESTAMP '2024-01-01 00:00:00')", "coalesce(1, '2')", "equal_null(NULL, NULL)")

# casts
TYPES = ["tinyint", "smallint", "int", "bigint", "float", "double", "decimal(10,2)", "string", "boolean", "date", "timestamp", "timestamp_ntz", "binary"]
FROM = ["1", "-1Y", "300", "3000000000L", "1.5F", "-2.5D", "1e20", "double('NaN')", "double('Infinity')", "12.345", "-12.345", "99999999999.9", "TRUE", "FALSE",
        "'1'", "' 42 '", "'1.5'", "'abc'", "''", "'1e3'", "'true'", "' YES '", "'2024-02-29'", "'2024-02-30'", "'2024-1-1 1:2:3'", "'NaN'", "'inf'", "'+5'",
        "DATE '2024-02-29'", "TIMESTAMP '2024-02-29 12:30:05.123456'", "TIMESTAMP '1969-12-31 23:59:59.5'", "TIMESTAMP_NTZ '2024-02-29 12:30:05.1'", "X'616263'", "NULL"]
each("CAST({} AS {})", FROM, TYPES)
each("TRY_CAST({} AS {})", ["'abc'", "300", "1e20", "'2024-02-30'", "12345678901.5"], ["tinyint", "int", "bigint", "decimal(4,1)", "date", "timestamp", "boolean"])
each("CAST({} AS string)", ["1e7", "1.0D", "123456.789D", "9999999.0D", "1e-3", "0.00099D", "1.0E10F", "3.4028235E38F", "1.4E-45F", "16777216F", "0.1F", "1.17549435E-38F",
                            "-0.0D", "0.000001", "1e-7BD", "100BD", "123.4500", "4.9E-324", "1.7976931348623157E308", "2.2250738585072014E-308", "DATE '0001-01-01'",
                            "DATE '9999-12-31'", "TIMESTAMP '2024-01-01 00:00:00.100'", "TIMESTAMP '0001-01-01 00:00:00'", "array(1, NULL, 3)",
                            "map('a', 1)", "struct(1, 'x', NULL)", "array('a', 'b')", "named_struct('a', 1.5, 'b', DATE '2024-01-01')"])
each("CAST('{}' AS timestamp)", ["2024", "2024-01", "2024-01-02", "2024-01-02 03", "2024-01-02 03:04", "2024-01-02 03:04:05", "2024-01-02T03:04:05.1234567",
                                 "2024-01-02 03:04:05Z", "2024-01-02 03:04:05 +01:00", "2024-01-02 03:04:05+1", "2024-01-02 03:04:05+0130", "2024-01-02 03:04:05 UTC",
                                 "2024-01-02 03:04:05 GMT+8", "2024-01-02 24:00:00", "2024-01-02 03:60:00", "2024-13-02", " 2024-01-02 ", "2024-01-02 03:04:05.", "2024-1-2 3:4:5.6"])
each("CAST('{}' AS timestamp_ntz)", ["2024-01-02", "2024-01-02 03:04:05.5", "2024-01-02 03:04:05Z", "2024-01-02 03:04:05+09:00"])
each("CAST('{}' AS date)", ["2024", "2024-02", "2024-2-3", "2024-02-03 junk", "2024-02-03T01", "2024-02-03x", "20240203", "2023-02-29", " 2024-02-03 ", "0001-01-01", "+2024-01-01"])
each("CAST('{}' AS decimal(5,2))", ["1.005", "-1.005", "999.994", "999.995", "1e2", "1e-2", ".5", "5.", "1,5", "", "0x10"])
each("CAST('{}' AS double)", ["1.5", "1.5d", "1.5f", ".5", "5.", "1e400", "-Infinity", "+inf", "nan", "0x1p3", "1_000", "1e"])
each("CAST({} AS decimal(5,2))", ["1.005D", "0.005", "-0.005", "0.1F", "999", "1000", "999.995D", "TRUE", "123.456BD"])
add("CAST(9223372036854775807L AS float)", "CAST(9223372036854775807L AS double)", "CAST(9.223372036854775807E18 AS bigint)", "CAST(1e19 AS bigint)",
    "CAST(127.9D AS tinyint)", "CAST(128.0D AS tinyint)", "CAST(-128.9D AS tinyint)", "CAST(2147483647.9D AS int)", "CAST(12.9 AS int)", "CAST(-12.9 AS bigint)",
    "1::string", "'5'::int + 1", "CAST(CAST(0.1F AS double) AS string)", "CAST(16777217 AS float)", "CAST(123456789012345678901234567890.5 AS double)",
    "CAST(array(1, 2) AS array<string>)", "CAST(array('1', 'x') AS array<int>)", "CAST(struct(1, 2) AS struct<a:string,b:bigint>)", "CAST(map('1', 2) AS map<int,string>)",
    "CAST(1700000000.123456 AS timestamp)", "CAST(1700000000 AS timestamp)", "CAST(1.7e9D AS timestamp)")

# text functions
TEXTS = ["'Spark SQL'", "''", "'  pad '", "'äöü\U0001F600x'", "NULL"]
for function in ["upper", "lower", "length", "char_length", "trim", "ltrim", "rtrim", "reverse", "initcap", "ascii", "octet_length", "bit_length", "btrim"]:
    each(function + "({})", TEXTS)
each("substring({}, {})", ["'Spark'", "'äöü\U0001F600x'"], ["0", "1", "2", "5", "6", "-1", "-3", "-9"])
each("substring({}, {}, {})", ["'Spark'"], ["-9", "-3", "0", "1", "4", "9"], ["-1", "0", "2", "2147483647"])
each("left({}, {})", ["'Spark'", "'ä\U0001F600b'"], ["-1", "0", "2", "9"])
each("right({}, {})", ["'Spark'", "'ä\U0001F600b'"], ["-1", "0", "2", "9"])
each("lpad('{}', {}, '{}')", ["hi", "\U0001F600"], ["-1", "0", "1", "5"], ["", "x", "xy"])
each("rpad('{}', {}, '{}')", ["hi"], ["-1", "0", "1", "5"], ["", "x", "xy"])
add("lpad('hi', 4)", "rpad('hi', 4)", "concat('a', 'b', 'c')", "concat('a', NULL)", "concat(1, 'b', 2.5)", "concat()", "'a' || 1 || TRUE", "concat(X'01', X'02')",
    "concat_ws('-', 'a', NULL, 'b')", "concat_ws('-')", "concat_ws(NULL, 'a')", "concat_ws(',', 1, 2)", "replace('banana', 'an', 'X')", "replace('banana', 'an')",
    "replace('banana', '', 'X')", "replace('a.b', '.', '$&')", "instr('banana', 'an')", "instr('banana', 'x')", "instr('banana', '')", "instr('\U0001F600a', 'a')",
    "locate('an', 'banana')", "locate('an', 'banana', 3)", "locate('an', 'banana', 0)", "locate('', 'abc', 2)", "position('na', 'banana')", "position('na' IN 'banana')",
    "charindex('na', 'banana')", "startswith('Spark', 'Sp')", "endswith('Spark', 'rk')", "contains('Spark', 'ar')", "startswith('Spark', '')", "contains(NULL, 'a')",
    "split_part('a,b,c', ',', 2)", "split_part('a,b,c', ',', -1)", "split_part('a,b,c', ',', 9)", "split_part('a,b,c', ',', 0)", "split_part('abc', '', 1)", "split_part('abc', '', 2)",
    "repeat('ab', 3)", "repeat('ab', 0)", "repeat('ab', -1)", "translate('AaBbCc', 'abc', '123')", "translate('AaBbCc', 'abc', '1')", "translate('aaa', 'aa', 'xy')",
    "chr(65)", "chr(256)", "chr(-1)", "chr(321)", "char(97)", "trim(BOTH 'x' FROM 'xxaxx')", "trim(LEADING 'x' FROM 'xxaxx')", "trim(TRAILING 'x' FROM 'xxaxx')",
    "trim('x' FROM 'xxaxx')", "trim('x', 'xxaxx')", "ltrim('x', 'xxaxx')", "btrim('xxaxx', 'x')", "trim('ab' FROM 'abcba')", "upper('straße')", "lower('İ')", "upper(1)",
    "length(123)", "length(X'0102')", "length(12.50)", "substring('Spark' FROM 2)", "substring('Spark' FROM 2 FOR 2)", "substr('Spark', 2, 2)", "ucase('a')", "lcase('A')",
    "initcap('hello wORLD foo-bar')", "left(NULL, 1)", "substring(NULL, 1)", "len('abc')", "character_length('abc')")

# numbers
for function in ["abs", "ceil", "floor", "round", "bround", "sqrt", "exp", "ln", "log10", "log2", "sign", "sin", "cos", "tan", "cbrt", "asin", "atan", "degrees", "radians"]:
    each(function + "({})", ["0", "2", "-3L", "2.5", "-2.5", "0.5D", "-1.5D", "3.5F", "NULL", "'2.5'", "double('NaN')"])
each("round({}, {})", ["2.675", "2.675D", "-2.675", "1234567", "12345.6789", "1.25F", "99.995", "0.5D", "1e20"], ["-2", "-1", "0", "1", "2", "5"])
each("bround({}, {})", ["2.5", "3.5", "2.675", "2.665", "25", "35", "-2.5D"], ["-1", "0", "1", "2"])
add("abs(-2147483648)", "abs(-128Y)", "abs(-5S)", "abs('-1.5')", "ceil(-0.1D)", "ceil(1e19)", "floor(-1e19)", "ceil(99.9)", "ceil(12.345)", "ceil(9Y)", "floor(5)", "ceiling(1.1)",
    "round(2147483647, -1)", "round(127Y, -1)", "round(9223372036854775807L, -2)", "round(5, -1)", "round(15, -1)", "round(-15, -1)", "bround(15, -1)", "round(25L, -1)",
    "pow(2, 10)", "power(2.5, 2)", "pow(0, 0)", "pow(-8, 1/3)", "log(10)", "log(2, 8)", "log(-1)", "log(0, 5)", "ln(0)", "log10(1000)", "log2(8)", "sqrt(-1)", "exp(1)", "e()", "pi()",
    "atan2(1, 2)", "signum(-2)", "sign(2.5)", "positive(5)", "negative(5)", "acos(2)", "tan(1.5)")

# dates and times
DATES = ["DATE '2024-02-29'", "DATE '2023-12-31'", "DATE '1969-07-20'", "TIMESTAMP '2024-08-05 23:59:59.999999'", "'2024-01-01'", "NULL"]
for function in ["year", "quarter", "month", "day", "dayofmonth", "dayofweek", "weekday", "dayofyear", "weekofyear", "last_day", "hour", "minute", "second"]:
    each(function + "({})", DATES)
each("add_months({}, {})", ["DATE '2024-01-31'", "DATE '2024-02-29'", "'2023-03-31'"], ["1", "-1", "12", "-13"])
each("date_add({}, {})", ["DATE '2024-02-28'", "'2024-12-31'", "TIMESTAMP '2024-01-01 10:00:00'"], ["1", "-1", "365", "NULL"])
each("trunc(DATE '2024-08-15', '{}')", ["YEAR", "yyyy", "YY", "QUARTER", "MONTH", "mon", "MM", "WEEK", "DAY", "x"])
each("date_trunc('{}', TIMESTAMP '2024-08-15 13:45:59.123456')", ["YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DD", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND", "x"])
each("months_between({}, {})", ["DATE '2024-03-31'", "TIMESTAMP '2024-02-29 10:30:00'"], ["DATE '2024-02-29'", "DATE '2024-01-15'", "'1997-02-28 10:30:00'", "DATE '2024-03-31'"])
add("date_sub(DATE '2024-03-01', 1)", "datediff(DATE '2024-03-01', DATE '2024-02-01')", "datediff('2024-03-01', TIMESTAMP '2024-02-01 23:00:00')", "date_diff(DATE '2024-03-01', DATE '2024-02-01')",
    "DATE '2024-03-01' + 1", "DATE '2024-03-01' - 1", "1 + DATE '2024-03-01'", "DATE '2024-01-31' + INTERVAL 1 MONTH", "DATE '2024-01-31' + INTERVAL '1' DAY",
    "TIMESTAMP '2024-01-31 12:00:00' + INTERVAL 1 MONTH", "TIMESTAMP '2024-01-31 12:00:00' - INTERVAL 90 MINUTES", "TIMESTAMP '2024-01-31 12:00:00' + INTERVAL '1' HOUR",
    "DATE '2024-01-31' + INTERVAL 5 HOURS", "DATE '2024-01-31' - INTERVAL 1 YEAR", "to_date('2024-02-29')", "to_date('2024-02-29 10:00:00')", "to_date('x')", "to_timestamp('2024-02-29 10:00:00')",
    "to_timestamp('2024-02-29')", "make_date(2024, 2, 29)", "make_date(2023, 2, 29)", "unix_timestamp(TIMESTAMP '2024-01-01 00:00:01.9')", "unix_timestamp(TIMESTAMP '1969-12-31 23:59:59.9')",
    "unix_micros(TIMESTAMP '2024-01-01 00:00:00')", "unix_millis(TIMESTAMP '1969-12-31 23:59:59.9999')", "unix_seconds(TIMESTAMP '2024-01-01 00:00:00')", "timestamp_seconds(1700000000)",
    "timestamp_millis(1700000000123)", "timestamp_micros(-1)", "unix_date(DATE '2024-01-01')", "date_from_unix_date(19000)", "extract(YEAR FROM DATE '2024-02-29')",
    "extract(DOW FROM DATE '2024-02-29')", "extract(WEEK FROM DATE '2024-12-30')", "date_part('month', TIMESTAMP '2024-02-29 00:00:00')", "extract(HOUR FROM TIMESTAMP '2024-02-29 13:00:00')",
    "extract(DOY FROM DATE '2024-12-31')", "months_between(DATE '2024-03-31', DATE '2024-01-15', FALSE)", "hour('2024-01-01 10:20:30')", "hour(TIMESTAMP_NTZ '2024-01-01 10:20:30')")
each("date_format(TIMESTAMP '2024-08-05 03:07:09.045678', '{}')", ["yyyy-MM-dd", "yy/M/d", "HH:mm:ss.SSS", "h:m:s a", "EEE, d MMM yyyy", "EEEE MMMM", "D", "Q", "SSSSSS", "S", "''yyyy''", "y", "kk", "hh", "QQQ"])
add("date_format(DATE '2024-08-05', 'yyyyMMdd')", "date_format('2024-08-05', 'MM')")

# nested values
add("size(array(1, 2, 3))", "size(NULL)", "size(map('a', 1))", "cardinality(array())", "element_at(array(1, 2, 3), 1)", "element_at(array(1, 2, 3), -1)", "element_at(array(1, 2, 3), 4)",
    "element_at(array(1, 2, 3), 0)", "try_element_at(array(1, 2, 3), 4)", "array(1, 2, 3)[0]", "array(1, 2, 3)[3]", "get(array(1, 2, 3), 3)", "map('a', 1)['a']", "map('a', 1)['b']",
    "element_at(map('a', 1), 'b')", "array_contains(array(1, 2), 2)", "array_contains(array(1, NULL), 2)", "array_contains(array(1, NULL), 1)", "array_contains(array(1, 2), NULL)",
    "array_contains(array(1, 2), 2.0)", "named_struct('a', 1, 'b', 'x').b", "named_struct('a', 1, 'b', 'x').a", "struct(1, 2).col1", "array(1, 2.5)", "array('a', NULL)", "map_keys(map('a', 1))",
    "map_values(map('a', 1))", "array_size(array(1))", "array(1, '2')")


def result_of(spark, sql):
    try:
        row = spark.sql(f"SELECT typeof({sql}) AS t, CAST(({sql}) AS STRING) AS v").collect()[0]
        return {"sql": sql, "type": row["t"], "value": row["v"]}
    except Exception as error:
        condition = error.getCondition() if hasattr(error, "getCondition") else None
        return {"sql": sql, "error": condition or type(error).__name__}


def main():
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").config("spark.sql.session.timeZone", "UTC").config("spark.ui.enabled", "false")
    spark = builder.config("spark.driver.memory", "1g").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    results = [result_of(spark, sql) for sql in dict.fromkeys(EXPRESSIONS)]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "spark-results.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(result, ensure_ascii=True) for result in results) + "\n]\n")
    print(len(results), spark.version)


if __name__ == "__main__":
    main()
