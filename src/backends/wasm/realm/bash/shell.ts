/**
 * A shell that stays. just-bash forgets at the end of each script what it did not write to files. So a session is one
 * script that does not end: when it asks for its next statement, it is given a command of ours, which waits for the next
 * call; then the statements of that call, in braces; then the command again.
 *
 * Whoever is to stop is stopped in the same way: just-bash says before each command that it comes to it, and hears there
 * that it must not go on. That is an error like any other, which ends what is in the braces and not the shell.
 */

import type { Interrupts } from '../interrupts.ts';
import type { Redirection, Script, Statement, streamOutput } from './streams.ts';
import type { BashCommand, BashOutcome } from './tool-command.ts';

/** What a shell is made with, among the options of just-bash. */
export interface ShellOptions {
  readonly customCommands: readonly BashCommand[];
  readonly coverage: { hit(): void };
  readonly sleep: (ms: number) => Promise<void>;
}

/** What is used of just-bash. */
export interface Bash {
  registerTransformPlugin(plugin: { name: string; transform(context: { ast: Script }): { ast: Script } }): void;
  exec(script: string, options: object): Promise<BashEnd>;
}

/** How a script ended, and what it wrote that did not leave as it went. */
export interface BashEnd {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** The shell of a session, which takes one call after the other. */
export interface Shell {
  readonly options: ShellOptions;
  /** Runs a call, its stdin in a file; `prelude` comes before it. It may end the shell, see {@link isOver}. */
  run(bash: Bash, prelude: string, source: string): Promise<BashEnd>;
  readonly isOver: () => boolean;
  /** Wakes what waits, so that it is interrupted, too. */
  wake(): void;
}

/** The files that stand for a shell's descriptors. */
export interface Streams {
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Makes the shell; `commands` are what it has besides those of just-bash. */
export function createShell(
  interrupts: Interrupts,
  commands: readonly BashCommand[],
  streams: Streams,
  stream: typeof streamOutput,
): Shell {
  const raw = { rawScript: true, stdin: '', stdinKind: 'bytes' } as const;
  /** Waits for the next call. By its path it is found whatever the guest does to PATH; out of turn it does nothing. */
  const nextCall = 'hotcell next call';
  let coming: readonly Statement[] = [];
  let isDue = false;
  let hasBegun = false;
  let isOver = false;
  let over: (end: BashEnd) => void = () => undefined;
  let arrived: () => void = () => undefined;
  /** What is done with a script that just-bash has parsed, in place of running it. */
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
    // What did not leave as it went leaves now.
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
  /** The statements of a text; a text that is none ends as just-bash says. */
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
