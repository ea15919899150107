/**
 * One value outside Arrow. The unit is fixed by the type:
 *
 * byte short int float double → number · long → bigint · decimal → bigint, unscaled · boolean → boolean · string → string ·
 * binary → Uint8Array · date → number, days since 1970-01-01 · timestamp → bigint, µs since the epoch in UTC ·
 * timestamp_ntz → bigint, µs since 1970-01-01T00:00:00 of the local clock.
 *
 * Structs, arrays and maps have no `Value`; they stay in Arrow.
 */
export type Value = null | boolean | number | bigint | string | Uint8Array;
