import { cellKinds } from '../../../../cells/protocol/frame-codec.ts';
import type { HostChannel } from './host-channel.ts';

/** Most characters that are collected before they are sent. */
const gatherMax = 65_536;

/** Sends a job's output to the engine: many small writes in one turn of the event loop become one frame. */
export class OutputSender {
  readonly #channel: HostChannel;
  readonly #job: number;
  #stream: 'stdout' | 'stderr' = 'stdout';
  #pending = '';
  #scheduled: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(channel: HostChannel, job: number) {
    this.#channel = channel;
    this.#job = job;
  }

  write(stream: 'stdout' | 'stderr', text: string): void {
    if (this.#closed) return;
    if (stream !== this.#stream) this.flush();
    this.#stream = stream;
    this.#pending += text;
    if (this.#pending.length >= gatherMax) this.flush();
    else this.#scheduled ??= setImmediate(() => this.flush());
  }

  flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    if (this.#pending === '') return;
    this.#channel.send(this.#job, cellKinds[this.#stream], this.#pending);
    this.#pending = '';
  }

  /** Sends the collected output. Later output, from a guest that cannot be stopped, is dropped. */
  close(): void {
    this.flush();
    this.#closed = true;
  }
}
