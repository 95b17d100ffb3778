import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Utf8Decoder } from '../../../src/support/utf8.ts';
import { cutInto } from '../../support/chunks.ts';

/** Bytes of complete, cut and malformed characters. */
const bytes = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', 'é', '日', '\u{1f600}', '\ufeff').map((text) => [...Buffer.from(text)]),
      fc.constantFrom('é', '日', '\u{1f600}').map((text) => [...Buffer.from(text).subarray(0, -1)]),
      fc.constantFrom(0x80, 0xbf, 0xc0, 0xe0, 0xed, 0xf0, 0xf5, 0xff).map((byte) => [byte]),
    ),
    { maxLength: 30 },
  )
  .map((parts) => Uint8Array.from(parts.flat()));

test('pieces give the same as TextDecoder, however they are cut', () => {
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(8)), (whole, cuts) => {
      const decoder = new Utf8Decoder();
      const text = cutInto(Buffer.from(whole), cuts).map((chunk) => decoder.push(chunk));
      expect([...text, decoder.end()].join('')).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(whole));
    }),
    { numRuns: 5_000 },
  );
});

test('only a character that may become complete waits', () => {
  const decoder = new Utf8Decoder();
  const smile = Buffer.from('a\u{1f600}');
  expect([smile.subarray(0, 3), smile.subarray(3, 4), smile.subarray(4)].map((chunk) => decoder.push(chunk))).toEqual([
    'a',
    '',
    '\u{1f600}',
  ]);
});
