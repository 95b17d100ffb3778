import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Command } from 'commander';
import { errorTable, HotcellError } from '../contract/api/errors.ts';
import type { Language } from '../contract/api/request.ts';
import type { ExecutionError, ExecutionResult } from '../contract/api/result.ts';
import type { Session, SessionOptions } from '../contract/api/session.ts';
import { createEngine, type Engine } from '../engine.ts';
import { closedPipeExit, whenPipeCloses } from './closed-pipes.ts';
import { readConfiguration } from './configuration.ts';
import { addGuestOptions } from './guest-options.ts';
import { historyLines, historyPath, readHistory, writeHistory } from './history.ts';
import { InputLines } from './input-lines.ts';
import { OutFolder } from './out-folder.ts';
import { reportFailure } from './report-failure.ts';
import { describeLeftOut, filesOf } from './result-files.ts';
import { type RunOptions, readRunRequest } from './run-request.ts';
import { loadGrammar } from './statements/load-grammar.ts';
import { Statements } from './statements/statements.ts';
import { paint } from './style.ts';
import { adviseWithoutDocker } from './without-docker.ts';

/** Adds `hotcell repl` to the command line. */
export function addRepl(program: Command): void {
  const command = program
    .command('repl')
    .summary('run code line by line in a session')
    .description(
      'A session at the terminal: variables and files stay from line to line. Output appears as it is written, values ' +
        'are printed, and displays and files under output/ are written to a folder. Ctrl-C interrupts, Ctrl-D ends.\n' +
        'The lines can also come from stdin.',
    );
  addGuestOptions(command)
    .option('--out <DIR>', 'folder for files (default: a new temporary folder)')
    .action(async (given: RunOptions) => {
      process.exitCode = await repl(given);
    });
}

/** Parts of a request that belong to a call, not to the session. */
const ofCalls: readonly string[] = ['code', 'mode', 'inputs', 'stdin', 'collect'];

function sessionOf(request: Awaited<ReturnType<typeof readRunRequest>>): SessionOptions {
  const { language, ...rest } = request;
  return { language, ...Object.fromEntries(Object.entries(rest).filter(([name]) => !ofCalls.includes(name))) };
}

/** @returns the exit code: of the last failed call if lines come on stdin, else 0. */
async function repl(given: RunOptions): Promise<number> {
  const isTerminal = Boolean(process.stdin.isTTY && process.stdout.isTTY);
  const options = { ...(await readConfiguration()), ...given };
  try {
    const asked = { language: 'python', ...options, code: '', stdin: false } as const;
    const session = sessionOf(await readRunRequest(undefined, asked));
    const ignore = (): void => undefined;
    await using engine = createEngine({
      closeGraceMs: 0,
      docker: { runtime: options.runtime, pool: { ceiling: 0 } },
      wasm: { spareGuests: 0 },
      // Slow steps are shown to the user who waits for the first prompt.
      logger: { debug: ignore, info: (_, text) => isTerminal && say(text), warn: ignore, error: ignore },
    });
    const statements = new Statements(await loadGrammar(session.language));
    await using loop = new Repl(engine, session, statements, options.out, isTerminal);
    return await loop.run();
  } catch (error) {
    const exit = reportFailure(error, false);
    const code = error instanceof HotcellError ? error.code : undefined;
    const advice = adviseWithoutDocker(code, { language: 'python', ...options });
    if (advice !== undefined) say(advice);
    return exit;
  }
}

