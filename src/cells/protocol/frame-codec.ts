/**
 * Theory of operation. Engine and cell talk over a pair of byte streams, in frames:
 *
 *     u32 length of the payload | u32 job | u8 kind | payload        (big-endian; at most 1 MiB in all)
 *
 * Control messages are JSON, the rest raw bytes. The top bit of `kind` says that more of the same message follows, so
 * that a message can be longer than a frame. The order of a job is fixed:
 *
 *     engine → cell   job, inputs, files* files(empty), then stdin* tool-result* network* stdin(empty), at any time cancel
 *                     artifacts-taken
 *     cell → engine   ready, then stdout* stderr* tool-call* network* display* progress* in the order made, value?,
 *                     artifacts*, verdict
 *
 * `files` and `artifacts` are chunks of one tar archive each; of artifacts a cell has no more under way than a window
 * that `artifacts-taken` moves on. `files` frames come only where the job message says
 * `files: true`, `stdin` frames only where it says `stdin: true`. Each `tool-call` is answered by one `tool-result`
 * (`tool-messages`), in any order; while one is open, no stdin is sent. `network` messages carry the connections of a job
 * that may have any, each with a window of its own (`network-messages`); in such a job stdin has one too. The verdict is
 * the last word of a job: it comes exactly once, and after everything else. Outside any job (job number 0) a cell that
 * waits answers `ping` with `pong`; the job may follow the `ping` at once. Where a job message names a session, the cell
 * takes the next job after the verdict, under the same number. Guest bytes occur only as payloads of `stdout`,
 * `stderr`, `value` and `artifacts`, as name and input of a `tool-call`, in what is shown (`display-messages`), and as
 * wishes and bytes of a `network` message, written by trusted code; whatever breaks these rules costs the cell its life.
 */

/** Message kinds from the engine to a cell. */
export const engineKinds = {
  job: 1,
  inputs: 2,
  files: 3,
  stdin: 4,
  toolResult: 5,
  cancel: 6,
  ping: 7,
  /** To a container that many jobs share: the job is over for the engine, and all of it is to go at once. */
  drop: 8,
  /** To the same, as control message: how many cells are to wait, as JSON `{ count }`. */
  spares: 9,
  /** To the same, before anything else, as control message: its users, as JSON `{ firstId, slots }`. */
  begin: 10,
  /** See `network-messages`. */
  network: 11,
  /** To a cell that a session keeps, between jobs: the session is over. Answered by a verdict. */
  endSession: 13,
  /** Bytes of `artifacts` that the engine has taken so far, as a number in text; see `artifact-relay`. */
  artifactsTaken: 15,
  /** To a container whose own kernel counts too much: by the host's count, the job has used up its `cpuMs`; how much it used, in whole milliseconds, as text. */
  cpuSpent: 16,
} as const;

/** Message kinds from a cell to the engine. */
export const cellKinds = {
  ready: 17,
  stdout: 18,
  stderr: 19,
  value: 20,
  toolCall: 21,
  artifacts: 22,
  verdict: 23,
  pong: 24,
  /** Of a job in a container that many jobs share: its cell is gone without a verdict. */
  lost: 25,
  /** Of the same: bytes that the job's cell has taken so far, as a number in text. */
  taken: 26,
  /** Of the same, as control message: so many cells wait as {@link engineKinds.spares} asked for. */
  waiting: 27,
  /** See `network-messages`. */
  network: 28,
  display: 30,
  progress: 31,
} as const;

/**
 * In `files`: the pax record of an entry whose content goes to the end of the entry before, which has the same name. A
 * header says how long its entry is, and of a stream nobody knows that before its end.
 */
export const continuesRecord = 'HOTCELL.continues';

/** Set in `kind` where more of the message follows in the next frame of that job. */
export const moreFlag = 0x80;
/** Bytes before the payload. */
export const headerBytes: number = 9;
/** The longest payload: with its header, 1 MiB. */
export const payloadMaxBytes: number = 1_048_576 - headerBytes;

/** Messages of these kinds are parts of a stream: nobody needs them whole, so they are passed on as they come. */
export const streamedKinds: ReadonlySet<number> = new Set([cellKinds.stdout, cellKinds.stderr]);

