/** Calls one contestant in the rhythm of a scenario and measures the times. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Answer, LeftOut, type OpenContestant } from './contestant.ts';
import { absent, type Expected, type Workload } from './workloads.ts';

/** A rhythm of calls. */
export interface Load {
  /** Concurrent calls. */
  readonly concurrency: number;
  /** Ends after this many calls or milliseconds, whichever is first; makes at least one call. */
  readonly calls: number;
  readonly budgetMs: number;
  /** Pause before each call, so that the engine is idle when the call arrives. */
  readonly pauseMs: number;
  /** Calls before the measurement, which are not counted. */
  readonly warmUp: number;
}

/** The measured times. */
export interface Driven {
  /** Latency of each correct answer in milliseconds, and the time in it that was spent waiting for a place. */
  readonly timesMs: readonly number[];
  readonly queuedMs: readonly number[];
  readonly failures: number;
  readonly firstFailure?: string | undefined;
  /** From the first call to the last answer. */
  readonly wallMs: number;
  /** Processor time of this process only, which holds the engine or the in-process peer. */
  readonly cpuMs: number;
}

/** Drives a contestant. Rejects with {@link LeftOut} if it cannot do this work. */
export async function drive(contestant: OpenContestant, workload: Workload, load: Load): Promise<Driven> {
  for (let index = 0; index < load.warmUp; index += 1) {
    await warmUpOnce(contestant, workload, -2 - index);
  }
  const timesMs: number[] = [];
  const queuedMs: number[] = [];
  const failed: string[] = [];
  let made = 0;
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const isOver = (): boolean => made >= load.calls || (made > 0 && performance.now() - startMs >= load.budgetMs);

  const oneCall = async (index: number): Promise<void> => {
    const beganMs = performance.now();
    try {
      const answer = await contestant.run(workload, index);
      const tookMs = answer.elapsedMs ?? performance.now() - beganMs;
      check(answer, workload.expected);
      timesMs.push(tookMs);
      queuedMs.push(answer.queuedMs ?? 0);
    } catch (error) {
      failed.push(error instanceof Error ? error.message : String(error));
    }
  };
  const worker = async (): Promise<void> => {
    while (!isOver()) {
      const index = made++;
      if (load.pauseMs > 0) await sleep(load.pauseMs);
      await oneCall(index);
      await contestant.settle?.();
    }
  };
  await Promise.all(Array.from({ length: Math.min(load.concurrency, load.calls) }, worker));

  const { user, system } = process.cpuUsage(cpu);
  return {
    timesMs,
    queuedMs,
    failures: failed.length,
    firstFailure: failed[0]?.slice(0, 300),
    wallMs: performance.now() - startMs,
    cpuMs: (user + system) / 1_000,
  };
}

/** A failure here is ignored, because it shows again in a counted call. */
async function warmUpOnce(contestant: OpenContestant, workload: Workload, index: number): Promise<void> {
  try {
    const { value } = await contestant.run(workload, index);
    if (value === absent) throw new LeftOut('a library that this work needs is not installed');
  } catch (error) {
    if (error instanceof LeftOut) throw error;
  }
  await contestant.settle?.();
}

/** @throws {Error} if the work was not done */
function check(answer: Answer, expected: Expected): void {
  const { value, outputBytes, files } = expected;
  if (value !== undefined && !isDeepStrictEqual(answer.value, value)) throw new Error('the value is wrong');
  if (outputBytes !== undefined && answer.outputBytes !== outputBytes) {
    throw new Error(`${answer.outputBytes} bytes of output came instead of ${outputBytes}`);
  }
  if (files !== undefined && answer.files !== files) throw new Error(`${answer.files} of ${files} files came back`);
}
