/**
 * Z85, the variant of Base85 that deletion vectors are named and inlined in. Source: rfc.zeromq.org/spec/32.
 * Five characters stand for four bytes, big-endian.
 */

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

const digitOf = new Int8Array(128).fill(-1);
for (let digit = 0; digit < alphabet.length; digit++) digitOf[alphabet.charCodeAt(digit)] = digit;

/** The bytes of `text`, padding included; `undefined` when it is no Z85. */
export function decodeZ85(text: string): Uint8Array | undefined {
  if (text.length % 5 !== 0) return undefined;
  const out = new Uint8Array((text.length / 5) * 4);
  const view = new DataView(out.buffer);
  for (let group = 0; group * 5 < text.length; group++) {
    let value = 0;
    for (let i = 0; i < 5; i++) {
      const digit = digitOf[text.charCodeAt(group * 5 + i)] ?? -1;
      if (digit < 0) return undefined;
      value = value * 85 + digit;
    }
    if (value > 0xffffffff) return undefined;
    view.setUint32(group * 4, value);
  }
  return out;
}