/** The peer broke the cell protocol. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** One frame as it is on the wire; `kind` without {@link moreFlag}. */
export interface Frame {
  readonly job: number;
  readonly kind: number;
  readonly more: boolean;
  readonly payload: Uint8Array;
}

/** Splits a message into the chunks to write: headers and views of the payload, which is not copied. */
export function encodeMessage(job: number, kind: number, payload: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let offset = 0;
  do {
    const end = Math.min(offset + payloadMaxBytes, payload.length);
    const header = Buffer.allocUnsafe(headerBytes);
    header.writeUInt32BE(end - offset, 0);
    header.writeUInt32BE(job, 4);
    header.writeUInt8(end < payload.length ? kind | moreFlag : kind, 8);
    chunks.push(header);
    if (end > offset) chunks.push(payload.subarray(offset, end));
    offset = end;
  } while (offset < payload.length);
  return chunks;
}

/**
 * Turns a byte stream, cut anywhere, back into frames. Holds at most one frame. One of {@link streamedKinds} is handed out
 * in as many as it comes in, all but the last with `more`.
 */
export class FrameDecoder {
  readonly #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  /** Bytes that must be there before anything can be said. */
  #wanted = headerBytes;
  /** Header of the frame that is being handed out, and how much of it is still to come. */
  #streamed: Omit<Frame, 'payload'> | undefined;
  #streamedBytes = 0;

  /**
   * Takes the next bytes and returns the frames that are complete with them. Payloads may be views of `chunk`.
   * @throws {ProtocolError} where a length is out of bounds; the decoder is of no use after that.
   */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    const taken = this.#streamed ? this.#passOn(this.#streamed, chunk, frames) : 0;
    if (taken === chunk.length) return frames;
    this.#pending.push(chunk.subarray(taken));
    this.#pendingBytes += chunk.length - taken;
    if (this.#pendingBytes < this.#wanted) return frames;

    const bytes = this.#pending.length === 1 ? viewOf(this.#pending[0] as Uint8Array) : Buffer.concat(this.#pending);
    const rest = bytes.subarray(this.#split(bytes, frames));
    this.#pending.length = 0;
    if (rest.length > 0) this.#pending.push(rest);
    this.#pendingBytes = rest.length;
    return frames;
  }

  /** Whether the stream may end here: between two frames. */
  get atBoundary(): boolean {
    return this.#pendingBytes === 0 && this.#streamed === undefined;
  }

  /** Finds the frames that `bytes` begins with, and returns where the rest begins. */
  #split(bytes: Buffer, frames: Frame[]): number {
    let offset = 0;
    this.#wanted = headerBytes;
    while (bytes.length - offset >= headerBytes) {
      const length = bytes.readUInt32BE(offset);
      if (length > payloadMaxBytes) {
        throw new ProtocolError(`A frame announces ${length} bytes; at most ${payloadMaxBytes} are allowed.`);
      }
      const byte = bytes.readUInt8(offset + 8);
      const head = { job: bytes.readUInt32BE(offset + 4), kind: byte & ~moreFlag, more: (byte & moreFlag) !== 0 };
      const start = offset + headerBytes;
      if (bytes.length - start >= length) {
        frames.push({ ...head, payload: bytes.subarray(start, start + length) });
        offset = start + length;
      } else if (streamedKinds.has(head.kind)) {
        this.#streamed = head;
        this.#streamedBytes = length;
        return start + this.#passOn(head, bytes.subarray(start), frames);
      } else {
        this.#wanted = headerBytes + length;
        break;
      }
    }
    return offset;
  }

  /** Hands out what `bytes` has of the streamed frame; returns how much that is. */
  #passOn(head: Omit<Frame, 'payload'>, bytes: Uint8Array, frames: Frame[]): number {
    const payload = bytes.subarray(0, this.#streamedBytes);
    this.#streamedBytes -= payload.length;
    const isLast = this.#streamedBytes === 0;
    if (isLast) this.#streamed = undefined;
    if (payload.length > 0) frames.push({ ...head, more: head.more || !isLast, payload });
    return payload.length;
  }
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
