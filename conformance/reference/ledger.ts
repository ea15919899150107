/**
 * Reference cases that are expected to fail, each with the reason. The ledger is strict: a case that passes in spite of
 * its entry fails the run, so that the entry is taken out.
 */
export const expectedFailures: Readonly<Record<string, string>> = {
};
