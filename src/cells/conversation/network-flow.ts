import type { Readable, Writable } from 'node:stream';
import {
  encodeCredit,
  encodeNetwork,
  type NetworkFailure,
  networkVerbs,
  windowBytes,
} from '../protocol/network-messages.ts';

/** Credit is given back in steps of so much. */
const creditStepBytes = windowBytes / 4;
/** What is sent at one time, so that connections take turns. */
const pieceBytes = 65_536;

/** Bytes that may still be sent in one direction. */
export class Window {
  #left = windowBytes;
  #more: PromiseWithResolvers<void> | undefined;
  #isClosed = false;

  /** Whether so much may be given; then it is. */
  give(bytes: number): boolean {
    if (bytes < 1 || this.#left + bytes > windowBytes) return false;
    this.#left += bytes;
    this.#wake();
    return true;
  }

  /** Takes as much of `bytes` as there is, and waits until there is some; 0 once it is closed. */
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

/** Sends a whole message of a job; settles when the cell takes more. */
export type Send = (message: Uint8Array) => Promise<void>;

/** One connection of a cell: moves its bytes in both directions, as fast as each side takes them. */
export class Flow {
  /** Aborted when it is over, however it ended. */
  readonly over: AbortController = new AbortController();
  readonly window: Window = new Window();
  readonly #number: number;
  readonly #send: Send;
  readonly #forget: () => void;
  #sink: Writable | undefined;
  /** What the cell may still send, and what it gets back next. */
  #allowance = windowBytes;
  #takenBytes = 0;
  #isSinkEnded = false;
  #isSourceEnded = false;

  /** @param forget Called once, when it is over. */
  constructor(number: number, send: Send, forget: () => void) {
    this.#number = number;
    this.#send = send;
    this.#forget = forget;
  }

  /** Gives what the cell says a place to go; until then it may say nothing. */
  open(sink: Writable): void {
    this.#sink = sink;
    sink.on('error', () => undefined);
  }

  /** Takes bytes of the cell's; says what is wrong where there may be none. */
  take(bytes: Uint8Array): string | undefined {
    if (!this.#sink || this.#isSinkEnded) return 'The cell sent data over a connection that is not open for it.';
    this.#allowance -= bytes.length;
    if (this.#allowance < 0) return 'The cell sent more data over a connection than its window allows.';
    this.#sink.write(bytes, () => this.#giveBack(bytes.length));
    return undefined;
  }

  /** The cell has no more to say. */
  takeEnd(): string | undefined {
    if (!this.#sink || this.#isSinkEnded) return 'The cell ended a connection that is not open.';
    this.#isSinkEnded = true;
    this.#sink.end();
    if (this.#isSourceEnded) this.end();
    return undefined;
  }

  /** Sends what a source says, then its end. `isLast`: with that the connection is over, whatever the cell has to say. */
  async carry(source: Readable, isLast: boolean): Promise<void> {
    for await (const chunk of source) {
      if (!(await this.#carryChunk(chunk as Uint8Array))) return;
    }
    await this.say(networkVerbs.end);
    this.#isSourceEnded = true;
    if (isLast || this.#isSinkEnded) this.end();
  }

  /** Says something of this connection, unless it is over. */
  async say(verb: number, rest?: Uint8Array | string): Promise<void> {
    if (!this.over.signal.aborted) await this.#send(encodeNetwork(this.#number, verb, rest));
  }

  /** Ends it and tells the cell why. */
  fail(failure: NetworkFailure): void {
    void this.say(networkVerbs.reset, JSON.stringify(failure));
    this.end();
  }

  /** Ends it without a word; `reason` is for whoever connected. */
  end(reason?: Error): void {
    if (this.over.signal.aborted) return;
    this.window.close();
    this.over.abort(reason);
    this.#forget();
  }

  /** @returns whether the connection goes on. */
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
