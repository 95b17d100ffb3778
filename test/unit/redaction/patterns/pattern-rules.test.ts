import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PatternRule, untilSpace } from '../../../../src/redaction/patterns/pattern-rule.ts';
import { createRuleSet, patternRules } from '../../../../src/redaction/patterns/pattern-rules.ts';
import { RuleStream } from '../../../../src/redaction/patterns/rule-stream.ts';
import { createRedactor } from '../../../../src/redaction/redactor.ts';
import { ruleExamples } from './rule-examples.ts';

const redact = (text: string): string => createRedactor({}, {}).text('stdout', text);

function redactInPieces(pieces: readonly string[]): string {
  const stream = createRedactor({}, { emails: true }).stream('stdout');
  return pieces.map((piece) => stream.push(piece)).join('') + stream.end();
}

const corpus = Object.values(ruleExamples).flatMap(({ redacted, untouched }) => [
  ...redacted.map(([text]) => text),
  ...untouched,
]);

describe('the table of pattern rules', () => {
  it('has examples for each rule, and names each once', () => {
    expect(patternRules.map(({ name }) => name).sort()).toEqual(Object.keys(ruleExamples).sort());
  });

  it('has keywords of at least three characters in lower case, none of which ends with another', () => {
    const keywords = patternRules.flatMap((rule) => rule.keywords);
    expect(keywords.filter((keyword) => keyword.length < 3 || keyword !== keyword.toLowerCase())).toEqual([]);
    expect(keywords.filter((one, index) => keywords.some((other, at) => at !== index && one.endsWith(other)))).toEqual(
      [],
    );
  });

  it.each(patternRules)('$name: sticky, with bounded repeats only', ({ expression, longest }) => {
    expect(expression.sticky).toBe(true);
    // Outside of character classes and escapes, no repeat may be unbounded.
    const bare = expression.source.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/g, '_');
    expect(bare.replaceAll('(?', '(')).not.toMatch(/[*+]|,\}/);
    expect(longest).toBeLessThanOrEqual(16_384);
  });
});

describe.each(Object.entries(ruleExamples))('rule %s', (_, { redacted, untouched }) => {
  it.each(redacted)('redacts %j', (text, expected) => {
    expect(redact(text)).toBe(expected);
    expect(redact(expected)).toBe(expected);
    expect(redactInPieces(text.split(''))).toBe(redactInPieces([text]));
  });

  it.each(untouched)('leaves %j alone', (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe('pattern rules over a stream', () => {
  it('give the same in any pieces', () => {
    const parts = fc.oneof(
      fc.constantFrom(...corpus),
      fc.constantFrom(...corpus).chain((text) => fc.nat(text.length).map((end) => text.slice(0, end))),
      fc.string({
        unit: fc.constantFrom('a', '1', '-', '@', '.', ':', '"', '\\', ' ', '\n', '=', '\u{1f600}'),
        maxLength: 20,
      }),
    );
    const glue = fc.constantFrom('', ' ', '\n', '"', ', ');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(parts, glue), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 30 }),
        (pieces, lengths) => {
          const text = pieces.flat().join('');
          const cut: string[] = [];
          for (let index = 0, next = 0; index < text.length; next += 1) {
            const length = lengths[next % lengths.length] ?? 1;
            cut.push(text.slice(index, index + length));
            index += length;
          }
          expect(redactInPieces(cut)).toBe(redactInPieces([text]));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('hold back only a rule in progress', () => {
    const stream = createRedactor({}, {}).stream('stdout');
    expect(
      ['step 1 done\n', 'Enter password', ': ', 'hunter2', '\nok ', 'ghp', '_x', '!'].map((text) => stream.push(text)),
    ).toEqual(['step 1 done\n', 'Enter ', '', '', 'password: [redacted:password]\nok ', '', '', '']);
    expect(stream.end()).toBe('ghp_x!');
  });

  it('redact a private key as it arrives', () => {
    const stream = createRedactor({}, {}).stream('stdout');
    const shown = ['a\n-----BEGIN PRIV', 'ATE KEY-----\nAAAA', 'BBBB\n-----END PRIVATE', ' KEY-----', '\nz'].map(
      (text) => stream.push(text),
    );
    expect(shown).toEqual(['a\n', '', '', '[redacted:private-key]', '\nz']);
  });

  it('never end a piece inside a surrogate pair, and lose none', () => {
    const stream = createRedactor({}, {}).stream('stdout');
    expect([stream.push('z\ud83d'), stream.push('\ude00\ud83d'), stream.end()]).toEqual(['z', '\u{1f600}', '\ud83d']);
  });

  it('decide no hit before a longer keyword that may begin earlier', () => {
    const rule = (name: string, keyword: string): PatternRule => ({
      name,
      keywords: [keyword],
      expression: new RegExp(keyword, 'y'),
      longest: 32,
      undecided: untilSpace,
      source: 'this test',
    });
    const rules = createRuleSet([rule('short', 'two'), rule('long', 'one two three')]);
    const shown = (...pieces: string[]): string[] => {
      const stream = new RuleStream(rules, () => {});
      return [...pieces.map((piece) => stream.push(piece)), stream.end()];
    };
    expect(shown('z one two ', 'three z')).toEqual(['z ', '[redacted:long] z', '']);
    expect(shown('z one two ', 'four z')).toEqual(['z ', 'one [redacted:short] four z', '']);
  });

  it('can be switched off', () => {
    expect(createRedactor({}, { rules: false }).text('stdout', 'password=hunter2')).toBe('password=hunter2');
  });
});

describe('e-mail addresses', () => {
  it('are redacted on request', () => {
    const text = 'mail alice.b+c@mail.example.org, not @here or a@b; <bob@example.co.uk>';
    const redactor = createRedactor({}, { emails: true });
    expect(redactor.text('stdout', text)).toBe('mail [redacted:email], not @here or a@b; <[redacted:email]>');
    expect(redactor.redactions).toEqual([{ rule: 'email', count: 2, where: 'stdout' }]);
    expect(redact(text)).toBe(text);
  });
});
