import { cellKinds } from '../../../../cells/protocol/frame-codec.ts';
import type { HostChannel } from './host-channel.ts';

/** What is gathered at most before it is sent, in characters. */
const gatherMax = 65_536;

/** A job's output on its way to the engine: many small writes of a turn of the loop leave as one frame. */
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

  /** Sends what there is; what still comes from a guest that nothing can stop is dropped. */
  close(): void {
    this.flush();
    this.#closed = true;
  }
}
