/** Calls of a host function from a guest: the round trip without the tool's own time. */
import { createRequire } from 'node:module';
import type * as Zod from 'zod';
import { LeftOut, type OpenContestant, type Surroundings } from '../contestant.ts';
import { importHotcell, optionsFor } from './hotcell.ts';

/** Calls of one job, one after the other. The job's figure is their median. */
const callsOfAJob = 200;

const programs: Readonly<Record<string, string>> = {
  javascript: `for (let n = 0; n <= ${callsOfAJob}; n += 1) await tools.next({ n });\n1 + 1`,
  python: `for n in range(${callsOfAJob} + 1): tools.next(n=n)\n1 + 1`,
};

/**
 * Each job is one sample: the tool records when it is called, and the sample is the median of the times between two
 * calls.
 */
export async function openHostFunctions({ family, hotcell }: Surroundings): Promise<OpenContestant> {
  const { createEngine } = await importHotcell(hotcell);
  // The schemas must come from the zod that the measured build uses.
  const { z }: typeof Zod = await import(createRequire(hotcell).resolve('zod'));
  const engine = createEngine(optionsFor(family));
  const language = family as 'javascript' | 'python';
  return {
    async run() {
      const calledAtMs: number[] = [];
      const run = ({ n }: { n: number }): number => {
        calledAtMs.push(performance.now());
        return n;
      };
      const next = { description: 'Answers its number.', input: z.object({ n: z.number() }), run };
      const result = await engine.execute({ language, code: programs[family] ?? '', tools: { next } });
      if (result.status === 'validation_error') throw new LeftOut('this build has no host functions');
      if (result.status !== 'success') throw new Error(`${result.error?.code}: ${result.error?.message}`);
      const betweenMs = calledAtMs.slice(1).map((atMs, index) => atMs - (calledAtMs[index] ?? atMs));
      return { value: result.value, elapsedMs: betweenMs.sort((a, b) => a - b)[callsOfAJob / 2] };
    },
    close: () => engine.close(),
  };
}
