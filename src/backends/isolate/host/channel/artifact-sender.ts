import { artifactWindowBytes } from '../../../../cells/conversation/artifact-relay.ts';
import { cellKinds } from '../../../../cells/protocol/frame-codec.ts';
import type { HostChannel } from './host-channel.ts';

/** Sends one job's artifacts no faster than the engine takes them. */
export class ArtifactSender {
  readonly #channel: HostChannel;
  readonly #job: number;
  #sentBytes = 0;
  #takenBytes = 0;
  #isCancelled = false;
  #moved: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(channel: HostChannel, job: number) {
    this.#channel = channel;
    this.#job = job;
  }

  /** The engine has taken this many bytes so far. */
  took(bytes: number): void {
    this.#takenBytes = bytes;
    this.#moved.resolve();
  }

  /** The engine does not need the rest. */
  cancel(): void {
    this.#isCancelled = true;
    this.#moved.resolve();
  }

  async send(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of chunks) {
      while (!this.#isCancelled && this.#sentBytes - this.#takenBytes >= artifactWindowBytes) {
        this.#moved = Promise.withResolvers();
        await this.#moved.promise;
      }
      if (this.#isCancelled) return;
      this.#sentBytes += chunk.length;
      this.#channel.send(this.#job, cellKinds.artifacts, chunk);
    }
  }
}
