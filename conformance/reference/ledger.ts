/**
 * Reference cases that are expected to fail, each with the reason. The ledger is strict: a case that passes in spite of
 * its entry fails the run, so that the entry is taken out.
 */
export const expectedFailures: Readonly<Record<string, string>> = {
  "delta-golden/spark-variant-stats-nested-no-checkpoint": "the variant type is not built",
  "delta-golden/spark-variant-stats-state-reconstruction": "the variant type is not built",
  "delta-golden/spark-variant-stats-with-struct-no-checkpoint": "the variant type is not built",
  "deltars/spark-shredded-variant-preview-delta": "the variant type is not built",
  "kernel-data/unshredded-variant": "the variant type is not built",
  "spark-gen/types-void-and-char": "char(n) columns are given as they are stored; Spark pads them when it reads",
  "spark-gen/variant-nested": "the variant type is not built",
  "spark-gen/variant-shredded": "the variant type is not built",
};
