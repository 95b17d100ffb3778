import { Socket } from 'node:net';
import { controlJob } from '../../../../cells/protocol/channel.ts';
import { encodeMessage, engineKinds, FrameDecoder } from '../../../../cells/protocol/frame-codec.ts';
import type { CancelMessage, JobMessage } from '../../../../cells/protocol/messages.ts';
import { parseToolResult, type ToolResultMessage } from '../../../../cells/protocol/tool-messages.ts';

/** Receives the engine's messages. */
export interface HostChannelListener {
  job(job: number, message: JobMessage): void;
  inputs(job: number, json: string): void;
  /** A chunk of the tar archive; the empty chunk is the last. */
  files(job: number, chunk: Uint8Array): void;
  /** A chunk of stdin; the empty chunk is the last. */
  stdin(job: number, chunk: Uint8Array): void;
  toolResult(job: number, message: ToolResultMessage): void;
  /** A message of the job's network. */
  network(job: number, payload: Uint8Array): void;
  /** Bytes of the job's artifacts that the engine has taken so far. */
  artifactsTaken(job: number, bytes: number): void;
  cancel(job: number, reason: CancelMessage['reason']): void;
  /** The session gets no more jobs. */
  endSession(job: number): void;
  /** A message for the host itself; see `protocol`. */
  control(kind: number, payload: Uint8Array): void;
  /** The engine has ended. */
  closed(): void;
}

/** Above this many unsent bytes, guests have to wait. */
const unsentMaxBytes = 1_048_576;

/** The host's end of its connection to the engine, which consists of two pipes. */
export class HostChannel {
  readonly #output: Socket;
  readonly #partial = new Map<number, Uint8Array[]>();

  constructor(inputFd: number, outputFd: number, listener: HostChannelListener) {
    this.#output = new Socket({ fd: outputFd, readable: false, writable: true });
    this.#output.on('error', () => listener.closed());
    const decoder = new FrameDecoder();
    const input = new Socket({ fd: inputFd, readable: true, writable: false });
    input.on('error', () => listener.closed());
    input.on('close', () => listener.closed());
    input.on('data', (chunk: Uint8Array) => {
      for (const { job, kind, more, payload } of decoder.push(chunk)) {
        const parts = this.#partial.get(job);
        if (more) {
          if (parts) parts.push(payload);
          else this.#partial.set(job, [payload]);
          continue;
        }
        this.#partial.delete(job);
        dispatch(listener, job, kind, parts ? Buffer.concat([...parts, payload]) : payload);
      }
    });
  }

  /** Whether guests must wait with more output. */
  get congested(): boolean {
    return this.#output.writableLength > unsentMaxBytes;
  }

  send(job: number, kind: number, payload: Uint8Array | string): void {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    this.#gather();
    for (const chunk of encodeMessage(job, kind, bytes)) this.#output.write(chunk);
  }

  /** Joins everything sent in this turn of the event loop into one write, because each write wakes the engine. */
  #gather(): void {
    if (this.#output.writableCorked > 0) return;
    this.#output.cork();
    process.nextTick(() => this.#output.uncork());
  }

  /** Sends what waits for the turn of the loop to be over: it is not over soon. */
  flush(): void {
    while (this.#output.writableCorked > 0) this.#output.uncork();
  }

  /** Sends a control message. */
  sendControl(kind: number, message: object): void {
    this.send(controlJob, kind, JSON.stringify(message));
  }
}

function dispatch(listener: HostChannelListener, job: number, kind: number, payload: Uint8Array): void {
  const text = (): string => Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString();
  if (job === controlJob) listener.control(kind, payload);
  else if (kind === engineKinds.job) listener.job(job, JSON.parse(text()));
  else if (kind === engineKinds.inputs) listener.inputs(job, text());
  else if (kind === engineKinds.files) listener.files(job, payload);
  else if (kind === engineKinds.stdin) listener.stdin(job, payload);
  else if (kind === engineKinds.toolResult) listener.toolResult(job, parseToolResult(payload));
  else if (kind === engineKinds.network) listener.network(job, payload);
  else if (kind === engineKinds.artifactsTaken) listener.artifactsTaken(job, Number(text()));
  else if (kind === engineKinds.endSession) listener.endSession(job);
  else if (kind === engineKinds.cancel) listener.cancel(job, (JSON.parse(text()) as CancelMessage).reason);
}
