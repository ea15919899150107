/** How far long work has come; sent as often as is useful to a person watching. */
export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total?: number | undefined;
  readonly unit: "files" | "bytes" | "rows";
}
