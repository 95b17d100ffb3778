import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Entry } from './account.ts';
import { EgressError, egressErrorOf } from './egress-error.ts';

/** How long a connection may be idle, and how long it may last. */
export interface ConnectionTimes {
  readonly idleTimeoutMs: number;
  /** Time left when the connection is established. */
  readonly lifeMs: number;
}

/**
 * The bytes of one connection, counted and limited. A chunk that exceeds a limit is not passed on; earlier chunks stay.
 * Each side may end its own direction. The connection always ends its entry and destroys its socket.
 */
export class Connection extends Duplex {
  /** Set while the server owes an answer: an end without an error is then a failure with this message. */
  owed: string | undefined;
  readonly #socket: Socket;
  readonly #entry: Entry;
  readonly #life: NodeJS.Timeout;
  #failure: EgressError | undefined;

  constructor(socket: Socket, entry: Entry, times: ConnectionTimes) {
    super();
    this.#socket = socket;
    this.#entry = entry;
    const { idleTimeoutMs, lifeMs } = times;
    const late = (what: string): EgressError => new EgressError('cut', `The connection ${what}.`);
    this.#life = setTimeout(() => this.destroy(late('lasted longer than its limit')), Math.max(1, lifeMs));
    // Without a listener an error ends the process; the code that uses the connection has its own.
    this.on('error', () => {});
    socket.setTimeout(idleTimeoutMs, () => this.destroy(late(`was idle for ${idleTimeoutMs} ms`)));
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    let hasEnded = false;
    socket.on('end', () => {
      hasEnded = true;
      this.push(null);
    });
    socket.on('error', (error) => this.destroy(error));
    // After a proper end there may still be unread bytes here.
    socket.on('close', () => hasEnded || this.destroy());
    socket.pause();
  }

  /** The error that ended it; `undefined` if it is open or ended well. */
  get failure(): EgressError | undefined {
    return this.#failure;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const over = this.#entry.add(0, chunk.length);
    if (over) done(over);
    else this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#life);
    this.#socket.destroy();
    if (error) this.#failure = egressErrorOf(error, 'The connection');
    else if (this.owed !== undefined) this.#failure = new EgressError('failed', this.owed);
    this.#entry.end(this.#failure);
    done(this.#failure ?? null);
  }

  #receive(chunk: Buffer): void {
    const over = this.#entry.add(chunk.length, 0);
    if (over) this.destroy(over);
    else if (!this.push(chunk)) this.#socket.pause();
  }
}
