/**
 * Theory of operation. A conversation runs one job on one cell, from the `job` message to the verdict. Three things can
 * end it before the cell does: the caller's abort, a flooded stream, and the engine's own clock; the first one counts.
 * The engine then asks the cell to stop (`cancel`), so that partial output and usage still arrive, and gives the cell
 * up if it does not answer within the grace period. The owner of the lease disposes the cell in every case.
 */

import { HotcellError } from '../../contract/api/errors.ts';
import { outputFloodFactor } from '../../contract/api/limits.ts';
import { textOfThrown } from '../../contract/schema/thrown.ts';
import type { Cell, CellEnd } from '../../contract/spi/backend.ts';
import type { Job } from '../../contract/spi/job.ts';
import { abortable } from '../../support/abortable.ts';
import { whenAborted } from '../../support/when-aborted.ts';
import {
  type DisplayPiece,
  type ProgressMessage,
  parseDisplayPiece,
  parseProgress,
} from '../protocol/display-messages.ts';
import { cellKinds, engineKinds } from '../protocol/frame-codec.ts';
import { type CancelMessage, type Verdict, verdictSchema } from '../protocol/messages.ts';
import { openingMaxBytes } from '../protocol/network-messages.ts';
import { toolCallHeadMax } from '../protocol/tool-messages.ts';
import { ArtifactRelay } from './artifact-relay.ts';
import { JobClock } from './job-clock.ts';
import { JobFiles } from './job-files.ts';
import { type NetworkHandler, NetworkRelay } from './network-relay.ts';
import { readSource } from './read-source.ts';
import { type ToolCallHandler, ToolCallRelay } from './tool-call-relay.ts';

/** Why a job was stopped from outside. */
export type StopReason = CancelMessage['reason'];

/** Receives the guest's output while it runs, and its artifacts afterwards. */
export interface OutputSinks {
  stdout(chunk: Uint8Array): void;
  stderr(chunk: Uint8Array): void;
  /** Returns a message if the piece does not fit the sequence of displays. */
  display(piece: DisplayPiece): string | undefined;
  progress(message: ProgressMessage): void;
  /**
   * Receives the chunks of one tar archive, which must be read completely in any case. Not called if there are no
   * artifacts. The cell waits for a slow reader. The last chunks may still be unread when the conversation has ended.
   */
  artifacts(chunks: AsyncIterable<Uint8Array>): void;
}

/** Handlers for the cell's calls; without a handler the cell may not make such calls. */
export interface Handlers {
  readonly tools?: ToolCallHandler | undefined;
  readonly network?: NetworkHandler | undefined;
}

/** How a conversation ended. Without a verdict, `end` or `stopped` (or both) gives the reason. */
export interface ConversationEnd {
  readonly verdict: Verdict | undefined;
  readonly end: CellEnd | undefined;
  readonly stopped: StopReason | undefined;
  /** Set if the guest was not started because its files did not arrive. */
  readonly refusal: HotcellError | undefined;
  /** The content of the `value` message. */
  readonly value: Uint8Array | undefined;
}

/** Time after `timeoutMs` until the cell is asked to stop, and until it is given up. */
const askAfterMs = 200;
const giveUpAfterMs = 500;
/** Time for the answer to a `cancel` that was sent before the job's time was up. */
const cancelGraceMs = 300;
/** The same in a session, whose guest is first interrupted and only killed if that does not help. */
const interruptGraceMs = 600;
/**
 * Slowest rate, in bytes per millisecond, at which files may be sent; below it, the transfer uses up the guest's time.
 */
const transferBytesPerMs = 50_000;
/** Most bytes of stdin in one message. */
const stdinPieceBytes = 65_536;
/** The longest network message opens a connection. */
const networkMaxBytes = openingMaxBytes + 64;
/**
 * The reason for ending the caller's streams. Made once: a new error with its stack costs as much as a short verdict.
 */
