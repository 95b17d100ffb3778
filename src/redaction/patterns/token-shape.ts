/** A token that its issuer made recognisable by a prefix. */
export interface TokenShape {
  /** As in `PatternRule.keywords`, and in the letter case given. */
  readonly prefixes: readonly string[];
  /** Expression of what follows a prefix. */
  readonly body: string;
  /** The most characters that `body` matches. */
  readonly bodyMax: number;
  /** Documentation of the issuer or, where there is none, the rule of a public scanner. */
  readonly source: string;
}

/** Source of a shape that is gitleaks' rule. */
export const gitleaks = 'gitleaks, config/gitleaks.toml';
/** Source of a shape that is a detector of trufflehog. */
export const trufflehog = 'trufflehog, pkg/detectors';
/** For {@link TokenShape.body}: nothing that would make the word longer may follow. */
export const endOfWord = '(?![A-Za-z0-9])';
