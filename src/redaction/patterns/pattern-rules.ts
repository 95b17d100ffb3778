import { createFold } from '../search/block-filter.ts';
import { PatternSearch } from '../search/pattern-search.ts';
import { pairRules } from './pair-rules.ts';
import type { PatternRule } from './pattern-rule.ts';
import { structureRules } from './structure-rules.ts';
import { tokenRules } from './token-rules.ts';

/** Rules that are searched together. */
export interface RuleSet {
  readonly search: PatternSearch;
  /** Indexed by the number of the pattern in `search`. */
  readonly keywords: readonly { readonly rule: PatternRule; readonly length: number }[];
}

/** All pattern rules. */
export const patternRules: readonly PatternRule[] = [...structureRules, ...tokenRules, ...pairRules];

const anyCase = createFold('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz');

/** Prepares the search for the keywords of rules. */
export function createRuleSet(rules: readonly PatternRule[]): RuleSet {
  const keywords = rules.flatMap((rule) => rule.keywords.map((keyword) => ({ rule, keyword })));
  return {
    search: new PatternSearch(
      keywords.map(({ keyword }) => keyword),
      { fold: anyCase, lineEnds: 'significant' },
    ),
    keywords: keywords.map(({ rule, keyword }) => ({ rule, length: keyword.length })),
  };
}

/** {@link patternRules}, prepared. */
export const patternRuleSet: RuleSet = createRuleSet(patternRules);
