/** One example of a scanner's own tests. */
export interface Vector {
  /** The scanner's rule or detector. */
  readonly rule: string;
  readonly text: string;
  /** What must not be left of `text`; none where the scanner says that there is no secret in it. */
  readonly secrets: readonly string[];
}
