/** Texts for examples. Tokens are joined from parts, so that no scanner of source code takes them for live ones. */
export interface RuleExamples {
  /** Text → its expected redacted form. */
  readonly redacted: readonly (readonly [text: string, expected: string])[];
  /** Texts that must stay unchanged. */
  readonly untouched: readonly string[];
}

const mixed = 'aB3dE6gH9jK2mN5pQ8sT1vW4xY7z';
const fill = (alphabet: string, length: number): string =>
  alphabet.repeat(Math.ceil(length / alphabet.length)).slice(0, length);
export const alnum = (length: number): string => fill(mixed, length);
export const hex = (length: number): string => fill('0123456789abcdef', length);
export const upper = (length: number): string => fill('ABCDEFGH234567', length);

/**
 * A token alone, in a sentence, after an escape and in JSON; and two negatives: one too short, one in the middle of a
 * word.
 */
export function token(
  rule: string,
  prefix: string,
  body: string,
  shortest: string,
  ...others: readonly string[]
): [string, RuleExamples] {
  const whole = prefix + body;
  const marker = `[redacted:${rule}]`;
  return [
    rule,
    {
      redacted: [
        [whole, marker],
        [`key is ${whole}, keep it`, `key is ${marker}, keep it`],
        [`{"line":"first\\n${whole}\\n"}`, `{"line":"first\\n${marker}\\n"}`],
        ...others.map((other) => [`<${other}>`, `<${marker}>`] as const),
      ],
      untouched: [`${prefix}${shortest}`, `the prefix ${prefix} alone`, `quite${whole}`],
    },
  ];
}
