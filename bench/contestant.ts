/** A contestant is a way to run a guest's code, as seen by the process that measures it. */
import type { Workload } from './workloads.ts';

/** The languages in which contestants are compared. */
export type Family = 'javascript' | 'python' | 'bash' | 'redaction';

/** The result of a call, with which the benchmark checks that the work was done. */
export interface Answer {
  /** The value of the code, as JSON; absent for workloads that only write. */
  readonly value?: unknown;
  readonly outputBytes?: number | undefined;
  /** Number of files that came back. */
  readonly files?: number | undefined;
  /** Milliseconds that the call waited for a place. */
  readonly queuedMs?: number | undefined;
  /** Set if the call measured itself; replaces the time around it. */
  readonly elapsedMs?: number | undefined;
}

/** A contestant that is ready. */
export interface OpenContestant {
  /** Makes one call and waits for its end. Rejects if it failed. */
  run(workload: Workload, index: number): Promise<Answer>;
  /** Waits, untimed, until all leftovers of earlier calls are gone. */
  settle?(): Promise<void>;
  /** Memory of one waiting cell, in MB. */
  memoryMb?(): Promise<number>;
  close(): Promise<void>;
}

/** Settings with which a contestant prepares itself. */
export interface Surroundings {
  readonly family: Family;
  /** The hotcell to measure: path of its `dist/index.js`. */
  readonly hotcell: string;
  /** hotcell's own Docker images by language, so that all containers are alike. */
  readonly images: Readonly<Record<string, string>>;
  /** Number of cells that hotcell must keep ready in addition to its default. */
  readonly warm: number;
}

/** Four containers wait for the first calls; isolates wait without a request. */
export function warmCells(family: Family): number {
  return family === 'python' || family === 'bash' ? 4 : 0;
}

/** Opens a contestant; rejects with {@link LeftOut} if it cannot run here. */
export type OpenFunction = (surroundings: Surroundings) => Promise<OpenContestant>;

/** This contestant or workload is not possible here; the message says why. Reported, but not a failure. */
export class LeftOut extends Error {
  override readonly name = 'LeftOut';
}
