/** Called with a row whose value cannot be given: throws unless the row is null. */
export type Refuse = (row: number) => void;
