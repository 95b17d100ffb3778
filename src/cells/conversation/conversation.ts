/**
 * Theory of operation. A conversation drives one job over one cell, from the `job` message to the verdict. Three things
 * can end it before the cell does: the caller's abort, a stream that floods, and the engine's own clock. The first of
 * them wins. The cell is then asked to stop (`cancel`), so that partial output and usage still come; one that does not
 * answer within the grace is given up. Whoever leased the cell disposes it in every case.
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

/** Who stopped a job that did not end by itself. */
export type StopReason = CancelMessage['reason'];

/** Where the guest's output goes while it runs, and what it leaves when it has run. */
export interface OutputSinks {
  stdout(chunk: Uint8Array): void;
  stderr(chunk: Uint8Array): void;
  /** Says what is wrong where the piece has no place. */
  display(piece: DisplayPiece): string | undefined;
  progress(message: ProgressMessage): void;
  /**
   * Takes the chunks of one tar archive, to be read to their end whatever they are; where there are no artifacts, it is
   * not called. The cell waits for a slow reader. The last may still wait when the conversation has ended.
   */
  artifacts(chunks: AsyncIterable<Uint8Array>): void;
}

/** Who answers what the cell asks for; without one of them it may not ask. */
export interface Handlers {
  readonly tools?: ToolCallHandler | undefined;
  readonly network?: NetworkHandler | undefined;
}

/** How a conversation ended. Without a verdict, `end` or `stopped` (or both) says why there is none. */
export interface ConversationEnd {
  readonly verdict: Verdict | undefined;
  readonly end: CellEnd | undefined;
  readonly stopped: StopReason | undefined;
  /** Why the guest was not even started: its files did not come. */
  readonly refusal: HotcellError | undefined;
  /** The `value` message, as it came. */
  readonly value: Uint8Array | undefined;
}

/** How long after `timeoutMs` the cell is asked to stop, and when it is given up. */
const askAfterMs = 200;
const giveUpAfterMs = 500;
/** How long a cell may take to answer a `cancel` that came before its time was up. */
const cancelGraceMs = 300;
/** The same where a session's guest is interrupted first, and killed only if that does not help. */
const interruptGraceMs = 600;
/** Files are moved at this many bytes a millisecond at the very least; slower ones eat into the guest's time. */
const transferBytesPerMs = 50_000;
/** What is sent of stdin at one time. */
const stdinPieceBytes = 65_536;
/** The longest network message is one that opens a connection. */
const networkMaxBytes = openingMaxBytes + 64;
/** Why nothing more is taken of the caller's streams. Made once: a reason with its stack costs as much as a short verdict. */
const jobIsOver = new Error('The job is over.');
/** A verdict that is longer than this is no verdict. */
const verdictMaxBytes = 1_048_576;

/**
 * Runs `job` on `cell`. Never rejects; settles by `timeoutMs` + 500 ms (and the time that files and artifacts need) at the
 * latest.
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
  // Only those who still send something need to hear of the end.
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
    // Only the caller's own streams can fail here: a dead cell reports itself through `ended`.
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

/** What stdin must not be in the way of. */
interface Relays {
  readonly tools: ToolCallRelay | undefined;
  readonly network: NetworkRelay | undefined;
}

/** `over` fires with the end of a job that has files or stdin. */
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
 * Passes stdin on as it comes, until it ends or the job is over. It waits for tool calls: a guest that awaits an answer
 * may not read its stdin meanwhile, and the answer would lie behind it. Connections last too long for that: beside them,
 * stdin has a window.
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
