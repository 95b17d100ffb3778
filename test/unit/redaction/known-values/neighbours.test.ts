/**
 * No character that holds bits of an encoded secret remains, whatever its neighbours are and however the text is cut.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../../src/redaction/redactor.ts';

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((found) => Buffer.from(found));
const secretText = fc
  .string({ unit: fc.constantFrom(...'abcXYZ0189-_.~!/+=&<>\u00e9\u65e5'), minLength: 8, maxLength: 40 })
  .filter((text) => text.trim().length >= 8);
const lengths = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });

interface Spelling {
  /** Encodes bytes as text; each character holds `bits` bits. */
  readonly encode: (content: Buffer) => string;
  readonly bits: number;
}
const spellings: Readonly<Record<string, Spelling>> = {
  base64: { encode: (content) => content.toString('base64'), bits: 6 },
  'base64 without padding': { encode: (content) => content.toString('base64').replaceAll('=', ''), bits: 6 },
  base64url: { encode: (content) => content.toString('base64url'), bits: 6 },
  hex: { encode: (content) => content.toString('hex'), bits: 4 },
  'mixed-case hex': {
    encode: (content) => content.toString('hex').replaceAll(/(.)(.)/g, (_, one, other) => one.toUpperCase() + other),
    bits: 4,
  },
};
const wrappings: Readonly<Record<string, (text: string) => string>> = {
  'on one line': (text) => text,
  'in lines of 76': (text) => text.replaceAll(/.{76}/g, '$&\n'),
  'in lines of 64 with \\r\\n': (text) => text.replaceAll(/.{64}/g, '$&\r\n'),
  'in an address': encodeURIComponent,
  'in JSON': (text) => JSON.stringify({ a: text }).replaceAll('/', '\\/'),
};
const escaping: ReadonlySet<string> = new Set(['in an address', 'in JSON']);
const widths: Readonly<Record<string, (text: string) => Buffer>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-16LE': (text) => Buffer.from(text, 'utf16le'),
  'UTF-16BE': (text) => Buffer.from(text, 'utf16le').swap16(),
};

/** The parts around the marker, in order; `undefined` if there is no marker. */
function partsLeft(shown: string): readonly string[] | undefined {
  const parts = shown.split(/\[redacted:S\]/);
  return parts.length > 1 ? parts : undefined;
}

describe.each(Object.keys(widths))('a secret in %s', (width) => {
  describe.each(Object.keys(spellings))('as %s', (name) => {
    it.each(Object.keys(wrappings))('leaves none of its bits %s', (wrapping) => {
      const { encode, bits } = spellings[name] as Spelling;
      const wrap = wrappings[wrapping] as (text: string) => string;
      fc.assert(
        fc.property(secretText, bytes(70), bytes(70), lengths, (secret, before, after, cuts) => {
          // In escaped text, the character before such a secret can be a `/`, whose escape remains.
          fc.pre(secret.charCodeAt(0) < 128 || !escaping.has(wrapping));
          const content = (widths[width] as (text: string) => Buffer)(secret);
          const text = `>${wrap(encode(Buffer.concat([before, content, after])))}<`;
          const stream = createRedactor({ S: secret }, { rules: false }).stream('stdout');
          let shown = '';
          for (let index = 0, next = 0; index < text.length; next += 1) {
            const length = cuts[next % cuts.length] ?? 1;
            shown += stream.push(text.slice(index, index + length));
            index += length;
          }
          shown += stream.end();
          const parts = partsLeft(shown);
          // Only the neighbours may remain, in the same encoding; compared by length from both ends.
          const alphabet = /[^A-Za-z0-9+/_-]/g;
          const unwrap = (part: string | undefined): string =>
            (part ?? '')
              .replace('>{"a":"', '')
              .replaceAll(/%2[BF]/gi, '+')
              .replaceAll(/%3D/gi, '')
              .replaceAll(alphabet, '');
          // An outermost zero byte of UTF-16 reveals nothing.
          const from = before.length + (content[0] === 0 ? 1 : 0);
          const to = before.length + content.length - (content.at(-1) === 0 ? 1 : 0);
          const plain = encode(Buffer.concat([before, content, after])).replaceAll('=', '');
          expect(parts).toBeDefined();
          expect(unwrap(parts?.[0]).length).toBeLessThanOrEqual(Math.floor((8 * from) / bits));
          expect(plain.length - unwrap(parts?.at(-1)).length).toBeGreaterThanOrEqual(Math.ceil((8 * to) / bits));
        }),
        { numRuns: 60 },
      );
    });
  });
});

it('shows text that cannot hold bits of a secret at once', () => {
  const stream = createRedactor({ S: 'secret-value' }, { rules: false }).stream('stdout');
  const pieces = ['step 1', ' of 5: ', 'done.\n', 'a line of words.\n', 'x'.repeat(40), '\n', '> '];
  expect(pieces.map((piece) => stream.push(piece)).join('|')).toBe(
    `step 1| of 5: |done.\n|a line of words.\n|${'x'.repeat(39)}||x\n> `,
  );
});
