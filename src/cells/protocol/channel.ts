import type { Readable, Writable } from 'node:stream';
import { textOfThrown } from '../../contract/schema/thrown.ts';
import type { CellEnd, CellListener } from '../../contract/spi/backend.ts';
import { drained } from './drained.ts';
import { encodeMessage, type Frame, FrameDecoder, ProtocolError, streamedKinds } from './frame-codec.ts';

/** One job's end of a channel. */
export interface Port {
  listen(listener: CellListener): void;
  send(kind: number, payload: Uint8Array): Promise<void>;
  /** Reports the end of this port to its listener, once. */
  end(end: CellEnd): void;
  /** Forgets the port; later frames for it are dropped. Its number is not used again. */
  release(): void;
}

/** Receives messages and errors of a channel. */
export interface ChannelOwner {
  /** A whole message outside any job (job number 0): `ready` and messages that a backend adds. */
  control(kind: number, payload: Uint8Array): void;
  /** The stream ended, failed or broke the protocol. The owner must end the ports, since it may know the cause. */
  closed(reason: { readonly violation: boolean; readonly message: string }): void;
  /**
   * The messages of one job broke the protocol. If an owner has this method, it ends that job's port and the others
   * continue; otherwise the whole channel is closed.
   */
  violated?(job: number, message: string): void;
}

/** The job number of messages that belong to the cell itself. */
export const controlJob = 0;

/**
 * Carries the messages of any number of jobs over one pair of byte streams. A frame for a job that was never opened is
 * a violation; a frame for a released job is late and is dropped.
 */
export class Channel {
  readonly #output: Writable;
  readonly #owner: ChannelOwner;
  readonly #ports = new Map<number, ChannelPort>();
  readonly #partialControl: Uint8Array[] = [];
  #partialControlBytes = 0;
  #highestJob = controlJob;
  #draining: Promise<void> | undefined;
  #closed = false;

