import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { extract } from 'tar-stream';
import { SharedDockerConnection } from '../../../../src/backends/docker/docker-connection.ts';
import { createHostContainers } from '../../../../src/backends/docker/isolate-hosts/host-container-launcher.ts';
import { createIsolateBackend, type IsolateOptions } from '../../../../src/backends/isolate/backend.ts';
import { type FileToPack, packFiles } from '../../../../src/cells/conversation/pack-files.ts';
import { cellKinds, engineKinds } from '../../../../src/cells/protocol/frame-codec.ts';
import { type Verdict, verdictSchema } from '../../../../src/cells/protocol/messages.ts';
import { defaultLimits, type Limits } from '../../../../src/contract/api/limits.ts';
import type { Backend, Cell, CellEnd } from '../../../../src/contract/spi/backend.ts';
import type { Job } from '../../../../src/contract/spi/job.ts';
import { type IsolatePlace, testPlaces } from '../../../support/placements.ts';

/** A job as tests write it. */
export interface Given extends Partial<Omit<Job, 'limits' | 'files' | 'stdin'>> {
  readonly inputs?: unknown;
  readonly limits?: Partial<Limits>;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly stdin?: string;
}

/** All messages of a cell about a job. */
export interface Said {
  readonly verdict: Verdict | undefined;
  readonly end: CellEnd | undefined;
  readonly value: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: number;
  readonly artifacts: Readonly<Record<string, string>>;
}

/** A backend in the given place, by default the first of `HOTCELL_TEST_PLACEMENTS`. */
export function makeBackend(options: IsolateOptions = {}, place: IsolatePlace | undefined = testPlaces[0]): Backend {
  const { placement, runtime } = place ?? {};
  const launcher =
    placement === 'container' ? createHostContainers(new SharedDockerConnection(undefined), { runtime }) : undefined;
  return createIsolateBackend({ spareHosts: 0, ...options }, { launcher });
}

export function makeJob({ inputs, limits, files, stdin, ...rest }: Given): Job {
  return {
    id: 'job',
    tenant: 'default',
    language: 'javascript',
    mode: 'script',
    code: '',
    inputsJson: JSON.stringify(inputs ?? null),
    stdin,
    files: Object.entries(files ?? {}).map(([path, content]) => ({ path, content: Buffer.from(content) })),
    collect: ['output/**'],
    env: {},
    secrets: {},
    isolation: 'fresh',
    backend: undefined,
    image: undefined,
    signal: undefined,
    tool: undefined,
    session: undefined,
    tools: new Map(),
    network: undefined,
    ...rest,
    limits: { ...defaultLimits, ...limits, cpuMs: limits?.cpuMs ?? limits?.timeoutMs ?? defaultLimits.cpuMs },
  };
}

/** A running job. */
export interface Going {
  readonly cell: Cell;
  readonly said: Promise<Said>;
  cancel(reason: 'cancelled' | 'output' | 'timeout'): void;
  /** Settles once this text was written to stdout. */
  written(text: string): Promise<void>;
}

export async function begin(backend: Backend, given: Given): Promise<Going> {
  const job = makeJob(given);
  const cell = await backend.lease(job, AbortSignal.timeout(150_000));
  const { promise, resolve } = Promise.withResolvers<Said>();
  const artifacts: Uint8Array[] = [];
  const waiting: { text: string; resolve: () => void }[] = [];
  let value: string | undefined;
  let stdout = '';
  let stderr = '';
  let stdoutBytes = 0;
  // A character may be split across two frames.
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const finish = async (verdict: Verdict | undefined, end: CellEnd | undefined): Promise<void> => {
    await cell[Symbol.asyncDispose]();
    resolve({ verdict, end, value, stdout, stderr, stdoutBytes, artifacts: await untar(artifacts) });
  };
  cell.listen({
    frame(kind, payload) {
      if (kind === cellKinds.stdout) {
        stdoutBytes += payload.length;
        stdout = (stdout + decoders.stdout.decode(payload, { stream: true })).slice(0, 1_000_000);
        for (const wait of waiting) if (stdout.includes(wait.text)) wait.resolve();
      } else if (kind === cellKinds.stderr) stderr += decoders.stderr.decode(payload, { stream: true });
      else if (kind === cellKinds.value) value = String(Buffer.from(payload));
      else if (kind === cellKinds.artifacts) {
        artifacts.push(Buffer.from(payload));
        const taken = artifacts.reduce((sum, { length }) => sum + length, 0);
        void cell.send(engineKinds.artifactsTaken, Buffer.from(String(taken)));
      } else if (kind === cellKinds.verdict)
        void finish(verdictSchema.parse(JSON.parse(String(Buffer.from(payload)))), undefined);
      else throw new Error(`unknown kind ${kind}`);
    },
    ended: (end) => void finish(undefined, end),
  });
  await cell.start(job);
  if (job.files.length > 0) {
    for await (const chunk of packFiles(job.files as readonly FileToPack[])) await cell.send(engineKinds.files, chunk);
    await cell.send(engineKinds.files, new Uint8Array());
  }
  if (job.stdin !== undefined) {
    await cell.send(engineKinds.stdin, Buffer.from(String(job.stdin)));
    await cell.send(engineKinds.stdin, new Uint8Array());
  }
  return {
    cell,
    said: promise,
    cancel: (reason) => void cell.send(engineKinds.cancel, Buffer.from(JSON.stringify({ reason }))),
    written(text) {
      const wait = Promise.withResolvers<void>();
      waiting.push({ text, resolve: wait.resolve });
      if (stdout.includes(text)) wait.resolve();
      return wait.promise;
    },
  };
}

/** Runs a job and waits for its end. */
export async function run(backend: Backend, given: Given | string): Promise<Said> {
  return (await begin(backend, typeof given === 'string' ? { code: given } : given)).said;
}

/** State and parent of a process; `undefined` if it has ended or is a zombie. */
function inspectProcess(pid: number): { readonly parent: number; readonly command: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    return { parent: Number(parent), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') };
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  return inspectProcess(pid) !== undefined;
}

/** Process ids of the host processes that a process (by default this one) has started, here or in containers. */
export function hostPids(parent: number = process.pid, place: IsolatePlace | undefined = testPlaces[0]): number[] {
  if (place?.placement === 'container') {
    const docker = (...options: string[]): string[] =>
      execFileSync('docker', options, { encoding: 'utf8' }).split('\n').filter(Boolean);
    const containers = docker('ps', '--quiet', '--filter', `label=hotcell.pid=${parent}`);
    const pids = containers.length > 0 ? docker('inspect', '--format', '{{.State.Pid}}', ...containers) : [];
    return pids.map(Number).filter((pid) => pid > 0);
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const found = inspectProcess(pid);
      return found?.parent === parent && found.command.includes('host/main.');
    });
}

async function untar(chunks: readonly Uint8Array[]): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  if (chunks.length === 0) return files;
  const archive = extract();
  archive.end(Buffer.concat(chunks));
  for await (const entry of archive) {
    const parts: Uint8Array[] = [];
    for await (const part of entry as AsyncIterable<Uint8Array>) parts.push(part);
    files[entry.header.name] = String(Buffer.concat(parts));
  }
  return files;
}