class Repl implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #options: SessionOptions;
  readonly #isTerminal: boolean;
  readonly #statements: Statements;
  readonly #language: Language;
  #out: string | undefined;
  #session: Session | undefined;
  #calls = 0;
  /** Cancels the running call. */
  #running: AbortController | undefined;
  /** Whether the terminal's cursor is behind printed text. */
  #isMidLine = false;
  /** Whether nobody reads what is printed any more. */
  #isUnread = false;

  constructor(
    engine: Engine,
    options: SessionOptions,
    statements: Statements,
    out: string | undefined,
    isTerminal: boolean,
  ) {
    this.#engine = engine;
    this.#options = options;
    this.#out = out;
    this.#isTerminal = isTerminal;
    this.#language = options.language;
    this.#statements = statements;
  }

  /** Reads and runs statements until stdin ends; returns the exit code. */
  async run(): Promise<number> {
    const path = historyPath(this.#language);
    const history = this.#isTerminal ? await readHistory(path) : [];
    // Before the session, which takes a moment: what is typed meanwhile is read in one way and not in two.
    const source = createInterface({
      input: process.stdin,
      ...(this.#isTerminal && { output: process.stdout, history, historySize: historyLines }),
      terminal: this.#isTerminal,
    });
    source.on('history', (now) => history.splice(0, history.length, ...now));
    using lines = new InputLines(source, this.#isTerminal);
    source.on('SIGINT', () => this.#interrupt(source, lines));
    process.on('SIGINT', () => this.#interrupt(source, lines));
    using _pipes = whenPipeCloses(() => {
      this.#isUnread = true;
      this.#running?.abort();
      lines.stop();
    });
    this.#session = await this.#engine.openSession(this.#options);
    if (this.#isTerminal) say(`${this.#language} session; Ctrl-C interrupts, Ctrl-D ends.`);
    let exit = 0;
    for (;;) {
      if (!lines.isWaiting) this.#prompt(source);
      const line = await lines.next();
      if (line === undefined) break;
      for (const code of this.#statements.push(line)) exit = await this.#execute(code);
      if (this.#statements.isHeld && !(await lines.hasMore()))
        for (const code of this.#statements.rest(this.#isTerminal)) exit = await this.#execute(code);
    }
    if (this.#isUnread) return closedPipeExit;
    if (this.#statements.isBegun) exit = await this.#execute(this.#statements.end());
    if (this.#isTerminal) {
      process.stdout.write('\n');
      await writeHistory(path, history);
    }
    return this.#isTerminal ? 0 : exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session?.close();
  }

  #prompt(lines: Interface): void {
    if (!this.#isTerminal) return;
    lines.setPrompt(paint(process.stdout, 'cyan', this.#statements.isBegun ? '... ' : `${this.#language}> `));
    lines.prompt();
  }

  #interrupt(source: Interface, lines: InputLines): void {
    if (this.#running) {
      this.#running.abort();
      return;
    }
    if (!this.#isTerminal) {
      lines.stop();
      return;
    }
    this.#statements.clear();
    process.stdout.write('\n');
    source.write(null, { ctrl: true, name: 'u' });
    this.#prompt(source);
  }

  /** Runs one statement and prints its results; returns its exit code. */
  async #execute(code: string): Promise<number> {
    this.#session ??= await this.#engine.openSession(this.#options);
    this.#running = new AbortController();
    this.#calls += 1;
    let result: ExecutionResult | undefined;
    for await (const event of this.#session.stream({ code, signal: this.#running.signal })) {
      if (event.type === 'finished') result = event.result;
      else if ((event.type === 'stdout' || event.type === 'stderr') && !this.#isUnread)
        this.#write(event.type, event.text);
    }
    this.#running = undefined;
    if (!result) throw new Error('the stream ended without a result');
    if (this.#isUnread) return closedPipeExit;
    this.#endLine();
    printEnd(result);
    await this.#writeFiles(result);
    if (result.session?.state === 'lost') {
      await this.#session.close();
      this.#session = undefined;
      say('The session has ended; the next line starts a new one.');
    }
    return result.error ? errorTable[result.error.code].exit : 0;
  }

  #write(stream: 'stdout' | 'stderr', text: string): void {
    process[stream].write(text);
    this.#isMidLine = !text.endsWith('\n');
  }

  #endLine(): void {
    if (this.#isMidLine) process.stdout.write('\n');
    this.#isMidLine = false;
  }

  async #writeFiles(result: ExecutionResult): Promise<void> {
    const files = filesOf(result);
    const leftOut = describeLeftOut(result);
    if (leftOut !== undefined) say(leftOut);
    if (files.length === 0) return;
    this.#out ??= await mkdtemp(join(tmpdir(), 'hotcell-repl-'));
    const folder = join(this.#out, String(this.#calls));
    const unwritten = await new OutFolder(folder).finish(result, files);
    const reasons = new Map(unwritten.map(({ path, reason }) => [path, reason]));
    for (const { path, mediaType, content } of files) {
      const how = reasons.get(path) ?? `${mediaType}, ${content.length} bytes`;
      say(`${join(folder, path)} (${how})`);
    }
  }
}

/** Prints a message of the session itself. */
function say(text: string): void {
  process.stderr.write(`${paint(process.stderr, 'dim', text)}\n`);
}

/** Prints the value or the error, unless the guest has already printed it. */
function printEnd({ value, valueType, error, stderr }: ExecutionResult): void {
  if (valueType === 'json') process.stdout.write(`${paint(process.stdout, 'green', JSON.stringify(value))}\n`);
  if (valueType === 'repr') process.stdout.write(`${paint(process.stdout, 'green', String(value))}\n`);
  if (!error) return;
  const isTold = error.code === 'GUEST_ERROR' && error.stack !== undefined && stderr.includes(error.stack.trim());
  if (isTold) {
    sayHint(error);
    return;
  }
  const text = error.stack ?? (error.name ? `${error.name}: ${error.message}` : error.message);
  process.stderr.write(
    `${paint(process.stderr, 'red', error.code)} ${error.code === 'GUEST_ERROR' ? text : error.message}\n`,
  );
  sayHint(error);
}

function sayHint({ hint }: ExecutionError): void {
  if (hint !== undefined) say(hint);
}