const jobIsOver = new Error('The job is over.');
/** Longest verdict in bytes; a longer one breaks the protocol. */
const verdictMaxBytes = 1_048_576;

/**
 * Runs `job` on `cell`. Never rejects; settles at the latest `timeoutMs` + 500 ms after the start, plus the time for
 * files and artifacts.
 */
export function converse(cell: Cell, job: Job, sinks: OutputSinks, handlers: Handlers = {}): Promise<ConversationEnd> {
  const { promise, resolve } = Promise.withResolvers<ConversationEnd>();
  const filesBytes = job.files.reduce(
    (sum, { content }) => sum + (content instanceof Uint8Array ? content.length : 0),
    0,
  );
  const transferMs = filesBytes / transferBytesPerMs;
  const floodBytes = job.limits.outputKb * 1024 * outputFloodFactor;
  const toolCallMaxBytes = job.limits.valueKb * 1024 + toolCallHeadMax;
  const artifactsMaxBytes = job.limits.diskMb * 1_048_576 * 2 + 1_048_576;
  const written = { stdout: 0, stderr: 0 };
  // Needed only if something is still sent when the job ends.
  const isOver = job.files.length > 0 || job.stdin !== undefined ? new AbortController() : undefined;
  const tools = handlers.tools && new ToolCallRelay(cell, handlers.tools);
  const network = handlers.network && new NetworkRelay(cell, handlers.network);
  let value: Uint8Array | undefined;
  let stopped: StopReason | undefined;
  let refusal: HotcellError | undefined;
  let artifacts: ArtifactRelay | undefined;
  let over = false;
  let following: Disposable | undefined;

  const finish = (verdict: Verdict | undefined, end: CellEnd | undefined): void => {
    if (over) return;
    over = true;
    clock.stop();
    following?.[Symbol.dispose]();
    isOver?.abort(jobIsOver);
    tools?.close();
    network?.close();
    artifacts?.end();
    resolve({ verdict, end, stopped, refusal, value });
  };
  const violate = (message: string): void => finish(undefined, { code: 'PROTOCOL_VIOLATION', message, ran: 'unknown' });

  const stop = (reason: StopReason): void => {
    if (over || stopped) return;
    stopped = reason;
    tools?.close();
    network?.close();
    void cell.send(engineKinds.cancel, Buffer.from(JSON.stringify({ reason } satisfies CancelMessage)));
    if (reason !== 'timeout') clock.shortenTo(job.session ? interruptGraceMs : cancelGraceMs);
  };
  const clock = new JobClock({
    askAfterMs: job.limits.timeoutMs + askAfterMs + transferMs,
    giveUpAfterMs: job.limits.timeoutMs + giveUpAfterMs + transferMs,
    ask: () => stop('timeout'),
    giveUp() {
      stopped ??= 'timeout';
      finish(undefined, undefined);
    },
  });

  const takeOutput = (stream: 'stdout' | 'stderr', chunk: Uint8Array): void => {
    written[stream] += chunk.length;
    sinks[stream](chunk);
    if (written[stream] > floodBytes) stop('output');
  };

  cell.listen({
    ended: (end) => finish(undefined, end),
    frame(kind, payload) {
      if (over) return;
      switch (kind) {
        case cellKinds.stdout:
          return takeOutput('stdout', payload);
        case cellKinds.stderr:
          return takeOutput('stderr', payload);
        case cellKinds.value:
          if (value) return violate('The cell sent a second value.');
          if (payload.length > job.limits.valueKb * 1024) return violate('The cell sent a value above limits.valueKb.');
          value = payload;
          return;
        case cellKinds.toolCall: {
          if (!tools) return violate('The cell called a tool, but the job has no tools.');
          if (payload.length > toolCallMaxBytes) return violate('The cell sent a tool call above limits.valueKb.');
          const wrong = tools.take(payload);
          return wrong === undefined ? undefined : violate(wrong);
        }
        case cellKinds.display: {
          const piece = parseDisplayPiece(payload);
          const wrong = piece ? sinks.display(piece) : 'The cell sent a malformed display.';
          return wrong === undefined ? undefined : violate(wrong);
        }
        case cellKinds.progress: {
          const message = parseProgress(payload);
          return message ? sinks.progress(message) : violate('The cell sent a malformed progress message.');
        }
        case cellKinds.network: {
          if (!network) return violate('The cell asked for a connection, but the job has no network.');
          if (payload.length > networkMaxBytes) return violate('The cell sent a network message that is too long.');
          const wrong = network.take(payload);
          return wrong === undefined ? undefined : violate(wrong);
        }
        case cellKinds.artifacts: {
          if (!artifacts) {
            clock.guestEnded();
            artifacts = new ArtifactRelay(cell, clock, artifactsMaxBytes);
            sinks.artifacts(artifacts.read());
          }
          const wrong = artifacts.take(payload);
          return wrong === undefined ? undefined : violate(wrong);
        }
        case cellKinds.verdict: {
          const verdict = payload.length <= verdictMaxBytes ? parseVerdict(payload) : undefined;
          return verdict ? finish(verdict, undefined) : violate('The cell sent a verdict that breaks its schema.');
        }
        default:
          return violate(`The cell sent a message of unknown kind ${kind}.`);
      }
    },
  });

  following = whenAborted(job.signal, () => stop('cancelled'));
  void sendJobParts(cell, job, clock, { tools, network }, isOver?.signal).catch((error: unknown) => {
    // Only the caller's own streams can fail here: a dead cell is reported through `ended`.
    if (over || stopped) return;
    if (error instanceof HotcellError) {
      refusal = error;
      stop('cancelled');
      return;
    }
    sinks.stderr(Buffer.from(`hotcell: the stdin of the request failed: ${textOfThrown(error)}\n`));
    stop('cancelled');
  });
  return promise;
}

