import type { installBuffers } from './buffers.ts';
import type { createFormatter, InspectModule, installConsole } from './console.ts';
import type { ByteText, installEncoding } from './encoding.ts';
import type { isFaithful } from './faithful.ts';
import type { RealmNetwork } from './fetch.ts';
import type { createFilePieces } from './file-pieces.ts';
import type { captureIntrinsics, Intrinsics } from './intrinsics.ts';
import type { installModules, ModuleMeans } from './modules.ts';
import type { RealmNetworkVerb, SayNetwork } from './requests.ts';
import type { installShow } from './show.ts';
import type { installStacks } from './stacks.ts';
import type { installTimers } from './timers.ts';
import type { createToolQueue, ToolQueue } from './tool-queue.ts';
import type { installTools } from './tools.ts';
import type { createReporter } from './value.ts';
import type { installCrypto } from './web.ts';
import type { createWriter } from './writer.ts';

/** The functions of this folder, handed over by name because nothing can be imported where they run. */
export interface RealmParts {
  readonly captureIntrinsics: typeof captureIntrinsics;
  readonly createFilePieces: typeof createFilePieces;
  readonly createFormatter: typeof createFormatter;
  readonly createReporter: typeof createReporter;
  readonly createToolQueue: typeof createToolQueue;
  readonly createWriter: typeof createWriter;
  readonly installBuffers: typeof installBuffers;
  readonly installConsole: typeof installConsole;
  readonly installCrypto: typeof installCrypto;
  readonly installEncoding: typeof installEncoding;
  readonly installModules: typeof installModules;
  readonly installShow: typeof installShow;
  readonly installStacks: typeof installStacks;
  readonly installTimers: typeof installTimers;
  readonly installTools: typeof installTools;
  readonly isFaithful: typeof isFaithful;
  readonly loadInspect: () => InspectModule;
}

/** The host's functions as the realm sees them. Only texts and numbers cross, in both directions. */
export interface HostBindings {
  /** Waits for the answer. */
  readonly ask: (question: string, subject: string, detail?: string) => string;
  /** Output; does not wait. */
  readonly write: (stream: 'stdout' | 'stderr', text: string) => void;
  /** A call of a host function; does not wait. */
  readonly call: (call: number, name: string, input: string) => void;
  /** How the job ended; does not wait. The first call counts. */
  readonly report: (end: RealmEnd, text: string, message: string, stack: string) => void;
}

/**
 * How the guest's program ended: with a value, an exception (`text` is its name), by itself (`text` is its exit code),
 * without a handler, or as a guest in another language reports it (`text` is an `InterpreterOutcome` as JSON, `message`
 * its value).
 */
export type RealmEnd = 'json' | 'repr' | 'none' | 'too-large' | 'threw' | 'exited' | 'no-handler' | 'outcome';

/** What the source of the step `network` evaluates to; see `host/guest/realm-source`. */
export type OpenNetwork = (intrinsics: Intrinsics, bytes: ByteText, say: SayNetwork, atOnce: number) => RealmNetwork;

/**
 * The realm's steps, which the host calls by name. `tools` is a JSON array of names, or empty; `isKept`: whether other
 * programs follow; `poll`: milliseconds to the next timer, or one of {@link pollResults}.
 */
export interface RealmEntry {
  (
    step: 'start',
    mode: string,
    source: string,
    inputs: string,
    env: string,
    stdin: string,
    valueMax: number,
    tools: string,
    toolCallsAtOnce: number,
    isKept: boolean,
  ): void;
  /** The answer of a tool; `json` is the failure if `isOk` is false. */
  (step: 'answer', call: number, isOk: boolean, json: string): void;
  /** Gives the realm its network, before `start`. */
  (step: 'network', source: string, say: SayNetwork, atOnce: number): void;
  /** A message of the network about a connection. */
  (step: 'receive', connection: number, verb: RealmNetworkVerb, text: string, bytes: number): void;
  (step: 'turn'): void;
  /** The value of a program that V8 ran by itself, after `start` without a source. */
  (step: 'value', value: unknown): void;
  /**
   * What left the isolate as a copy: an exception of such a program, or a rejection that nothing handled. Answers with
   * name, message and stack of the error itself, as a JSON array.
   */
  (step: 'failed', name: string, message: string, stack: string): string;
  (step: 'poll'): number;
  /** Has V8 compile what every job runs. Before `start` only, as is `warm`. */
  (step: 'rehearse'): void;
  /** Loads code ahead that is otherwise loaded at its first use. */
  (step: 'warm'): void;
  /** Asks for `bytes` of memory; see `Buffers.collect`. */
  (step: 'collect', bytes: number): void;
}

