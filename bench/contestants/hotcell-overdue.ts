/** Guests that never end by themselves: time from their limit to their result. */
import type { OpenContestant, Surroundings } from '../contestant.ts';
import { importHotcell, optionsFor } from './hotcell.ts';

const timeoutMs = 500;

/** The last program leaves as many busy processes as it may have. */
const programs: Readonly<Record<string, string>> = {
  javascript: 'for (;;);',
  python: 'while True: pass',
  bash: 'bomb() { bomb | bomb & }; bomb; while :; do :; done',
};

/** Each job is one sample: the time from its start to its result, minus `timeoutMs`. */
export async function openOverdue({ family, hotcell }: Surroundings): Promise<OpenContestant> {
  const { createEngine } = await importHotcell(hotcell);
  const engine = createEngine(optionsFor(family));
  const language = family as 'javascript' | 'python' | 'bash';
  return {
    async run() {
      const beganMs = performance.now();
      const { status, timings } = await engine.execute({
        language,
        code: programs[family] ?? '',
        limits: { timeoutMs },
      });
      const tookMs = performance.now() - beganMs - timings.queuedMs - timings.acquireMs;
      if (status !== 'timeout') throw new Error(`it ended as ${status}`);
      return { value: 2, elapsedMs: Math.max(tookMs - timeoutMs, 0) };
    },
    close: () => engine.close(),
  };
}
