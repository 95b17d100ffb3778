/**
 * A rule that recognises a secret by its shape. The keywords of all rules are searched at once; at each hit, the rule's
 * expression is tried at that place only. So a rule costs nothing if its keywords do not occur. Expressions have only
 * bounded repeats, none nested: each try is linear in `longest`.
 */
export interface PatternRule {
  /** In lower case with hyphens; used in the marker and in `result.redactions`. */
  readonly name: string;
  /**
   * Texts of at least 3 characters that start a match, in any letter case. No keyword of any rule ends with another
   * one.
   */
  readonly keywords: readonly string[];
  /** Sticky. Keeps the text of groups 1 and 2, at the start of the match, and redacts the rest. */
  readonly expression: RegExp;
  /** Most characters that a match can have, or that can decide about it. */
  readonly longest: number;
  /**
   * Sticky. While it matches up to the end of the text in memory, and that is less than `longest` characters, later
   * text may still decide.
   */
  readonly undecided: RegExp;
  /** The source that documents this shape. */
  readonly source: string;
}

/** For {@link PatternRule.undecided}: matches never cross white space. */
export const untilSpace: RegExp = /\S*/y;
/** For {@link PatternRule.undecided}: matches never cross a line end. */
export const untilLineEnd: RegExp = /[^\r\n]*/y;

/** Look-behind of all expressions: this many characters before a keyword may decide about it. */
export const lookBehindMax = 16;

/**
 * Where a token may start: not in the middle of a word, except right after an escape sequence, whose last character
 * looks like part of one.
 */
export const tokenStart: string = /(?:(?<![A-Za-z0-9])|(?<=\\[bfnrt]|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}))/.source;
