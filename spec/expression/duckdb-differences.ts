/** Where DuckDB and Spark mean different things by the same words. The property leaves these out; here Spark's answer is the rule. */
export interface DuckdbDifference {
  readonly topic: string;
  readonly sql: string;
  /** Spark's answer as a string (see spark-results.json for many more of its kind); `"error"` when it raises. */
  readonly spark: string | null;
  readonly duckdbSql: string;
  readonly duckdb: string | null;
  readonly reason: string;
}

export const duckdbDifferences: readonly DuckdbDifference[] = [
  {
    topic: "division by zero",
    sql: "1 / 0",
    spark: "error",
    duckdbSql: "1 / 0",
    duckdb: "inf",
    reason: "ANSI mode raises where DuckDB answers infinity",
  },
  {
    topic: "remainder by zero",
    sql: "1 % 0",
    spark: "error",
    duckdbSql: "1 % 0",
    duckdb: null,
    reason: "ANSI mode raises where DuckDB answers null",
  },
  {
    topic: "double to whole number",
    sql: "cast(2.7D as int)",
    spark: "2",
    duckdbSql: "cast(2.7::DOUBLE as int)",
    duckdb: "3",
    reason: "Spark cuts the fraction off, DuckDB rounds",
  },
  {
    topic: "decimal to whole number",
    sql: "cast(2.5 as int)",
    spark: "2",
    duckdbSql: "cast(2.5 as int)",
    duckdb: "3",
    reason: "the same",
  },
  {
    topic: "decimal division",
    sql: "1.0 / 3",
    spark: "0.333333",
    duckdbSql: "1.0 / 3",
    duckdb: "0.3333333333333333",
    reason: "DuckDB divides decimals as doubles",
  },
  {
    topic: "substring from 0",
    sql: "substring('Spark', 0, 2)",
    spark: "Sp",
    duckdbSql: "substring('Spark', 0, 2)",
    duckdb: "S",
    reason: "0 is the first character in Spark, the place before it in DuckDB",
  },
  {
    topic: "substring of negative length",
    sql: "substring('Spark', 3, -2)",
    spark: "",
    duckdbSql: "substring('Spark', 3, -2)",
    duckdb: "Sp",
    reason: "DuckDB takes the characters before the position",
  },
  {
    topic: "negative left",
    sql: "left('Spark', -2)",
    spark: "",
    duckdbSql: "left('Spark', -2)",
    duckdb: "Spa",
    reason: "DuckDB takes all but the last",
  },
  {
    topic: "LIKE escape",
    sql: "'a%' like 'a\\\\%'",
    spark: "true",
    duckdbSql: "'a%' like 'a\\%'",
    duckdb: "false",
    reason: "the backslash escapes without ESCAPE in Spark only",
  },
  {
    topic: "double to string",
    sql: "cast(1e10 as string)",
    spark: "1.0E10",
    duckdbSql: "cast(1e10::DOUBLE as varchar)",
    duckdb: "10000000000.0",
    reason: "Java's spelling",
  },
  {
    topic: "string beside a number",
    sql: "1 = '1.0'",
    spark: "error",
    duckdbSql: "1 = '1.0'",
    duckdb: "true",
    reason: "Spark reads the string as a long, DuckDB as what it looks like",
  },
  {
    topic: "day of the week",
    sql: "dayofweek(date '2024-01-07')",
    spark: "1",
    duckdbSql: "dayofweek(date '2024-01-07')",
    duckdb: "0",
    reason: "Sunday is 1 in Spark, 0 in DuckDB",
  },
  {
    topic: "part 0 of split_part",
    sql: "split_part('a,b', ',', 0)",
    spark: "error",
    duckdbSql: "split_part('a,b', ',', 0)",
    duckdb: "",
    reason: "parts are counted from 1",
  },
  { topic: "sign", sql: "sign(-2)", spark: "-1.0", duckdbSql: "sign(-2)", duckdb: "-1", reason: "a double in Spark" },
  {
    topic: "logarithm of zero",
    sql: "ln(0)",
    spark: null,
    duckdbSql: "coalesce(try(ln(0)), -1)",
    duckdb: "-1.0",
    reason: "null in Spark, an error in DuckDB",
  },
];
