/** The caller's side of protocol.ts: starts a contestant's process, sends requests and ends it. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Ask, Results, Told } from './protocol.ts';

const child = fileURLToPath(new URL('child.ts', import.meta.url));
/** Time to remove containers after the last call. */
const closeTimeoutMs = 30_000;

/** A contestant in its own process. Dispose it to end the process. */
export interface ContestantProcess extends AsyncDisposable {
  /**
   * Sends a request and waits for the answer. A process that dies or does not answer within `timeoutMs` counts as a
   * failure. One request at a time.
   */
  ask<Kind extends Ask['do']>(
    ask: Extract<Ask, { readonly do: Kind }>,
    timeoutMs: number,
  ): Promise<Told<Results[Kind]>>;
}

/** Starts a process without a contestant. */
export function startContestantProcess(): ContestantProcess {
  const flags = ['--no-node-snapshot', '--disable-warning=ExperimentalWarning', child];
  const spawned = spawn(process.execPath, flags, { stdio: ['pipe', 'ignore', 'pipe', 'pipe'] });
  let complaint = '';
  spawned.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-500);
  });
  spawned.stdin?.on('error', () => undefined);
  let hear: (told: Told<never>) => void = () => undefined;
  let isOver = false;
  const ended = new Promise<void>((resolve) => {
    spawned.once('error', (error) => {
      complaint = error.message;
      isOver = true;
      resolve();
    });
    spawned.once('close', () => {
      isOver = true;
      resolve();
    });
  });
  const died = (): Told<never> => ({ failure: `its process ended: ${complaint.trim() || 'no output'}` });
  void ended.then(() => hear(died()));
  const answers = spawned.stdio[3] as Readable;
  createInterface({ input: answers }).on('line', (line) => hear(JSON.parse(line) as Told<never>));

  return {
    ask(ask, timeoutMs) {
      const { promise, resolve } = Promise.withResolvers<Told<never>>();
      if (isOver) return Promise.resolve(died());
      hear = resolve;
      const silence = setTimeout(
        () => resolve({ failure: `it did not answer within ${timeoutMs / 1_000} s` }),
        timeoutMs,
      );
      spawned.stdin?.write(`${JSON.stringify(ask)}\n`);
      return promise.finally(() => clearTimeout(silence));
    },
    async [Symbol.asyncDispose]() {
      spawned.stdin?.end();
      const patience = setTimeout(() => spawned.kill('SIGKILL'), closeTimeoutMs);
      await ended;
      clearTimeout(patience);
    },
  };
}
