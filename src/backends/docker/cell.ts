import { type Duplex, pipeline } from 'node:stream';
import { Channel, type Port } from '../../cells/channel.ts';
import { cellKinds } from '../../cells/frame-codec.ts';
import type { Cell, CellEnd, CellListener } from '../../contract/backend.ts';
import type { SandboxInfo } from '../../contract/result.ts';
import { DockerDemux } from './demux.ts';

/** What a cell needs of the container that it lives in. */
export interface CellParts {
  /** The container's attached stdio. */
  readonly stream: Duplex;
  readonly sandbox: SandboxInfo;
  /** The longest message that the container may send, in bytes. */
  readonly messageMaxBytes: number;
  /** Finds out why the stream ended; never rejects. */
  explainDeath(message: string, diagnostics: string): Promise<CellEnd>;
  /** Has the container killed and removed; called once. */
  remove(): void;
}

/** A container, by way of its attached stdio. */
export class DockerCell implements Cell {
  readonly sandbox: SandboxInfo;
  /** Settles with `undefined` when the runner says `ready`, or with the cell's end where that comes first. */
  readonly ready: Promise<CellEnd | undefined>;
  readonly #parts: CellParts;
  readonly #demux = new DockerDemux();
  readonly #port: Port;
  #isOver = false;
  #settleReady: (end: CellEnd | undefined) => void;

  constructor(parts: CellParts) {
    this.sandbox = parts.sandbox;
    this.#parts = parts;
    const { promise, resolve } = Promise.withResolvers<CellEnd | undefined>();
    this.ready = promise;
    this.#settleReady = resolve;
    const channel = new Channel(this.#demux, parts.stream, {
      control: (kind) => {
        if (kind === cellKinds.ready) this.#settleReady(undefined);
      },
      closed: (reason) => void this.#close(reason),
    });
    this.#port = channel.open(parts.messageMaxBytes);
    // Its errors reach the channel through the demultiplexer.
    pipeline(parts.stream, this.#demux, () => {});
  }

  listen(listener: CellListener): void {
    this.#port.listen(listener);
  }

  send(kind: number, payload: Uint8Array): Promise<void> {
    return this.#port.send(kind, payload);
  }

  /** Reports an end that the container has no part in. */
  end(end: CellEnd): void {
    if (!this.#isOver) this.#port.end(end);
  }

  /** Returns at once: the runner exits with its stdin, and the removal that kills it for certain goes on behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#port.release();
    this.#parts.stream.destroy();
    this.#parts.remove();
  }

  async #close(reason: { readonly violation: boolean; readonly message: string }): Promise<void> {
    if (this.#isOver) return;
    const { stream } = this.#parts;
    // Whoever kills a container cuts its last frame; that is no violation.
    const cut = stream.readableEnded || stream.destroyed;
    const end: CellEnd =
      reason.violation && !cut
        ? { code: 'PROTOCOL_VIOLATION', message: reason.message, ran: 'unknown' }
        : await this.#parts.explainDeath(reason.message, this.#demux.diagnostics);
    if (this.#isOver) return;
    this.#settleReady(end);
    this.#port.end(end);
  }
}
