import type { Readable, Writable } from 'node:stream';
import {
  encodeCredit,
  encodeNetwork,
  type NetworkFailure,
  networkVerbs,
  windowBytes,
} from '../protocol/network-messages.ts';

/** Credit is returned in steps of this many bytes. */
const creditStepBytes = windowBytes / 4;
/** Most bytes in one message, so that connections take turns. */
const pieceBytes = 65_536;

/** Number of bytes that may still be sent in one direction. */
export class Window {
  #left = windowBytes;
  #more: PromiseWithResolvers<void> | undefined;
  #isClosed = false;

  /** Adds to the window; `false` if that would exceed its size. */
  give(bytes: number): boolean {
    if (bytes < 1 || this.#left + bytes > windowBytes) return false;
    this.#left += bytes;
    this.#wake();
    return true;
  }

  /** Takes up to `bytes` from the window and waits if it is empty; 0 once it is closed. */
  async take(bytes: number): Promise<number> {
    while (this.#left === 0 && !this.#isClosed) {
      this.#more ??= Promise.withResolvers();
      await this.#more.promise;
    }
    if (this.#isClosed) return 0;
    const taken = Math.min(bytes, this.#left);
    this.#left -= taken;
    return taken;
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  #wake(): void {
    this.#more?.resolve();
    this.#more = undefined;
  }
}

/** Sends a whole message of a job; resolves when the cell can take more. */
export type Send = (message: Uint8Array) => Promise<void>;

/** One connection of a cell: moves bytes in both directions, as fast as each side reads. */
export class Flow {
  /** Aborted when the connection is over, for any reason. */
  readonly over: AbortController = new AbortController();
  readonly window: Window = new Window();
  readonly #number: number;
  readonly #send: Send;
  readonly #forget: () => void;
  #sink: Writable | undefined;
  /** Bytes that the cell may still send, and bytes to return as credit. */
  #allowance = windowBytes;
  #takenBytes = 0;
  #isSinkEnded = false;
  #isSourceEnded = false;

  /** @param forget Called once, at the end of the connection. */
  constructor(number: number, send: Send, forget: () => void) {
    this.#number = number;
    this.#send = send;
    this.#forget = forget;
  }

  /** Sets the target for the cell's bytes; before this call the cell may not send any. */
  open(sink: Writable): void {
    this.#sink = sink;
    sink.on('error', () => undefined);
  }

  /** Takes bytes from the cell; returns a message if they are not allowed. */
  take(bytes: Uint8Array): string | undefined {
    if (!this.#sink || this.#isSinkEnded) return 'The cell sent data over a connection that is not open for it.';
    this.#allowance -= bytes.length;
    if (this.#allowance < 0) return 'The cell sent more data over a connection than its window allows.';
    this.#sink.write(bytes, () => this.#giveBack(bytes.length));
    return undefined;
  }

  /** The cell will send no more bytes. */
  takeEnd(): string | undefined {
    if (!this.#sink || this.#isSinkEnded) return 'The cell ended a connection that is not open.';
    this.#isSinkEnded = true;
    this.#sink.end();
    if (this.#isSourceEnded) this.end();
    return undefined;
  }

  /**
   * Sends the bytes of a source, then its end. `isLast`: the connection then ends, even if the cell has not ended its
   * side.
   */
  async carry(source: Readable, isLast: boolean): Promise<void> {
    for await (const chunk of source) {
      if (!(await this.#carryChunk(chunk as Uint8Array))) return;
    }
    await this.say(networkVerbs.end);
    this.#isSourceEnded = true;
    if (isLast || this.#isSinkEnded) this.end();
  }

  /** Sends a message about this connection, unless it is over. */
  async say(verb: number, rest?: Uint8Array | string): Promise<void> {
    if (!this.over.signal.aborted) await this.#send(encodeNetwork(this.#number, verb, rest));
  }

  /** Ends the connection and sends the cell the reason. */
  fail(failure: NetworkFailure): void {
    void this.say(networkVerbs.reset, JSON.stringify(failure));
    this.end();
  }

  /** Ends the connection without a message; `reason` is for the handler. */
  end(reason?: Error): void {
    if (this.over.signal.aborted) return;
    this.window.close();
    this.over.abort(reason);
    this.#forget();
  }

  /** @returns whether the connection is still open. */
  async #carryChunk(chunk: Uint8Array): Promise<boolean> {
    for (let at = 0; at < chunk.length; ) {
      const bytes = await this.window.take(Math.min(chunk.length - at, pieceBytes));
      if (bytes === 0) return false;
      await this.say(networkVerbs.data, chunk.subarray(at, at + bytes));
      at += bytes;
    }
    return true;
  }

  #giveBack(bytes: number): void {
    this.#takenBytes += bytes;
    if (this.#takenBytes < creditStepBytes || this.#isSinkEnded || this.over.signal.aborted) return;
    this.#allowance += this.#takenBytes;
    void this.#send(encodeCredit(this.#number, this.#takenBytes));
    this.#takenBytes = 0;
  }
}
