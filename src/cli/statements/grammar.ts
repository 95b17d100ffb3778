/**
 * How far code is, to a parser. `open`: it needs more. `block`: it can run, but goes on until a line says otherwise.
 * `done`: it can run. `broken`: no further line can mend it; running it shows what is wrong.
 */
export type Progress = 'open' | 'block' | 'done' | 'broken';

/** What the prompt has to know of a language. */
export interface Grammar {
  /** Whether code that is `done` may go on in the next line. */
  readonly holdsDone: boolean;
  /** What a line has that ends code which is `open`; to know that saves looking at long code for each of its lines. */
  readonly closing?: RegExp;
  judge(code: string): Progress;
  /** Whether a line that begins after code that can run belongs to it. */
  goesOn(code: string, line: string): boolean;
}
