/** One example from a scanner's own tests. */
export interface Vector {
  /** The scanner's rule or detector. */
  readonly rule: string;
  readonly text: string;
  /** Secrets that must not be left in `text`; empty if the scanner finds none in it. */
  readonly secrets: readonly string[];
}
