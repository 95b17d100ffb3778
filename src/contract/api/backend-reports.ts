/** What backends tell callers about themselves: their health, what they make ready, and the cells that wait. */

/** One line of `hotcell doctor`. */
export interface Check {
  readonly name: string;
  readonly verdict: 'ok' | 'warn' | 'fail';
  /** What was found. */
  readonly detail: string;
  /** What to do, unless the verdict is `ok`. */
  readonly remedy?: string;
}

/** One step of `Engine.prepare`, as it goes. */
export interface PreparationStep {
  /** What is made ready, such as `image python`. The same name in all reports of one step. */
  readonly step: string;
  readonly state: 'running' | 'done' | 'failed';
  /** What goes on, or how it ended. */
  readonly detail: string;
}

/** Cells of one kind that wait for a job, or are being made. */
export interface PoolStats {
  /** What they are and which limits they have. */
  readonly profile: string;
  readonly ready: number;
  readonly making: number;
  /** Calls that wait for a cell. */
  readonly waiting: number;
  /** Calls a second, lately. */
  readonly rate: number;
  /** Calls that found a waiting cell, and calls that did not. */
  readonly hits: number;
  readonly misses: number;
}

/** One row for each backend, by its name. */
export type EngineStats = Readonly<
  Record<
    string,
    {
      /** Jobs. */
      readonly running: number;
      readonly waiting: number;
      /** Cells that wait for a job, by kind. */
      readonly pool: readonly PoolStats[];
    }
  >
>;
