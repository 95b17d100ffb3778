import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { PassThrough } from 'node:stream';
import type { HostExit, LaunchedHost } from '../../../contract/spi/host-launcher.ts';
import { DockerDemux } from '../daemon/demux.ts';
import type { ContainerState } from '../daemon/docker-client.ts';

/** The exit of a host that was disconnected or killed from outside. */
const killed: HostExit = { code: null, signal: 'SIGKILL', outOfMemory: false };
const neverStarted: HostExit = { code: null, signal: null, outOfMemory: false };

/** A host process in a container. Its streams exist at once; the container is made in the background. */
export class HostContainer implements LaunchedHost {
  readonly input: PassThrough = new PassThrough();
  readonly output: DockerDemux = new DockerDemux();
  readonly pid: undefined;
  /** Open files cannot be passed into a container, only streams. */
  readonly files: LaunchedHost['files'] = new Map();
  readonly launched: Promise<{ readonly image: string }>;
  readonly exit: Promise<HostExit>;
  readonly #exit: PromiseWithResolvers<HostExit> = Promise.withResolvers();
  readonly #killing = new AbortController();
  #stream: Socket | undefined;
  #isHeld = false;
  #isOver = false;

  /** @param bringUp makes the container, calls {@link attach}, and starts it. */
  constructor(bringUp: (host: HostContainer, signal: AbortSignal) => Promise<{ readonly image: string }>) {
    this.exit = this.#exit.promise;
    this.launched = bringUp(this, this.#killing.signal);
    this.launched.catch(() => this.#end(neverStarted));
  }

  get diagnostics(): string {
    return this.output.diagnostics;
  }

  /**
   * Connects the container's stdio.
   * @param readState looks up how the container ended, after the connection has ended.
   */
  attach(stream: Socket, readState: () => Promise<ContainerState | undefined>): void {
    this.#stream = stream;
    this.hold(this.#isHeld);
    this.input.pipe(stream);
    stream.pipe(this.output, { end: false });
    // The container's state says more than the error of the connection.
    stream.on('error', () => {});
    stream.once('close', () => {
      if (this.#isOver) return;
      readState().then(
        (state) => this.#end(toExit(state)),
        () => this.#end(killed),
      );
    });
    if (this.#isOver) stream.destroy();
  }

  /** Does not wait for the daemon: the host exits when its stdin ends, and the launcher removes the container. */
  kill(): void {
    this.#killing.abort(new Error('The host process was killed before it was ready.'));
    this.#end(killed);
    this.output.destroy();
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld) this.#stream?.ref();
    else this.#stream?.unref();
  }

  /** Ends the output first, so that the exit is reported after all output of the host. */
  #end(exit: HostExit): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stream?.destroy();
    this.output.once('close', () => this.#exit.resolve(exit));
    this.output.end();
  }
}

/** Exit codes above 128 are signals. */
function toExit(state: ContainerState | undefined): HostExit {
  if (!state || state.running) return killed;
  const number = state.exitCode - 128;
  const signal = Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;
  return { code: signal ? null : state.exitCode, signal, outOfMemory: state.oomKilled };
}
