/**
 * Theory of operation. Each contestant runs in a process of its own, so that none warms or harms another, and a new one
 * each round. It reads requests as lines of JSON on stdin and answers each with one line on descriptor 3, in order;
 * stdout is nobody's, because peers print. When stdin ends, it puts away what it opened and ends.
 */
import type { Surroundings } from './contestant.ts';
import type { Driven, Load } from './drive.ts';

/** What the process is asked for; `call` and `memory` need a `prepare` before them. */
export type Ask =
  | { readonly do: 'prepare'; readonly contestant: string; readonly surroundings: Surroundings }
  | { readonly do: 'call'; readonly workload: string; readonly load: Load }
  | { readonly do: 'memory' }
  /** `hotcell` is the path of its `dist/index.js`. */
  | { readonly do: 'images'; readonly hotcell: string };

/** What it answers: the result, or why there is none. */
export type Told<Result> = { readonly result: Result } | { readonly leftOut: string } | { readonly failure: string };

/** Results by what was asked. */
export interface Results {
  /** How long it took to be ready, in milliseconds. */
  readonly prepare: number;
  readonly call: Driven;
  /** MB of one waiting cell. */
  readonly memory: number;
  /** hotcell's images by language. */
  readonly images: Readonly<Record<string, string>>;
}
