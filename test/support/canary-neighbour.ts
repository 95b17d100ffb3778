import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, ExecutionRequest, ExecutionResult } from 'hotcell';

/** The neighbour's jobs: each holds the secret for a while and then computes its answer from it. */
const jobs = {
  javascript: `await new Promise((done) => setTimeout(done, 300)); inputs.number + context.env.NEIGHBOUR.length`,
  python: `
import os, socket, time
held = os.environ['NEIGHBOUR']
for path in ('/tmp/neighbour', '/workspace/neighbour'):
    with open(path, 'w') as file:
        file.write(held)
# In WebAssembly there are no sockets.
if hasattr(socket, 'AF_UNIX'):
    door = socket.socket(socket.AF_UNIX)
    door.bind('\\0neighbour')
    door.listen()
time.sleep(0.3)
inputs['number'] + len(held)`,
} as const;

/**
 * A tenant that uses the engine while others attack. Its jobs carry the canary's token as a secret, and all must end
 * with the right values.
 */
export class Neighbour {
  readonly #engine: Engine;
  readonly #languages: readonly (keyof typeof jobs)[];
  readonly #token: string;
  readonly #isolation: ExecutionRequest['isolation'];
  readonly #wrong: string[] = [];
  readonly #working: Promise<void>;
  #right = 0;
  #isOver = false;

  /** With `isolation: 'tenant'` its jobs run for `tenant`, in the container of the attackers. */
  constructor(
    engine: Engine,
    languages: readonly (keyof typeof jobs)[],
    token: string,
    isolation?: ExecutionRequest['isolation'],
  ) {
    this.#engine = engine;
    this.#languages = languages;
    this.#token = token;
    this.#isolation = isolation;
    this.#working = this.#work();
  }

  /** Number of jobs that ended correctly. */
  get right(): number {
    return this.#right;
  }

  /** The wrong results so far. */
  get wrong(): readonly string[] {
    return this.#wrong;
  }

  /** Lets the running job end and starts no more. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#working;
  }

  async #work(): Promise<void> {
    for (let number = 0; !this.#isOver; number += 1) {
      const language = this.#languages[number % this.#languages.length];
      if (!language) return;
      const request: ExecutionRequest = {
        language,
        code: jobs[language],
        inputs: { number },
        secrets: { NEIGHBOUR: this.#token },
        tenant: this.#isolation ?? 'neighbour',
        isolation: this.#isolation,
      };
      const result = await this.#engine.execute(request);
      if (isRight(result, number + this.#token.length)) this.#right += 1;
      else this.#wrong.push(`${language}: ${JSON.stringify(result)}`);
      await sleep(100);
    }
  }
}

function isRight({ status, value, stdout, stderr }: ExecutionResult, expected: number): boolean {
  return status === 'success' && value === expected && stdout === '' && stderr === '';
}
