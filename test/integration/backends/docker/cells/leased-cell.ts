import { defaultLimits, type Limits } from '../../../../../src/contract/api/limits.ts';
import type { Backend, Cell, CellEnd } from '../../../../../src/contract/spi/backend.ts';
import type { Job } from '../../../../../src/contract/spi/job.ts';

/** A job for the runner of the test images, which ignores the code. */
export function testJob(limits: Partial<Limits> = {}): Job {
  return {
    id: 'test',
    tenant: 'default',
    language: 'python',
    mode: 'script',
    code: '',
    inputsJson: 'null',
    stdin: undefined,
    files: [],
    collect: [],
    env: {},
    secrets: {},
    limits: { ...defaultLimits, ...limits },
    isolation: 'fresh',
    backend: undefined,
    image: undefined,
    signal: undefined,
    tool: undefined,
    session: undefined,
    tools: new Map(),
    network: undefined,
  };
}

/** A leased cell with its messages as text. */
export interface LeasedCell extends AsyncDisposable {
  readonly cell: Cell;
  /** Settles when the cell ends. */
  readonly ended: Promise<CellEnd>;
  /** Sends one command to the runner of the test image. */
  tell(command: string): Promise<void>;
  /** The next message. */
  hear(): Promise<string>;
}

/** Leases a cell and listens to it. */
export async function leaseCell(backend: Backend, limits: Partial<Limits> = {}): Promise<LeasedCell> {
  const cell = await backend.lease(testJob(limits), AbortSignal.timeout(20_000));
  const ended = Promise.withResolvers<CellEnd>();
  const heard: string[] = [];
  let wake = Promise.withResolvers<void>();
  cell.listen({
    frame(_kind, payload) {
      heard.push(Buffer.from(payload).toString());
      wake.resolve();
    },
    ended: (end) => ended.resolve(end),
  });
  return {
    cell,
    ended: ended.promise,
    tell: (command) => cell.send(1, Buffer.from(command)),
    async hear() {
      while (heard.length === 0) {
        await wake.promise;
        wake = Promise.withResolvers();
      }
      return heard.shift() ?? '';
    },
    [Symbol.asyncDispose]: () => cell[Symbol.asyncDispose](),
  };
}
