import { setTimeout as sleep } from 'node:timers/promises';
import type { HostFunctions } from 'hotcell';
import { z } from 'zod';

/** The tools of one attack, and the breaches that reached the host. */
export interface AttackTools {
  readonly tools: HostFunctions;
  /** Descriptions of breaches; empty if everything held. */
  readonly breaches: readonly string[];
  /** The job is over: from now on no tool may run. */
  over(): void;
}

/** Tools that check their callers. `secrets` are those of the request. */
export function makeAttackTools(secrets: readonly string[]): AttackTools {
  const breaches: string[] = [];
  let isOver = false;
  let onceRuns = 0;
  const watch = (name: string, input: unknown): void => {
    if (isOver) breaches.push(`${name} ran after the end of its job`);
    if ('polluted' in {}) breaches.push(`${name} found Object.prototype changed`);
    const copy = Object.assign({}, input) as { polluted?: unknown };
    if (copy.polluted !== undefined) breaches.push(`${name} got an input that changes prototypes`);
    const text = JSON.stringify(input) ?? '';
    for (const secret of secrets) if (text.includes(secret)) breaches.push(`${name} was told a secret`);
  };
  const tools: HostFunctions = {
    echo: {
      description: 'Answers its input.',
      input: z.any(),
      run(input) {
        watch('echo', input);
        return input;
      },
    },
    once: {
      description: 'Once a job, when that is approved; approval takes a moment.',
      input: z.any(),
      maxCalls: 1,
      approve: () => sleep(20, true),
      run(input) {
        watch('once', input);
        onceRuns += 1;
        if (onceRuns > 1) breaches.push(`once ran ${onceRuns} times`);
        return onceRuns;
      },
    },
    guarded: {
      description: 'Is never approved.',
      input: z.any(),
      approve: ({ input }) => sleep(1, `not ${JSON.stringify(input).slice(0, 20)}`),
      run: () => void breaches.push('guarded ran'),
    },
    strict: {
      description: 'Takes a short text and nothing else.',
      input: z.strictObject({ text: z.string().max(10) }),
      run(input) {
        watch('strict', input);
        return Object.keys(input);
      },
    },
    leak: {
      description: 'Throws and answers what must stay here.',
      input: z.object({ how: z.enum(['throw', 'answer']) }),
      run({ how }) {
        if (how === 'throw') throw new Error(`cannot log in with ${secrets.join(' or ')}`);
        return { secrets, [secrets[0] ?? '']: secrets.map((secret) => Buffer.from(secret).toString('base64')) };
      },
    },
    slow: {
      description: 'Takes a second, and does not care whether anybody waits.',
      input: z.any(),
      async run(input) {
        watch('slow', input);
        await sleep(1_000, undefined, { ref: false });
        return 'x'.repeat(100_000);
      },
    },
    large: { description: 'Answers much.', input: z.any(), run: () => 'x'.repeat(1_000_000) },
  };
  return { tools, breaches, over: () => (isOver = true) };
}