/** The relays that stdin must not block. */
interface Relays {
  readonly tools: ToolCallRelay | undefined;
  readonly network: NetworkRelay | undefined;
}

/** `over` is set if the job has files or stdin, and fires at the end of the job. */
async function sendJobParts(
  cell: Cell,
  job: Job,
  clock: JobClock,
  relays: Relays,
  over: AbortSignal | undefined,
): Promise<void> {
  await cell.start(job);
  if (!over) return;
  if (job.files.length > 0) {
    for await (const chunk of new JobFiles(job, clock, over).pack()) await cell.send(engineKinds.files, chunk);
    await cell.send(engineKinds.files, new Uint8Array());
  }
  if (job.stdin !== undefined) await sendStdin(cell, job.stdin, relays, over);
}

/**
 * Sends stdin as it arrives, until it ends or the job is over. Waits while a tool call is open: a guest that awaits an
 * answer may not be reading its stdin, and the answer would be stuck behind it. Connections stay open too long for
 * that; in a job with connections, stdin has a window instead.
 */
async function sendStdin(
  cell: Cell,
  stdin: NonNullable<Job['stdin']>,
  { tools, network }: Relays,
  over: AbortSignal,
): Promise<void> {
  for await (const bytes of readSource(stdin, over)) {
    for (let at = 0; at < bytes.length; ) {
      if (tools?.isBusy) await abortable(tools.idle, over);
      const left = Math.min(bytes.length - at, stdinPieceBytes);
      const room = network ? await network.stdinRoom(left) : left;
      if (room === 0) return;
      await cell.send(engineKinds.stdin, bytes.subarray(at, at + room));
      at += room;
    }
  }
  await cell.send(engineKinds.stdin, new Uint8Array());
}

function parseVerdict(payload: Uint8Array): Verdict | undefined {
  try {
    return verdictSchema.parse(JSON.parse(Buffer.from(payload).toString()));
  } catch {
    return undefined;
  }
}
