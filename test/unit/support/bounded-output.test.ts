import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBoundedOutput } from '../../../src/support/bounded-output.ts';

function bound(keepBytes: number, pieces: readonly string[]): { text: string; truncatedBytes: number } {
  const output = createBoundedOutput(keepBytes);
  for (const piece of pieces) output.push(piece);
  return output.finish();
}

const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', 'é', '日', '\u{1f600}'), maxLength: 60 });

describe('createBoundedOutput', () => {
  it('keeps text that fits unchanged', () => {
    expect(bound(8, ['abc', '', 'défg'])).toEqual({ text: 'abcdéfg', truncatedBytes: 0 });
    expect(bound(10, [])).toEqual({ text: '', truncatedBytes: 0 });
  });

  it('keeps head and tail of the rest, with the count between them', () => {
    expect(bound(8, ['abcdef', 'ghijkl'])).toEqual({ text: 'abcd\n… [4 bytes cut] …\nijkl', truncatedBytes: 4 });
    expect(bound(8, ['é'.repeat(9)])).toEqual({ text: 'éé\n… [10 bytes cut] …\néé', truncatedBytes: 10 });
    expect(bound(6, ['日'.repeat(4)])).toEqual({ text: '日\n… [6 bytes cut] …\n日', truncatedBytes: 6 });
  });

  it('splits no character at either edge', () => {
    expect(bound(10, ['日'.repeat(9)])).toEqual({ text: '日\n… [21 bytes cut] …\n日', truncatedBytes: 21 });
    expect(bound(1, ['日本'])).toEqual({ text: '\n… [6 bytes cut] …\n', truncatedBytes: 6 });
  });

  it('joins the halves of a surrogate pair and replaces a lone one', () => {
    expect(bound(100, ['a\ud83d', '\ude00b\ud83d'])).toEqual({ text: 'a\u{1f600}b\ufffd', truncatedBytes: 0 });
  });

  it('for any text and any pieces: head and tail of it, within the bound, and the count is right', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.array(text, { maxLength: 12 }), (keepBytes, pieces) => {
        const whole = pieces.join('');
        const result = bound(
          keepBytes,
          pieces.flatMap((piece) => piece.split('')),
        );
        expect(result).toEqual(bound(keepBytes, [whole]));
        if (Buffer.byteLength(whole) <= keepBytes) {
          expect(result).toEqual({ text: whole, truncatedBytes: 0 });
          return;
        }
        const [head = '', tail = ''] = result.text.split(`\n… [${result.truncatedBytes} bytes cut] …\n`);
        expect(whole.startsWith(head) && whole.endsWith(tail)).toBe(true);
        const kept = Buffer.byteLength(head) + Buffer.byteLength(tail);
        expect(kept).toBeLessThanOrEqual(keepBytes);
        expect(kept).toBeGreaterThan(keepBytes - 8);
        expect(kept + result.truncatedBytes).toBe(Buffer.byteLength(whole));
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes any amount in bounded memory', () => {
    const output = createBoundedOutput(1_048_576);
    const piece = 'x'.repeat(65_536);
    const before = process.memoryUsage().rss;
    for (let count = 0; count < 8_192; count += 1) output.push(piece);
    const { truncatedBytes } = output.finish();
    expect(truncatedBytes).toBe(8_191 * 65_536 + 65_536 - 1_048_576);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1_048_576);
  });
});
