import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { HotcellError } from '../contract/api/errors.ts';

/** How to run a program on the host. */
export interface RunCommandOptions {
  /** Working directory. Default: that of this process. */
  readonly folder?: string | undefined;
  /** Receives each line that the program writes to stderr, and to stdout unless `stdout` is set. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Receives standard output unchanged; is not ended. If it closes early, the program cannot write any more. */
  readonly stdout?: Writable | undefined;
  /** Ends the program. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the program after this many milliseconds. */
  readonly timeoutMs: number;
}

/** Lines of output that a failure quotes. */
const quotedLines = 8;

/**
 * Runs a program on the host until it ends, without a shell and without input.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` with its last lines if it does not start, fails or takes too long; the
 * reason of `signal` once that is aborted.
 */
export async function runCommand(
  command: string,
  programArguments: readonly string[],
  options: RunCommandOptions,
): Promise<void> {
  options.signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  const child = spawn(command, programArguments, {
    cwd: options.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
    signal,
  });

  const lastLines: string[] = [];
  const onLine = (line: string): void => {
    lastLines.push(line);
    if (lastLines.length > quotedLines) lastLines.shift();
    options.onLine?.(line);
  };
  const reading = [readLines(child.stderr, onLine)];
  if (options.stdout) {
    child.stdout.pipe(options.stdout, { end: false });
    // A program whose output nobody reads would wait forever, whatever signal it gets.
    options.stdout.once('close', () => child.stdout.destroy());
  } else reading.push(readLines(child.stdout, onLine));

  const { promise: ended, resolve } = Promise.withResolvers<string | undefined>();
  child.once('error', (error) => resolve(error.message));
  child.once('close', (code, killer) => resolve(code === 0 ? undefined : `it ended with ${killer ?? `code ${code}`}`));
  const [problem] = await Promise.all([ended, ...reading]);

  options.signal?.throwIfAborted();
  if (problem === undefined) return;
  const reason = deadline.aborted ? `it took longer than ${options.timeoutMs} ms` : problem;
  const words = lastLines.length > 0 ? ` Its last output: ${lastLines.join(' | ')}` : '';
  throw new HotcellError('BACKEND_UNAVAILABLE', `Cannot run ${command}: ${reason}.${words}`);
}

async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    const lines = (rest + chunk).split(/[\r\n]+/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line.trim());
  }
  if (rest.trim() !== '') onLine(rest.trim());
}
