import type { HostBindings } from '../../isolate/realm/bootstrap.ts';
import type { Buffers, installBuffers } from '../../isolate/realm/buffers.ts';
import type { ByteText, installEncoding } from '../../isolate/realm/encoding.ts';
import type { createFilePieces } from '../../isolate/realm/file-pieces.ts';
import type { InterpreterOutcome, InterpreterStart } from '../../isolate/realm/interpreter.ts';
import type { captureIntrinsics, Intrinsics } from '../../isolate/realm/intrinsics.ts';
import type { createRequestQueue, RequestQueue, SayNetwork } from '../../isolate/realm/requests.ts';
import type { installTimers, Timers } from '../../isolate/realm/timers.ts';
import type { createToolQueue, ToolQueue } from '../../isolate/realm/tool-queue.ts';
import type { installUrl } from '../../isolate/realm/web/url.ts';
import type { installAbort, installCrypto } from '../../isolate/realm/web.ts';
import type { createWriter, Writer } from '../../isolate/realm/writer.ts';
import type { createHostSteps } from './host-steps.ts';
import type { createInterrupts } from './interrupts.ts';
import type { createMemoryBudget, MemoryBudget } from './memory-budget.ts';

/** The functions of `realm/` from which such a realm is made, by name. */
export interface WasmRealmParts {
  readonly captureIntrinsics: typeof captureIntrinsics;
  readonly createFilePieces: typeof createFilePieces;
  readonly createWasmRealm: typeof createWasmRealm;
  readonly createHostSteps: typeof createHostSteps;
  readonly createInterrupts: typeof createInterrupts;
  readonly createMemoryBudget: typeof createMemoryBudget;
  readonly createToolQueue: typeof createToolQueue;
  readonly createWriter: typeof createWriter;
  readonly installAbort: typeof installAbort;
  readonly installBuffers: typeof installBuffers;
  readonly installCrypto: typeof installCrypto;
  readonly installEncoding: typeof installEncoding;
  readonly installTimers: typeof installTimers;
  readonly installUrl: typeof installUrl;
}

/** The parts that all such realms have in common. */
export interface WasmRealm {
  readonly intrinsics: Intrinsics;
  readonly timers: Timers;
  readonly buffers: Buffers;
  readonly room: MemoryBudget;
  readonly write: Writer;
  /** A job starts: nothing has been reported for it. */
  begin(): void;
  /** Opens the queue of calls to the job's host functions. */
  openTools(start: InterpreterStart): ToolQueue;
  /** Opens the network of the job, from its source in `host/guest/realm-source`. */
  openNetwork(source: string, say: SayNetwork, atOnce: number): RequestQueue;
  readonly toBytes: ByteText['toBytes'];
  readonly fromBytes: ByteText['fromBytes'];
  readonly isReported: () => boolean;
  /** Reports how the guest ended; only the first call counts. */
  report(outcome: InterpreterOutcome, value?: string): void;
  /** The files of the job, by path under /workspace; the realm owns their content afterwards. */
  bringFiles(): Iterable<readonly [path: string, content: Uint8Array]>;
  /** The members of `paths`, relative to /workspace, that the job collects. */
  collected(paths: readonly string[]): string[];
  /**
   * Hands over a collected file of `bytes` bytes; `read` returns `length` bytes from `at` on. A file that cannot be
   * read is dropped and counted.
   * @throws {RangeError} with `bufferRefused` as its message if there is no memory for a piece.
   */
  handOver(path: string, bytes: number, read: (at: number, length: number) => Uint8Array): void;
  /** V8's message if the isolate has no room for a buffer. */
  readonly bufferRefused: string;
  /** Whether a text is JSON. */
  isJson(text: string): boolean;
}

/** Captures the intrinsics and installs the globals that the interpreters need. */
export function createWasmRealm(
  parts: WasmRealmParts,
  host: HostBindings,
  cells: Int32Array,
  weigh: () => unknown,
): WasmRealm {
  const intrinsics = parts.captureIntrinsics();
  const buffers = parts.installBuffers(intrinsics);
  const { define, parse, stringify, split, join, slice, indexOf } = intrinsics;
  const timers = parts.installTimers(intrinsics);
  const { toBytes, fromBytes } = parts.installEncoding(intrinsics);
  parts.installUrl(intrinsics, host.ask);
  parts.installCrypto(intrinsics, { toBytes, fromBytes }, host.ask);
  parts.installAbort(intrinsics);
  // Nobody needs the interpreters' own messages.
  const silent = (): void => undefined;
  define(globalThis, 'console', { log: silent, info: silent, warn: silent, error: silent, debug: silent });

  const bufferRefused = 'Array buffer allocation failed';
  const pieces = parts.createFilePieces(intrinsics, { fromBytes }, (...asked) => slice(host.ask(...asked), 1));
  /** The host refuses the name and counts the file as dropped. */
  const drop = (path: string): void => void host.ask('hand-over', path, '');
  const list = (text: string): string[] => (text === '' ? [] : split(text, '\n'));
  let reported = false;
  return {
    intrinsics,
    timers,
    buffers,
    // Cells 0 and 1 are the message count and the signal.
    room: parts.createMemoryBudget(weigh, cells, 2),
    write: parts.createWriter(intrinsics, host),
    openTools({ limits, toolCallsAtOnce: atOnce }) {
      return parts.createToolQueue(intrinsics, { inputMax: limits.valueKb * 1_024, atOnce }, host.call);
    },
    openNetwork: (source, ...line) =>
      (intrinsics.evaluate(source) as typeof createRequestQueue)({ fromBytes }, ...line),
    toBytes,
    fromBytes,
    bufferRefused,
    isReported: () => reported,
    begin() {
      reported = false;
    },
    report(outcome, value = '') {
      if (reported) return;
      reported = true;
      host.report('outcome', stringify(outcome) ?? '', value, '');
    },
    *bringFiles() {
      const names = list(slice(host.ask('list', ''), 1));
      for (const path of names) yield [path, pieces.bring(path)] as const;
      if (names.length > 0) host.ask('clear', '');
    },
    collected(paths) {
      const names: string[] = [];
      for (const path of paths) {
        // As in a container, files in the cell's own folders are not artifacts.
        if (indexOf(path, '.hotcell/') === 0 || indexOf(path, '.tmp/') === 0) continue;
        // A name with a line end cannot be an artifact; the host refuses and counts it.
        if (indexOf(path, '\n') < 0) names.push(path);
        else drop(path);
      }
      return list(host.ask('collected', join(names, '\n')));
    },
    handOver(path, bytes, read) {
      try {
        pieces.handOver(path, bytes, read, 'hand-over');
      } catch (thrown) {
        if ((thrown as Error).message === bufferRefused) throw thrown;
        drop('');
      }
    },
    isJson(text) {
      try {
        parse(text);
        return true;
      } catch {
        return false;
      }
    },
  };
}