/** Negative answers of `poll`. `calling`: no timer is set, and a tool or a server has not answered. */
export const pollResults = { finished: -1, stuck: -2, calling: -3 } as const;

/** Builds the guest's realm and returns the one function through which the host drives it. */
export function bootstrapRealm(parts: RealmParts, host: HostBindings): RealmEntry {
  const intrinsics = parts.captureIntrinsics();
  const { define, slice, split, parse, evaluate } = intrinsics;
  const { ask, call } = host;
  const { sleep } = intrinsics;
  const { max } = Math;

  const buffers = parts.installBuffers(intrinsics);
  const write = parts.createWriter(intrinsics, host);
  const formatter = parts.createFormatter(intrinsics, parts.loadInspect);
  const stacks = parts.installStacks(intrinsics, ask);
  const reporter = parts.createReporter(intrinsics, formatter, stacks, parts.isFaithful);
  const timers = parts.installTimers(intrinsics);
  parts.installConsole(intrinsics, formatter, write);
  const bytes = parts.installEncoding(intrinsics);
  const { toBytes, fromBytes } = bytes;
  parts.installCrypto(intrinsics, { toBytes, fromBytes }, ask);
  const hotcell = parts.installShow(intrinsics, ask, reporter, fromBytes);

  /** Answers of the workspace begin with `+`, refusals with `-`. */
  const workspace = (question: string, path: unknown, content?: string): string => {
    const name = `${path as string}`;
    // Checked here, too: the host's thread would copy a path of any length before it could look at it.
    if (name.length > 4_096) throw new Error(`A text of ${name.length} characters is not a path under /workspace.`);
    const answer = ask(question, name, content);
    const rest = slice(answer, 1);
    if (slice(answer, 0, 1) === '+') return rest;
    throw new Error(rest);
  };
  const pieces = parts.createFilePieces(intrinsics, { fromBytes }, workspace);
  const handOver = (path: string, content: Uint8Array, last: string): void =>
    pieces.handOver(path, content.length, (at, length) => bytesAt(content, at, length), last);
  const bytesAt = (content: Uint8Array, at: number, length: number): Uint8Array =>
    new Uint8Array(content.buffer, content.byteOffset + at, length);
  const list = (): string[] => {
    const names = workspace('list', '');
    return names === '' ? [] : split(names, '\n');
  };
  const files = {
    read: (path: unknown): string => workspace('read-text', path),
    readBytes: (path: unknown): Uint8Array => pieces.bring(`${path as string}`),
    write(path: unknown, content: unknown): void {
      if (typeof content === 'string') workspace('write-text', path, content);
      else if (intrinsics.isView(content) || content instanceof ArrayBuffer) {
        const isView = intrinsics.isView(content);
        const buffer = isView ? (content as ArrayBufferView).buffer : (content as ArrayBuffer);
        const from = isView ? (content as ArrayBufferView).byteOffset : 0;
        const read = (at: number, length: number): Uint8Array => new Uint8Array(buffer, from + at, length);
        pieces.handOver(`${path as string}`, (content as ArrayBuffer).byteLength, read, 'write-bytes');
      } else throw new TypeError('The content of a file must be text or bytes.');
    },
    list,
    remove(path: unknown): void {
      workspace('remove', path);
    },
  };

  let outcome: { readonly value: unknown } | undefined;
  let reported = false;
  let handled = false;
  let valueMax = 0;
  let rehearsing = false;
  let calls: ToolQueue | undefined;
  let network: RealmNetwork | undefined;
  /** Number of the program that runs: what an earlier one of the same session still does decides nothing. */
  let programs = 0;
  let isKept = false;
  let given: { readonly env: Readonly<Record<string, string>>; readonly stdin: string } = { env: {}, stdin: '' };
  const end = (kind: RealmEnd, text: string, message: string, stack: string): void => {
    if (reported) return;
    reported = true;
    if (!rehearsing) host.report(kind, text, message, stack);
  };
  /** Ends the program at once. In a session it has to leave the thread by itself; else the host takes it off. */
  const exit = (code: number): never => {
    end('exited', `${code}`, '', '');
    if (isKept) throw new Error('The program has ended: process.exit was called.');
    for (;;) sleep(50);
  };
  const programTimers = { setTimeout, setInterval, setImmediate, queueMicrotask };
  const startedAt = intrinsics.now();
  const means = (): ModuleMeans => ({
    ...{ ask, bytes, exit, formatter, intrinsics, startedAt, timers: programTimers, write },
    loadInspect: parts.loadInspect,
    given: () => given,
    files: {
      read: (path) => pieces.bring(path),
      write: (path, content) => handOver(path, content, 'write-bytes'),
      append: (path, content) => handOver(path, content, 'append-bytes'),
      remove: (path) => void workspace('remove', path),
      size(path) {
        const answer = path.length > 4_096 ? '-' : ask('size', path);
        return slice(answer, 0, 1) === '+' ? +slice(answer, 1) : undefined;
      },
      list,
    },
  });
  const modules = parts.installModules(intrinsics, means, hotcell);
  const fail = (thrown: unknown): void => {
    const { name, message, stack } = reporter.describeThrown(thrown);
    end('threw', name, message, stack);
  };
  const isThenable = (value: unknown): boolean =>
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function';

  /** Comes to a program's value, and through the answer of a handler. */
  const run = async (mode: string, compute: () => unknown, inputs: unknown, context: unknown): Promise<void> => {
    const program = programs;
    try {
      let value = compute();
      if (mode === 'handler') {
        const exported: { default?: unknown; handler?: unknown } = { __proto__: null } as never;
        await (value as (exported: object) => Promise<void>)(exported);
        const common = modules.exports() as { default?: unknown; handler?: unknown } | undefined;
        const handler =
          exported.default ??
          exported.handler ??
          (typeof common === 'function' ? common : (common?.default ?? common?.handler));
        if (typeof handler !== 'function') return end('no-handler', '', '', '');
        value = await handler(inputs, context);
        handled = true;
      } else if (isThenable(value)) value = await value;
      if (program === programs) outcome = { value };
    } catch (thrown) {
      if (program === programs) fail(thrown);
    }
  };
  const finish = (value: unknown): void => {
    try {
      const code = modules.leave();
      if (code !== 0) {
        end('exited', `${code}`, '', '');
        return;
      }
      const { kind, text } = reporter.describeValue(value, valueMax);
      if (kind === 'json' && text.length > valueMax) end('too-large', '', '', '');
      else end(kind, slice(text, 0, valueMax), '', '');
    } catch (thrown) {
      fail(thrown);
    }
  };

  const start = (
    mode: string,
    source: string,
    inputs: string,
    env: string,
    stdin: string,
    limit: number,
    tools: string,
    toolCallsAtOnce: number,
    hasSequel: boolean,
  ): void => {
    const context = { env: parse(env), stdin, files };
    const input = parse(inputs);
    given = context as typeof given;
    isKept = hasSequel;
    modules.begin();
    define(globalThis, 'inputs', input);
    define(globalThis, 'context', context);
    valueMax = limit;
    programs += 1;
    outcome = undefined;
    reported = handled = false;
    timers.clear();
    calls?.forget();
    network?.forget();
    if (tools !== '') {
      if (calls === undefined) {
        calls = parts.createToolQueue(intrinsics, { inputMax: limit, atOnce: toolCallsAtOnce }, call);
        parts.installTools(intrinsics, parse(tools) as string[], calls);
      }
    }
    if (source !== '') void run(mode, () => evaluate(source), input, context);
  };
  const turn = (): void => {
    try {
      timers.fire();
    } catch (thrown) {
      fail(thrown);
    }
  };
  const poll = (): number => {
    const isCalling = (calls !== undefined && calls.pending() > 0) || (network !== undefined && network.pending() > 0);
    const next = isCalling ? timers.soonest() : timers.next();
    if (!reported && outcome !== undefined && (handled || (next === undefined && !isCalling))) finish(outcome.value);
    if (reported) return -1;
    if (next !== undefined) return max(next, 0);
    return isCalling ? -3 : -2;
  };

  /** A script without `await` is through when `run` returns, so nothing of this one is left but what `start` replaces. */
  const rehearse = (): void => {
    rehearsing = true;
    start('script', '(function () { return {}; })()', 'null', '{}', '', 1_024, '', 0, false);
    poll();
    outcome = undefined;
    reported = false;
    rehearsing = false;
  };

  // What the parameters are is the step's to say; see `RealmEntry`.
  return ((step: string, a: never, b: never, c: never, d: never, e: never, f: never, g: never, h: never, i: never) => {
    if (step === 'start') return start(a, b, c, d, e, f, g, h, i);
    if (step === 'answer') return calls?.settle(a, b, c);
    if (step === 'receive') return network?.receive(a, b, c, d);
    if (step === 'turn') return turn();
    if (step === 'value') return void run('script', () => a, undefined, undefined);
    if (step === 'failed') {
      const { name, message, stack } = reporter.describeCopy({ name: a, message: b, stack: c });
      return intrinsics.stringify([name, message, stack]);
    }
    if (step === 'network') {
      network = (evaluate(a) as OpenNetwork)(intrinsics, { toBytes, fromBytes }, b, c);
      return;
    }
    if (step === 'collect') return buffers.collect(a);
    if (step === 'rehearse') return rehearse();
    if (step === 'warm') return void formatter.inspect([{ a: 1 }, 'b']);
    return poll();
  }) as RealmEntry;
}
