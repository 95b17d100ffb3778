import { setTimeout as sleep } from 'node:timers/promises';
import { type HostFunctions, hostFunction } from 'hotcell';
import { z } from 'zod';

/** Jobs whose end a tool noticed. */
export const aborted: Map<string, unknown> = new Map();
/** Calls that wait for the other calls of their job, by job. */
const gatherings = new Map<string, { count: number; full: PromiseWithResolvers<void> }>();

/** The functions that the guests of the cases call. */
export const tools: HostFunctions = {
  add: hostFunction({
    description: 'Adds two numbers.\nThe second is 1 unless given.',
    input: z.object({ a: z.number(), b: z.number().default(1) }),
    output: z.object({ sum: z.number() }),
    run: ({ a, b }) => ({ sum: a + b }),
  }),
  echo: { description: 'Answers its input.', input: z.any(), run: (input) => input },
  constructor: { description: 'Has the name of a member of every object.', input: z.any(), run: () => 'constructed' },
  'a-b': { description: 'Has a name that is no identifier.', input: z.object({}), run: () => ['a', 'b'] },
  throws: {
    description: 'Throws.',
    input: z.any(),
    run() {
      throw new RangeError('out of stock');
    },
  },
  refuses: { description: 'Is not approved.', input: z.any(), run: () => 1, approve: async () => 'ask Ada first' },
  once: { description: 'Can be called once.', input: z.any(), run: () => 1, maxCalls: 1 },
  slow: { description: 'Takes too long.', input: z.any(), run: () => sleep(10_000, 1, { ref: false }), timeoutMs: 20 },
  lies: { description: 'Answers a text for a number.', input: z.any(), output: z.number(), run: () => 'one' as never },
  date: { description: 'Answers what JSON cannot say.', input: z.any(), run: () => ({ at: new Date(0) }) },
  big: { description: 'Answers too much.', input: z.any(), run: () => 'x'.repeat(1_100_000) },
  nap: { description: 'Sleeps.', input: z.number(), run: async (ms) => sleep(ms, ms) },
  gather: {
    description: 'Waits for 64 calls of one job.',
    input: z.any(),
    async run(input, { jobId }) {
      const gathering = gatherings.get(jobId) ?? { count: 0, full: Promise.withResolvers<void>() };
      gatherings.set(jobId, gathering);
      gathering.count += 1;
      if (gathering.count === 64) gathering.full.resolve();
      await gathering.full.promise;
      return input;
    },
  },
  hang: {
    description: 'Never answers.',
    input: z.any(),
    run: (_input, { jobId, signal }) =>
      new Promise(() => signal.addEventListener('abort', () => aborted.set(jobId, signal.reason))),
  },
};