  constructor(input: Readable, output: Writable, owner: ChannelOwner) {
    this.#output = output;
    this.#owner = owner;
    const decoder = new FrameDecoder();
    input.on('data', (chunk: Uint8Array) => {
      if (this.#closed) return;
      try {
        for (const frame of decoder.push(chunk)) this.#dispatch(frame);
      } catch (error) {
        this.#close(error instanceof ProtocolError, textOfThrown(error));
      }
    });
    input.on('end', () => this.#close(!decoder.atBoundary, 'The stream of the cell ended.'));
    input.on('close', () => this.#close(false, 'The stream of the cell was closed.'));
    input.on('error', (error) => this.#close(false, `The stream of the cell failed: ${error.message}`));
    output.on('error', (error) => this.#close(false, `The stream to the cell failed: ${error.message}`));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Opens the next job; `messageMaxBytes` limits each message from its cell. */
  open(messageMaxBytes: number): Port & { readonly job: number } {
    this.#highestJob += 1;
    const port = new ChannelPort(this, this.#highestJob, messageMaxBytes);
    this.#ports.set(port.job, port);
    return port;
  }

  /** Writes one message; resolves when the stream takes more or is gone. */
  async send(job: number, kind: number, payload: Uint8Array): Promise<void> {
    if (this.#closed || this.#output.destroyed || !this.#output.writable) return;
    this.#gather();
    let ready = true;
    for (const chunk of encodeMessage(job, kind, payload)) ready = this.#output.write(chunk);
    if (!ready) await this.#drained();
  }

  /** One shared wait for all senders. */
  #drained(): Promise<void> {
    this.#draining ??= drained(this.#output).then(() => {
      this.#draining = undefined;
    });
    return this.#draining;
  }

  /**
   * Joins everything sent in this turn of the event loop into one write, because each write wakes the cell and any
   * process in between.
   */
  #gather(): void {
    if (this.#output.writableCorked > 0) return;
    this.#output.cork();
    process.nextTick(() => this.#output.uncork());
  }

  /** The open ports. */
  get ports(): Iterable<Port & { readonly job: number }> {
    return this.#ports.values();
  }

  release(job: number): void {
    this.#ports.delete(job);
  }

  #dispatch(frame: Frame): void {
    if (frame.job === controlJob) {
      this.#control(frame);
      return;
    }
    const port = this.#ports.get(frame.job);
    if (port) this.#take(port, frame);
    else if (frame.job > this.#highestJob)
      throw new ProtocolError(`A frame names job ${frame.job}, which was never opened.`);
  }

  #take(port: ChannelPort, frame: Frame): void {
    try {
      port.take(frame);
    } catch (error) {
      if (!this.#owner.violated || !(error instanceof ProtocolError)) throw error;
      this.#owner.violated(port.job, error.message);
    }
  }

  #control(frame: Frame): void {
    this.#partialControl.push(frame.payload);
    this.#partialControlBytes += frame.payload.length;
    if (this.#partialControlBytes > 1_048_576) throw new ProtocolError('A control message is longer than 1 MiB.');
    if (frame.more) return;
    const payload = Buffer.concat(this.#partialControl);
    this.#partialControl.length = 0;
    this.#partialControlBytes = 0;
    this.#owner.control(frame.kind, payload);
  }

  #close(violation: boolean, message: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#owner.closed({ violation, message });
  }
}

class ChannelPort implements Port {
  readonly job: number;
  readonly #channel: Channel;
  readonly #messageMaxBytes: number;
  readonly #parts: Uint8Array[] = [];
  #partsBytes = 0;
  /** Kind of the message whose next part must follow. */
  #openKind: number | undefined;
  #listener: CellListener | undefined;
  /** Frames from before the listener was set; limited to the size of one message. */
  #early: [kind: number, payload: Uint8Array][] = [];
  #earlyBytes = 0;
  #end: CellEnd | undefined;

  constructor(channel: Channel, job: number, messageMaxBytes: number) {
    this.#channel = channel;
    this.job = job;
    this.#messageMaxBytes = messageMaxBytes;
  }

  listen(listener: CellListener): void {
    this.#listener = listener;
    const early = this.#early;
    this.#early = [];
    for (const [kind, payload] of early) listener.frame(kind, payload);
    if (this.#end) listener.ended(this.#end);
  }

  send(kind: number, payload: Uint8Array): Promise<void> {
    return this.#channel.send(this.job, kind, payload);
  }

  take(frame: Frame): void {
    if (this.#end) return;
    if (this.#openKind !== undefined && frame.kind !== this.#openKind) {
      throw new ProtocolError(`A message of kind ${this.#openKind} is interrupted by one of kind ${frame.kind}.`);
    }
    this.#openKind = frame.more ? frame.kind : undefined;
    if (streamedKinds.has(frame.kind) || (this.#parts.length === 0 && !frame.more)) {
      this.#deliver(frame.kind, frame.payload);
      return;
    }
    this.#parts.push(frame.payload);
    this.#partsBytes += frame.payload.length;
    if (this.#partsBytes > this.#messageMaxBytes) {
      throw new ProtocolError(`A message of kind ${frame.kind} is longer than ${this.#messageMaxBytes} bytes.`);
    }
    if (frame.more) return;
    const payload = Buffer.concat(this.#parts);
    this.#parts.length = 0;
    this.#partsBytes = 0;
    this.#deliver(frame.kind, payload);
  }

  end(end: CellEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.#listener?.ended(end);
  }

  release(): void {
    this.#channel.release(this.job);
  }

  #deliver(kind: number, payload: Uint8Array): void {
    if (this.#listener) {
      this.#listener.frame(kind, payload);
      return;
    }
    this.#earlyBytes += payload.length;
    if (this.#earlyBytes > this.#messageMaxBytes)
      throw new ProtocolError('A cell sent too much data for a job that has not started.');
    this.#early.push([kind, payload]);
  }
}
