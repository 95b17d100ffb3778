import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../../src/redaction/redactor.ts';
import { encodings, nestings } from '../encodings.ts';

const marker = /\[redacted:[A-Za-z_0-9]+\]/;

function redact(secrets: Readonly<Record<string, string>>, text: string): string {
  return createRedactor(secrets, { rules: false }).text('stdout', text);
}

function redactInPieces(secrets: Readonly<Record<string, string>>, pieces: readonly string[]): string {
  const stream = createRedactor(secrets, { rules: false }).stream('stdout');
  return pieces.map((piece) => stream.push(piece)).join('') + stream.end();
}

const secretCharacters = fc.constantFrom(
  ...'abcXYZ0189-_.~!*\'()"\\/+=&<>%$^|{}?#@:; \n\t'.split(''),
  'é',
  'ß',
  '日',
  '\u{1f511}',
  '\u2028',
);
/** Long enough that its base64 does not match by chance. */
const secretText = fc
  .string({ unit: secretCharacters, minLength: 6, maxLength: 40 })
  .filter((text) => text.trim().length >= 6);
const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 });

/** Cuts a text at many kinds of places, including within surrogate pairs. */
function cut(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let index = 0, next = 0; index < text.length; next += 1) {
    const length = lengths[next % lengths.length] ?? 1;
    pieces.push(text.slice(index, index + length));
    index += length;
  }
  return pieces;
}

describe('known values', () => {
  const secrets = { TOKEN: 'Pa$$w0rd+/"é\u{1f511}\n<x>' };

  it.each(Object.keys(encodings))('redacts a secret as %s', (name) => {
    const encoded = encodings[name]?.(secrets.TOKEN) ?? '';
    const result = redact(secrets, `before ${encoded} after`);
    expect(result).toMatch(marker);
    // Base64 keeps the text beside the secret.
    expect(result.length).toBeLessThan(`before [redacted:TOKEN] after`.length + 50);
    expect(result.startsWith('before ') && result.endsWith(' after')).toBe(true);
  });

  it.each(nestings)('redacts a secret as %s of %s', (outer, inner) => {
    const encoded = encodings[outer]?.(encodings[inner]?.(secrets.TOKEN) ?? '') ?? '';
    expect(redact(secrets, `before ${encoded} after`)).toMatch(marker);
  });

  it('lets the longest match win and leaves no part of any secret', () => {
    const nested = { SHORT: 'abcdef', LONG: 'abcdefghijkl', OVERLAP: 'ijklmnop' };
    expect(redact(nested, 'x abcdef y abcdefghijkl z')).toBe('x [redacted:SHORT] y [redacted:LONG] z');
    expect(redact(nested, '-abcdefghijklmnop-')).toBe('-[redacted:LONG][redacted:OVERLAP]-');
    expect(redact(nested, '-xijklmnop-')).toBe('-x[redacted:OVERLAP]-');
    expect(redact({ A: 'abcdef', B: 'cdefg' }, '-abcdefg-')).toBe('-[redacted:A][redacted:B]-');
  });

  it('ignores empty secrets and searches very short ones in their plain form', () => {
    const redactor = createRedactor({ EMPTY: '', PIN: 'k9' }, { rules: false });
    expect(redactor.text('stdout', 'K9 k9 YWs5')).toBe('K9 [redacted:PIN] YWs5');
    expect(redactor.redactions).toEqual([{ rule: 'secret:PIN', count: 1, where: 'stdout' }]);
  });

  it('treats the syntax of regular expressions as plain text', () => {
    expect(redact({ A: '.*+?^${}()|[]\\' }, 'any text .*+?^${}()|[]\\ end')).toBe('any text [redacted:A] end');
  });

  it('treats names as plain text', () => {
    const names = JSON.parse('{"__proto__":"proto-secret","constructor":"other-secret"}') as Record<string, string>;
    expect(redact(names, 'a proto-secret b other-secret')).toBe('a [redacted:__proto__] b [redacted:constructor]');
  });

  it('shows text that cannot be part of a secret at once', () => {
    const stream = createRedactor({ A: 'secret-value' }, { rules: false }).stream('stdout');
    expect(['progress 1', '\nsec', 'ond\nsecret', '-val', 'ue.'].map((piece) => stream.push(piece))).toEqual([
      'progress 1',
      '\n',
      'second\n',
      '',
      '[redacted:A].',
    ]);
    expect(stream.end()).toBe('');
  });

  it('never ends a piece inside a surrogate pair', () => {
    const stream = createRedactor({}, { rules: false }).stream('stdout');
    expect([stream.push('a\ud83d'), stream.push('\ude00b'), stream.push('\ud83d'), stream.end()]).toEqual([
      'a',
      '\u{1f600}b',
      '',
      '\ud83d',
    ]);
  });

  it('handles very many and very long secrets within bounded time and memory', () => {
    const many = Object.fromEntries(
      Array.from({ length: 256 }, (_, index) => [`S${index}`, `${index}-`.repeat(3_000)]),
    );
    const redactor = createRedactor(many, {});
    expect(redactor.text('stdout', `a ${many.S255} b ${many.S7} c`)).toBe('a [redacted:S255] b [redacted:S7] c');
  });

  it('never leaks, and is the same in any pieces: random secrets, encodings, nestings and cuts', () => {
    const names = fc.constantFrom(...Object.keys(encodings));
    fc.assert(
      fc.property(
        fc.array(secretText, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.nat(), names, fc.string({ unit: secretCharacters, maxLength: 12 })), { maxLength: 6 }),
        cuts,
        (values, mentions, lengths) => {
          const all = Object.fromEntries(values.map((value, index) => [`S${index}`, value]));
          const text = mentions
            .map(
              ([pick, encoding, filler]) => filler + (encodings[encoding]?.(values[pick % values.length] ?? '') ?? ''),
            )
            .join(' ');
          const whole = redact(all, text);
          expect(redactInPieces(all, cut(text, lengths))).toBe(whole);
          expect(redactInPieces(all, text.split(''))).toBe(whole);
          for (const shown of whole.split(/\[redacted:S\d\]/)) {
            for (const value of values) {
              for (const encoding of [
                'plain',
                'hex',
                'upper-case hex',
                'uri',
                'lower-case uri',
                'base64 without padding',
              ] as const) {
                const leak = encodings[encoding]?.(value) ?? '';
                expect(shown.includes(leak)).toBe(false);
              }
            }
          }
        },
      ),
      { numRuns: 600 },
    );
  });

  it('finds every mention: each random encoding and nesting leaves a marker', () => {
    fc.assert(
      fc.property(
        secretText,
        fc.oneof(
          fc.constantFrom(...Object.keys(encodings)).map((name) => [name, 'plain'] as const),
          fc.constantFrom(...nestings),
        ),
        (secret, [outer, inner]) => {
          const encoded = encodings[outer]?.(encodings[inner]?.(secret) ?? '') ?? '';
          expect(redact({ S: secret }, `<${encoded}>`)).toContain('[redacted:S]');
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('is the same at every single cut, and byte by byte', () => {
    const overlapping = { A: 'aab', B: 'abaabaaab', C: 'aaaa', D: 'baab\n' };
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '\n', '6', '1'), maxLength: 60 }), (text) => {
        const whole = redact(overlapping, text);
        for (let index = 0; index <= text.length; index += 1) {
          expect(redactInPieces(overlapping, [text.slice(0, index), text.slice(index)])).toBe(whole);
        }
      }),
      { numRuns: 300 },
    );
  });
});
