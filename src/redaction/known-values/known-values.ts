import { createFold } from '../search/block-filter.ts';
import { PatternSearch, type PatternSearchOptions } from '../search/pattern-search.ts';
import { type DenseForm, formsOf, type NestingDepth } from './encodings.ts';

/** One search over forms of secrets. Each pattern has the name of its secret. */
export interface KnownValueSearch {
  readonly search: PatternSearch;
  readonly patterns: readonly KnownPattern[];
  /** All characters of all heads. */
  readonly heads: ReadonlySet<string>;
}

/** One form of a secret; `head` and `tail` as in {@link DenseForm}. */
export interface KnownPattern extends Pick<DenseForm, 'head' | 'tail'> {
  readonly name: string;
  readonly length: number;
}

/** Encodings of secrets up to this length would match by chance. */
const shortSecretMaxLength = 3;

/**
 * Limit on the characters of all forms: bounds memory (about 24 bytes each) and the time of {@link
 * createKnownValueSearches}.
 */
const formsBudget = 2_000_000;
/** The same for the nested forms of one secret: meant for tokens and passwords, not for whole key files. */
const nestedFormsBudget = 262_144;
/** Most characters of forms for one character of a secret, by depth of nesting. */
const formsPerCharacter: Readonly<Record<Exclude<NestingDepth, 0>, number>> = { 1: 60, 2: 800 };

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const lower = upper.toLowerCase();
const asIs: PatternSearchOptions = { fold: createFold('', ''), lineEnds: 'significant' };
const anyCase: PatternSearchOptions = { fold: createFold(upper, lower), lineEnds: 'significant' };
const dense: PatternSearchOptions = { fold: createFold(`${upper}-_`, `${lower}+/`), lineEnds: 'ignored' };

/**
 * Prepares the search for secrets in all their forms and any letter case. Ignores empty secrets; secrets of up to
 * {@link shortSecretMaxLength} characters must match exactly. Long secrets, and secrets beyond the budget, get fewer
 * forms; shorter secrets come first, and every secret is searched in its plain form.
 */
export function createKnownValueSearches(secrets: Readonly<Record<string, string>>): readonly KnownValueSearch[] {
  const short = new PatternList();
  const texts = new PatternList();
  const encoded = new PatternList();
  let budget = formsBudget;
  const byLength = Object.entries(secrets).sort(([, one], [, other]) => one.length - other.length);
  for (const [name, secret] of byLength) {
    if (secret.length <= shortSecretMaxLength) {
      short.add(name, { text: secret, ...alone });
      continue;
    }
    const forms = formsOf(secret, affordableDepth(secret, budget));
    for (const text of forms.texts) texts.add(name, { text, ...alone });
    for (const form of forms.dense) encoded.add(name, form);
    for (const { length } of forms.texts) budget -= length;
    for (const { text } of forms.dense) budget -= text.length;
  }
  return [short.search(asIs), texts.search(anyCase), encoded.search(dense)].filter((search) => search !== undefined);
}

function affordableDepth(secret: string, budget: number): NestingDepth {
  if (secret.length * formsPerCharacter[2] <= Math.min(budget, nestedFormsBudget)) return 2;
  return secret.length * formsPerCharacter[1] <= budget ? 1 : 0;
}

/** Shares no character with its neighbours. */
const alone = { head: '', tail: 0 } as const;

class PatternList {
  readonly #texts: string[] = [];
  readonly #patterns: KnownPattern[] = [];

  add(name: string, { text, head, tail }: DenseForm): void {
    if (text === '') return;
    this.#texts.push(text);
    this.#patterns.push({ name, length: text.length, head, tail });
  }

  search(options: PatternSearchOptions): KnownValueSearch | undefined {
    if (this.#texts.length === 0) return undefined;
    const heads = new Set([...new Set(this.#patterns.map(({ head }) => head))].join(''));
    return { search: new PatternSearch(this.#texts, options), patterns: this.#patterns, heads };
  }
}
