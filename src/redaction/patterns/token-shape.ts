/** A token with a prefix that identifies its issuer. */
export interface TokenShape {
  /** As in `PatternRule.keywords`, and in the letter case given. */
  readonly prefixes: readonly string[];
  /** Regular expression for the part after the prefix. */
  readonly body: string;
  /** Most characters that `body` matches. */
  readonly bodyMax: number;
  /** Documentation of the issuer or, if there is none, the rule of a public scanner. */
  readonly source: string;
}

/** Source of a shape that comes from a gitleaks rule. */
export const gitleaks = 'gitleaks, config/gitleaks.toml';
/** Source of a shape that comes from a trufflehog detector. */
export const trufflehog = 'trufflehog, pkg/detectors';
/** For {@link TokenShape.body}: no character that would make the word longer may follow. */
export const endOfWord = '(?![A-Za-z0-9])';
