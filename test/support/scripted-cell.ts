import { PassThrough } from 'node:stream';
import { sendJob } from '../../src/cells/conversation/send-job.ts';
import { Channel } from '../../src/cells/protocol/channel.ts';
import { encodeMessage, engineKinds, FrameDecoder } from '../../src/cells/protocol/frame-codec.ts';
import { defaultLimits } from '../../src/contract/api/limits.ts';
import type { Cell } from '../../src/contract/spi/backend.ts';
import type { Job } from '../../src/contract/spi/job.ts';

/** A job with default values. */
export function jobOf(fields: Partial<Job>): Job {
  return {
    id: 'job-1',
    tenant: 'default',
    language: 'javascript',
    mode: 'script',
    code: '1',
    inputsJson: 'null',
    stdin: undefined,
    files: [],
    collect: [],
    env: {},
    secrets: {},
    limits: defaultLimits,
    isolation: 'fresh',
    backend: undefined,
    image: undefined,
    signal: undefined,
    tool: undefined,
    session: undefined,
    tools: new Map(),
    network: undefined,
    ...fields,
  };
}

/** The far end of a cell, controlled by a test: a fault injector that speaks the real protocol over real streams. */
export interface FarEnd {
  readonly cell: Cell;
  say(kind: number, payload: string | Uint8Array): void;
  /** Sends raw bytes, for tests that break the protocol. */
  sayRaw(bytes: Uint8Array): void;
  hangUp(): void;
  /** Messages of the engine, in order: kind and text. */
  readonly heard: [kind: number, text: string][];
  readonly released: () => boolean;
}

/** Opens a cell whose other end the test controls. */
export function openScriptedCell(
  onMessage: (kind: number, text: string, far: FarEnd) => void = () => undefined,
): FarEnd {
  const [toEngine, toCell] = [new PassThrough(), new PassThrough()];
  const channel = new Channel(toEngine, toCell, {
    control: () => undefined,
    closed: ({ violation, message }) =>
      port.end({ code: violation ? 'PROTOCOL_VIOLATION' : 'CELL_LOST', message, ran: 'unknown' }),
  });
  const port = channel.open(8_000_000);
  let released = false;
  const decoder = new FrameDecoder();
  const far: FarEnd = {
    cell: {
      sandbox: { backend: 'isolate', isolation: 'fresh', runtime: 'v8', warm: false },
      listen: (listener) => port.listen(listener),
      start: (job) => sendJob(far.cell, job),
      send: (kind, payload) => port.send(kind, payload),
      async [Symbol.asyncDispose]() {
        released = true;
        port.release();
      },
    },
    say: (kind, payload) => {
      for (const chunk of encodeMessage(port.job, kind, Buffer.from(payload))) toEngine.write(chunk);
    },
    sayRaw: (bytes) => void toEngine.write(bytes),
    hangUp: () => void toEngine.end(),
    heard: [],
    released: () => released,
  };
  toCell.on('data', (chunk: Buffer) => {
    for (const { kind, payload } of decoder.push(chunk)) {
      far.heard.push([kind, Buffer.from(payload).toString()]);
      onMessage(kind, Buffer.from(payload).toString(), far);
    }
  });
  return far;
}

/** A verdict as JSON text, as cells send it. */
export function verdictOf(fields: Record<string, unknown> = {}): string {
  const usage = { wallMs: 1, cpuMs: 1, peakMemoryBytes: 1 };
  return JSON.stringify({ end: 'completed', value: 'none', usage, droppedArtifacts: 0, ...fields });
}

export { engineKinds };
