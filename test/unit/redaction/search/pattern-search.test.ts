import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFold, LowBytes } from '../../../../src/redaction/search/block-filter.ts';
import { PatternSearch, type PatternSearchOptions } from '../../../../src/redaction/search/pattern-search.ts';

const asIs: PatternSearchOptions = { fold: createFold('', ''), lineEnds: 'significant' };
const dense: PatternSearchOptions = { fold: createFold('AB', 'ab'), lineEnds: 'ignored' };

/** [end, pattern] of the longest pattern that ends at each index, computed naively. */
function expected(patterns: readonly string[], text: string): [number, string][] {
  const matches: [number, string][] = [];
  for (let end = 1; end <= text.length; end += 1) {
    const ending = patterns.filter((pattern) => text.slice(0, end).endsWith(pattern));
    const [longest] = ending.sort((one, other) => other.length - one.length);
    if (longest !== undefined) matches.push([end, longest]);
  }
  return matches;
}

function search(
  patterns: readonly string[],
  options: PatternSearchOptions,
  pieces: readonly string[],
): [number, string][] {
  const machine = new PatternSearch(patterns, options);
  const cursor = machine.begin();
  const matches: [number, string][] = [];
  let text = '';
  for (const piece of pieces) {
    const from = text.length;
    text += piece;
    machine.scan(text, new LowBytes().of(piece), from, cursor, (end, id) => matches.push([end, patterns[id] ?? '']));
  }
  return matches;
}

const letters = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '\u{1f600}'), minLength, maxLength });

describe('PatternSearch', () => {
  it('finds the same as a naive search, in any pieces', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(letters(1, 12), { minLength: 1, maxLength: 8 }),
        fc.array(letters(0, 30), { maxLength: 6 }),
        (patterns, pieces) => {
          expect(search(patterns, asIs, pieces)).toEqual(expected(patterns, pieces.join('')));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('finds long patterns among long texts, where windows skip', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(letters(9, 40), { minLength: 1, maxLength: 5 }),
        fc.array(letters(0, 60), { maxLength: 3 }),
        fc.nat(),
        (patterns, fillers, pick) => {
          const planted = fillers.flatMap((filler, index) => [
            filler,
            patterns[(pick + index) % patterns.length] ?? '',
          ]);
          expect(search(patterns, asIs, planted)).toEqual(expected(patterns, planted.join('')));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('folds letters, and optionally matches across single line ends', () => {
    expect(search(['aabbaabb'], dense, ['x Aa\nBb', '\r\naA\nbB y'])).toEqual([[14, 'aabbaabb']]);
    expect(search(['aabbaabb'], dense, ['aabb\n\n\naabb'])).toEqual([]);
  });

  it('finds patterns across line ends wherever the lines are broken', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 2, maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom('\n', '\r\n'),
        letters(0, 30),
        (pattern, width, lineEnd, before) => {
          const lines = pattern.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
          const text = before + lines.join(lineEnd);
          const machine = new PatternSearch([pattern], dense);
          const found: string[] = [];
          machine.scan(text, new LowBytes().of(text), 0, machine.begin(), (end) => {
            found.push(text.slice(machine.startOf(text, end, pattern.length), end).replaceAll(/[\r\n]/g, ''));
          });
          expect(found).toContain(pattern);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('reports the start of a match in progress', () => {
    const machine = new PatternSearch(['abcdefghij', 'cdxyz'], asIs);
    const cursor = machine.begin();
    const progress: number[] = [];
    let text = '';
    for (const character of '--abcde--cdx') {
      text += character;
      machine.scan(text, new LowBytes().of(character), text.length - 1, cursor, () => {});
      progress.push(machine.inProgressFrom(text, cursor));
    }
    expect(progress).toEqual([1, 2, 2, 2, 2, 2, 2, 8, 9, 9, 9, 9]);
  });
});
