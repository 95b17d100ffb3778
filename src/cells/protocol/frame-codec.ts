/**
 * Theory of operation. Engine and cell talk over a pair of byte streams, in frames:
 *
 *     u32 length of the payload | u32 job | u8 kind | payload        (big-endian; at most 1 MiB in all)
 *
 * Control messages are JSON, the others raw bytes. The top bit of `kind` says that the next frame continues the message,
 * so a message can be longer than a frame. The order within a job is fixed:
 *
 *     engine → cell   job, inputs, files* files(empty), then stdin* tool-result* network* stdin(empty), at any time cancel
 *                     artifacts-taken
 *     cell → engine   ready, then stdout* stderr* tool-call* network* display* progress* in the order made, value?,
 *                     artifacts*, verdict
 *
 * - `files` and `artifacts` are the chunks of one tar archive each. `artifacts-taken` moves the window that limits how many
 *   bytes of artifacts a cell may send ahead.
 * - `files` frames follow only if the job message has `files: true`, `stdin` frames only if it has `stdin: true`.
 * - Each `tool-call` is answered by one `tool-result` (`tool-messages`), in any order. While a call is open, the engine
 *   sends no stdin.
 * - `network` messages carry the connections of a job that may have any, each with its own window (`network-messages`).
 *   In such a job stdin has a window too.
 * - The verdict is the last message of a job and comes exactly once.
 * - Outside any job (job number 0) a waiting cell answers `ping` with `pong`; the job may follow the `ping` at once.
 * - If a job message names a session, the cell takes the next job after the verdict, under the same number.
 * - Guest bytes occur only as payloads of `stdout`, `stderr`, `value` and `artifacts`, as name and input of a `tool-call`,
 *   in displays (`display-messages`), and as requests and bytes in a `network` message, written by trusted code.
 *
 * A violation of these rules destroys the cell.
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
  /**
   * To a container that many jobs share: the engine is done with the job, and everything of it must be removed at once.
   */
  drop: 8,
  /** To the same, as control message: how many cells to keep waiting, as JSON `{ count }`. */
  spares: 9,
  /** To the same, before anything else, as control message: its user ids, as JSON `{ firstId, slots }`. */
  begin: 10,
  /** See `network-messages`. */
  network: 11,
  /** To a cell that a session keeps, between jobs: the session has ended. Answered by a verdict. */
  endSession: 13,
  /** Bytes of `artifacts` that the engine has taken so far, as a decimal text; see `artifact-relay`. */
  artifactsTaken: 15,
  /**
   * To a container whose own kernel counts too much: the host's count of the job's processor time has reached its
   * `cpuMs`; the count in whole milliseconds, as text.
   */
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
  /** For a job in a container that many jobs share: its cell has ended without a verdict. */
  lost: 25,
  /** For the same: bytes that the job's cell has taken so far, as a decimal text. */
  taken: 26,
  /** For the same, as control message: number of waiting cells, after {@link engineKinds.spares}. */
  waiting: 27,
  /** See `network-messages`. */
  network: 28,
  display: 30,
  progress: 31,
} as const;

/**
 * In `files`: the pax record of an entry that continues the previous entry of the same name. A header must give the
 * length of its entry, which is unknown for a stream before its end.
 */
export const continuesRecord = 'HOTCELL.continues';

/** Set in `kind` if the next frame of the job continues the message. */
export const moreFlag = 0x80;
/** Bytes before the payload. */
export const headerBytes: number = 9;
/** Longest payload: with its header, 1 MiB. */
export const payloadMaxBytes: number = 1_048_576 - headerBytes;

/** Messages of these kinds are parts of a stream and are passed on in pieces, as they arrive. */
export const streamedKinds: ReadonlySet<number> = new Set([cellKinds.stdout, cellKinds.stderr]);

/** The peer broke the cell protocol. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** One frame on the wire; `kind` without {@link moreFlag}. */
export interface Frame {
  readonly job: number;
  readonly kind: number;
  readonly more: boolean;
  readonly payload: Uint8Array;
}

/** Splits a message into the chunks to write: headers, and views of the payload without copying it. */
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
 * Turns a byte stream, cut anywhere, back into frames. Holds at most one frame. A frame of {@link streamedKinds} is
 * returned in the pieces in which it arrives, all except the last with `more`.
 */
export class FrameDecoder {
  readonly #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  /** Bytes that must be pending before a frame can be read. */
  #wanted = headerBytes;
  /** Header of the frame that is being returned in pieces, and its remaining bytes. */
  #streamed: Omit<Frame, 'payload'> | undefined;
  #streamedBytes = 0;

  /**
   * Takes the next bytes and returns the frames that they complete. Payloads may be views of `chunk`.
   * @throws {ProtocolError} if a length is out of bounds; the decoder cannot be used after that.
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

  /** Finds the frames at the start of `bytes` and returns the index of the rest. */
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

  /** Adds the part of the streamed frame that is in `bytes` to `frames`; returns its length. */
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
