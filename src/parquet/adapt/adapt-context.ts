import type { FileCalendar } from "../metadata/calendar.js";

/** What adapting a column needs to know beside its values. */
export interface AdaptContext {
  /** For messages, as is `column`. */
  readonly path: string;
  readonly column: string;
  readonly calendar: FileCalendar;
}
