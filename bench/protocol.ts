/**
 * Theory of operation. Each contestant runs in a separate process, so that none warms or disturbs another, and in a new
 * one for each round. It reads requests as lines of JSON on stdin and answers each with one line on descriptor 3, in
 * order; stdout is unused, because peers print. When stdin ends, the process cleans up and exits.
 */
import type { Surroundings } from './contestant.ts';
import type { Driven, Load } from './drive.ts';

/** A request to the process; `call` and `memory` need a `prepare` first. */
export type Ask =
  | { readonly do: 'prepare'; readonly contestant: string; readonly surroundings: Surroundings }
  | { readonly do: 'call'; readonly workload: string; readonly load: Load }
  | { readonly do: 'memory' }
  /** `hotcell` is the path of its `dist/index.js`. */
  | { readonly do: 'images'; readonly hotcell: string };

/** An answer: the result, or why there is none. */
export type Told<Result> = { readonly result: Result } | { readonly leftOut: string } | { readonly failure: string };

/** Results by kind of request. */
export interface Results {
  /** Time until it was ready, in milliseconds. */
  readonly prepare: number;
  readonly call: Driven;
  /** Memory of one waiting cell, in MB. */
  readonly memory: number;
  /** hotcell's images by language. */
  readonly images: Readonly<Record<string, string>>;
}
