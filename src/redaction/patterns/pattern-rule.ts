/**
 * A rule that knows a secret by its shape. Its keywords are searched for all rules at once; where one is found, the
 * rule's expression is tried at that one place. So a rule costs nothing where its keywords do not occur, and expressions
 * have bounded repeats only, none nested: each try is linear in `longest`.
 */
export interface PatternRule {
  /** In lower case with hyphens; it stands in the marker and in `result.redactions`. */
  readonly name: string;
  /**
   * Texts of at least 3 characters with which a match begins, in any letter case. No keyword of any rule ends with
   * another one.
   */
  readonly keywords: readonly string[];
  /** Sticky. What its groups 1 and 2 match, at the begin of the match, is kept; the rest is redacted. */
  readonly expression: RegExp;
  /** The most characters that a match can have, and that may decide about it. */
  readonly longest: number;
  /**
   * Sticky. While it matches up to the end of the text at hand, and that is less than `longest` characters, what comes
   * next may still decide.
   */
  readonly undecided: RegExp;
  /** Who says that secrets look like this. */
  readonly source: string;
}

/** For {@link PatternRule.undecided}: matches never cross white space. */
export const untilSpace: RegExp = /\S*/y;
/** For {@link PatternRule.undecided}: matches never cross a line end. */
export const untilLineEnd: RegExp = /[^\r\n]*/y;

/** Look-behind of all expressions together: this many characters before a keyword may decide about it. */
export const lookBehindMax = 16;

/**
 * Where a token may begin: not in the middle of a word, but right after an escape sequence, whose last character looks
 * like one.
 */
export const tokenStart: string = /(?:(?<![A-Za-z0-9])|(?<=\\[bfnrt]|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}))/.source;
