/**
 * A shell that stays. At the end of each script, just-bash forgets everything that was not written to files. So a
 * session is one script that does not end: when just-bash asks for its next statement, it gets a command of hotcell's,
 * which waits for the next call; then the statements of that call, in braces; then the command again.
 *
 * Interrupts use a similar hook: before each command just-bash calls a function, which throws if the guest must stop.
 * That is an ordinary error, which ends the statements in braces and not the shell.
 */

import type { Interrupts } from '../interrupts.ts';
import type { Redirection, Script, Statement, streamOutput } from './streams.ts';
import type { BashCommand, BashOutcome } from './tool-command.ts';

/** Options of just-bash for the shell. */
export interface ShellOptions {
  readonly customCommands: readonly BashCommand[];
  readonly coverage: { hit(): void };
  readonly sleep: (ms: number) => Promise<void>;
}

/** The parts of just-bash that are used. */
export interface Bash {
  registerTransformPlugin(plugin: { name: string; transform(context: { ast: Script }): { ast: Script } }): void;
  exec(script: string, options: object): Promise<BashEnd>;
}

/** How a script ended, with the output that was not streamed. */
export interface BashEnd {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** The shell of a session, which runs one call after another. */
export interface Shell {
  readonly options: ShellOptions;
  /**
   * Runs a call, with its stdin in a file; `prelude` runs before it. The call may end the shell, see {@link isOver}.
   */
  run(bash: Bash, prelude: string, source: string): Promise<BashEnd>;
  readonly isOver: () => boolean;
  /** Wakes everything that waits, so that it can be interrupted. */
  wake(): void;
}

/** The files for a shell's descriptors. */
export interface Streams {
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Makes the shell; `commands` are added to those of just-bash. */
export function createShell(
  interrupts: Interrupts,
  commands: readonly BashCommand[],
  streams: Streams,
  stream: typeof streamOutput,
): Shell {
  const raw = { rawScript: true, stdin: '', stdinKind: 'bytes' } as const;
  /**
   * Waits for the next call. Its path works whatever the guest does to PATH; if the guest calls it, it does nothing.
   */
  const nextCall = 'hotcell next call';
  let coming: readonly Statement[] = [];
  let isDue = false;
  let hasBegun = false;
  let isOver = false;
  let over: (end: BashEnd) => void = () => undefined;
  let arrived: () => void = () => undefined;
  /** Replaces the statements of the next script that just-bash parses. */
  let exchange: ((script: Script) => Iterable<Statement>) | undefined;
  const waiting = new Set<() => void>();

  const waitFor = <Value>(promise: Promise<Value>, interrupted: Value): Promise<Value> => {
    const { promise: woken, resolve } = Promise.withResolvers<Value>();
    const wake = (): void => resolve(interrupted);
    waiting.add(wake);
    return Promise.race([promise, woken]).finally(() => waiting.delete(wake));
  };
  const outcome = (exitCode: number): BashOutcome => ({ stdout: '', stderr: '', exitCode, stdoutKind: 'text' });
  const braces = (body: Statement[]): Statement => {
    stream({ statements: body }, streams);
    const to = (fd: number, operator: string, value: string): Redirection => {
      const target = { type: 'Word', parts: [{ type: 'Literal', value }] };
      return { type: 'Redirection', fd, operator, target };
    };
    // Output that was not streamed is written here.
    const redirections = [to(0, '<', streams.stdin), to(1, '>', streams.stdout), to(2, '>', streams.stderr)];
    const group = { type: 'Group', body, redirections };
    const pipeline = { type: 'Pipeline', commands: [group], negated: false };
    return { type: 'Statement', pipelines: [pipeline], operators: [], background: false } as Statement;
  };
  const plugin = {
    name: 'session',
    transform({ ast }: { ast: Script }) {
      if (!exchange) return { ast };
      const statements = exchange(ast);
      exchange = undefined;
      return { ast: { ...ast, statements } as Script };
    },
  };
  /** The statements of a text; for a malformed text, the failure that just-bash reports. */
  const parse = async (bash: Bash, text: string): Promise<readonly Statement[] | BashEnd> => {
    let statements: readonly Statement[] = [];
    exchange = (script) => {
      statements = script.statements;
      return [];
    };
    const end = await bash.exec(text, raw);
    exchange = undefined;
    return end.exitCode === 0 ? statements : end;
  };
  const begin = async (bash: Bash): Promise<void> => {
    bash.registerTransformPlugin(plugin);
    const pause = (await parse(bash, `'/bin/${nextCall}' "$?" && :`)) as readonly Statement[];
    exchange = () => ({
      *[Symbol.iterator]() {
        while (!isDue) {
          isDue = true;
          interrupts.clear();
          yield* pause;
          yield* coming;
        }
      },
    });
    const end = bash.exec(':', raw);
    const gone = (ended: BashEnd): void => {
      isOver = true;
      over(ended);
    };
    end.then(gone, (thrown: unknown) => gone({ stdout: '', stderr: `bash: ${thrown as string}\n`, exitCode: 1 }));
  };

  return {
    options: {
      customCommands: [
        ...commands.map((command) => ({
          ...command,
          execute: (...given: Parameters<BashCommand['execute']>) => waitFor(command.execute(...given), outcome(130)),
        })),
        {
          name: nextCall,
          trusted: true,
          async execute([exitCode]: readonly string[]) {
            if (!isDue) return outcome(127);
            const next = new Promise<void>((resolve) => {
              arrived = resolve;
            });
            over({ stdout: '', stderr: '', exitCode: Number(exitCode) });
            await next;
            isDue = false;
            // For `$?` in the next job: as the first part of a list it ends no shell under `set -e`.
            return outcome(Number(exitCode));
          },
        },
      ],
      coverage: {
        hit() {
          if (interrupts.pending()) throw new Error('bash: interrupted');
        },
      },
      sleep: (ms) => waitFor(new Promise((resolve) => setTimeout(resolve, ms)), undefined),
    },
    async run(bash, prelude, source) {
      if (!hasBegun) {
        const begun = new Promise((resolve) => {
          over = resolve;
        });
        hasBegun = true;
        await begin(bash);
        await begun;
      }
      const statements = await parse(bash, source);
      if ('exitCode' in statements) return statements;
      const first = prelude === '' ? [] : ((await parse(bash, prelude)) as readonly Statement[]);
      coming = [...first, braces([...statements])];
      return new Promise((resolve) => {
        over = resolve;
        arrived();
      });
    },
    isOver: () => isOver,
    wake() {
      for (const wake of waiting) wake();
    },
  };
}
