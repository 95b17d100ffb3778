import type { JobMessage } from '../../../../cells/messages.ts';
import type { HostFunctions } from '../bootstrap.ts';
import type { Buffers, installBuffers } from '../buffers.ts';
import type { ByteText, installEncoding } from '../encoding.ts';
import type { captureIntrinsics, Intrinsics } from '../intrinsics.ts';
import type { createRequestQueue, RequestQueue, SayNetwork } from '../requests.ts';
import type { installTimers, Timers } from '../timers.ts';
import type { createToolQueue, ToolQueue } from '../tool-queue.ts';
import type { installUrl } from '../url.ts';
import type { installAbort, installCrypto } from '../web.ts';
import type { createWriter, Writer } from '../writer.ts';
import type { createHostSteps } from './host-steps.ts';
import type { createInterrupts } from './interrupts.ts';
import type { createRoom, Room } from './room.ts';

/** How a guest in another language than JavaScript ended: part of the verdict. */
export interface Judgement {
  readonly end: 'completed' | 'threw' | 'exited' | 'no-answer' | 'unsettled' | 'value' | 'memory';
  /** What the value's text is; none where there is none. */
  readonly value?: 'json' | 'repr';
  readonly exitCode?: number;
  /** Whether the interpreter ended with it, so that no further program can run. */
  readonly isGone?: boolean;
  readonly error?: {
    readonly name?: string;
    readonly message: string;
    readonly stack?: string;
    readonly line?: number;
  };
}

/** The job as it crosses, besides the code. */
export interface ForeignStart {
  readonly id: string;
  readonly mode: 'script' | 'handler';
  readonly source: string;
  readonly inputs: string;
  readonly env: Readonly<Record<string, string>>;
  /** One character (0 to 255) a byte; '' for an interpreter that asks for it while it runs. */
  readonly stdin: string;
  readonly limits: {
    readonly memoryMb: number;
    readonly diskMb: number;
    readonly valueKb: number;
  };
  readonly tools: readonly { readonly name: string; readonly description: string }[];
  /** Tool calls at the host at one time. */
  readonly toolCallsAtOnce: number;
  /** Where further jobs come to the same guest: what this one is. */
  readonly session?: JobMessage['session'];
}

/** The functions of `realm/` that such a realm is made of, handed over by name. */
export interface ForeignParts {
  readonly captureIntrinsics: typeof captureIntrinsics;
  readonly createForeignRealm: typeof createForeignRealm;
  readonly createHostSteps: typeof createHostSteps;
  readonly createInterrupts: typeof createInterrupts;
  readonly createRoom: typeof createRoom;
  readonly createToolQueue: typeof createToolQueue;
  readonly createWriter: typeof createWriter;
  readonly installAbort: typeof installAbort;
  readonly installBuffers: typeof installBuffers;
  readonly installCrypto: typeof installCrypto;
  readonly installEncoding: typeof installEncoding;
  readonly installTimers: typeof installTimers;
  readonly installUrl: typeof installUrl;
}

/** What such a realm has in common with its like. */
export interface ForeignRealm {
  readonly intrinsics: Intrinsics;
  readonly timers: Timers;
  readonly buffers: Buffers;
  readonly room: Room;
  readonly write: Writer;
  /** A job begins: nothing is reported of it. */
  begin(): void;
  /** Opens the line to the job's host tools. */
  openTools(start: ForeignStart): ToolQueue;
  /** Opens the network of the job, by the source that `host/network-source` has for it. */
  openNetwork(source: string, say: SayNetwork, atOnce: number): RequestQueue;
  readonly toBytes: ByteText['toBytes'];
  readonly fromBytes: ByteText['fromBytes'];
  readonly isReported: () => boolean;
  /** Says how the guest ended; the first call counts. */
  judge(judgement: Judgement, value?: string): void;
  /** The files that the job brings, by path under /workspace; they are the realm's from now on. */
  bringFiles(): Iterable<readonly [path: string, content: Uint8Array]>;
  /** Those of `paths`, relative to /workspace, that the job collects. */
  collected(paths: readonly string[]): string[];
  /** Hands over a file that is collected. */
  handOver(path: string, content: Uint8Array): void;
  /** Whether a text is JSON. */
  isJson(text: string): boolean;
}

/** Captures the intrinsics and puts in place what the interpreters need of a realm. */
export function createForeignRealm(
  parts: ForeignParts,
  host: HostFunctions,
  cells: Int32Array,
  weigh: () => unknown,
): ForeignRealm {
  const intrinsics = parts.captureIntrinsics();
  const buffers = parts.installBuffers(intrinsics);
  const { define, parse, stringify, split, join, slice, indexOf } = intrinsics;
  const timers = parts.installTimers(intrinsics);
  const { toBytes, fromBytes } = parts.installEncoding(intrinsics);
  parts.installUrl(intrinsics, host.ask);
  parts.installCrypto(intrinsics, { toBytes, fromBytes }, host.ask);
  parts.installAbort(intrinsics);
  // The interpreters' own remarks are for nobody.
  const silent = (): void => undefined;
  define(globalThis, 'console', { log: silent, info: silent, warn: silent, error: silent, debug: silent });

  const list = (text: string): string[] => (text === '' ? [] : split(text, '\n'));
  let reported = false;
  return {
    intrinsics,
    timers,
    buffers,
    // Before them are the bell of answers and the signal.
    room: parts.createRoom(buffers, weigh, cells, 2),
    write: parts.createWriter(intrinsics, host),
    openTools({ limits, toolCallsAtOnce: atOnce }) {
      return parts.createToolQueue(intrinsics, { inputMax: limits.valueKb * 1_024, atOnce }, host.call);
    },
    openNetwork: (source, ...line) =>
      (intrinsics.evaluate(source) as typeof createRequestQueue)({ fromBytes }, ...line),
    toBytes,
    fromBytes,
    isReported: () => reported,
    begin() {
      reported = false;
    },
    judge(judgement, value = '') {
      if (reported) return;
      reported = true;
      host.report('judged', stringify(judgement) ?? '', value, '');
    },
    *bringFiles() {
      const names = list(slice(host.ask('list', ''), 1));
      // One at a time: they take room three times over while they come.
      for (const path of names) yield [path, toBytes(slice(host.ask('read-bytes', path), 1))] as const;
      if (names.length > 0) host.ask('clear', '');
    },
    collected(paths) {
      const names: string[] = [];
      for (const path of paths) {
        // As in a container: the cell's own folders are nobody's artifacts.
        if (indexOf(path, '.hotcell/') === 0 || indexOf(path, '.tmp/') === 0) continue;
        // A name that is no line is no artifact's; the host refuses it, and counts that.
        if (indexOf(path, '\n') < 0) names.push(path);
        else host.ask('hand-over', path, '');
      }
      return list(host.ask('collected', join(names, '\n')));
    },
    handOver(path, content) {
      host.ask('hand-over', path, fromBytes(content));
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
