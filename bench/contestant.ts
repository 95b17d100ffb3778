/** What is measured: a way to run a guest's code, as seen by the process that times it. */
import type { Workload } from './workloads.ts';

/** The languages in which contestants are compared. */
export type Family = 'javascript' | 'python' | 'bash' | 'redaction';

/** What a call brought back, for the check that it did the work. */
export interface Answer {
  /** What the code answered, as JSON; left out by workloads that only write. */
  readonly value?: unknown;
  readonly outputBytes?: number | undefined;
  /** Files that came back. */
  readonly files?: number | undefined;
  /** How much of the time the call waited for a place. */
  readonly queuedMs?: number | undefined;
  /** Where the call measured itself, in place of the time around it. */
  readonly elapsedMs?: number | undefined;
}

/** A contestant made ready. */
export interface OpenContestant {
  /** One call, to its end. Rejects where it failed. */
  run(workload: Workload, index: number): Promise<Answer>;
  /** Waits, untimed, until nothing of earlier calls is left over. */
  settle?(): Promise<void>;
  /** Memory of one cell that waits, in MB. */
  memoryMb?(): Promise<number>;
  close(): Promise<void>;
}

/** What a contestant is given to make itself ready. */
export interface Surroundings {
  readonly family: Family;
  /** The hotcell under test: path of its `dist/index.js`. */
  readonly hotcell: string;
  /** Docker images by language, hotcell's own, so that all containers hold the same. */
  readonly images: Readonly<Record<string, string>>;
  /** Cells that hotcell is asked to keep ready, beyond what it does by itself. */
  readonly warm: number;
}

/** Four containers wait for the first calls; isolates wait without being asked for. */
export function warmCells(family: Family): number {
  return family === 'python' || family === 'bash' ? 4 : 0;
}

/** Opens a contestant; rejects with {@link LeftOut} where it cannot take part here. */
export type OpenFunction = (surroundings: Surroundings) => Promise<OpenContestant>;

/** This contestant or this work is not possible here; the message says why. It is reported and no failure. */
export class LeftOut extends Error {
  override readonly name = 'LeftOut';
}
