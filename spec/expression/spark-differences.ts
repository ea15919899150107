/** Where results differ from Spark's on purpose, each with its reason. The test fails when one of them comes to agree. */
export interface SparkDifference {
  readonly sql: string;
  /** What we do instead: raise, give a value where Spark raises, or give another. */
  readonly ours: "refuses" | "accepts" | "another value";
  readonly reason: string;
}

export const sparkDifferences: readonly SparkDifference[] = [
  { sql: "12345678901234567890.5 DIV 1.25", ours: "refuses", reason: "Spark's quotient wraps around 64 bits; we raise the overflow" },
  { sql: "CASE WHEN NULL THEN 1 ELSE 2 END", ours: "accepts", reason: "a null condition is a condition that is not met" },
  { sql: "iff(FALSE, 1, 2)", ours: "accepts", reason: "iff is a common name of if" },
  { sql: "CAST(3.4028235E38F AS string)", ours: "accepts", reason: "the largest float has a literal" },
  {
    sql: "CAST(1.17549435E-38F AS string)",
    ours: "another value",
    reason: "Java before 19, which wrote the fixture, spells some floats with more digits than they need",
  },
  { sql: "CAST('0x1p3' AS double)", ours: "refuses", reason: "hexadecimal floats are an accident of Java's parser" },
  { sql: "date_format(TIMESTAMP '2024-08-05 03:07:09.045678', 'kk')", ours: "refuses", reason: "a letter that is not supported" },
  { sql: "date_format(TIMESTAMP '2024-08-05 03:07:09.045678', 'QQQ')", ours: "refuses", reason: "a letter that is not supported" },
  { sql: "array_contains(array(1, 2), NULL)", ours: "accepts", reason: "the untyped null is null like any other" },
];
