/** Drives one sandbox container directly with the docker command: the runner alone, without an engine. */

import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { extract, pack } from 'tar-stream';
import { guestSeccompProfile, gvisorSeccompProfile } from '../../src/backends/docker/cells/seccomp-profile.ts';
import { connectDocker } from '../../src/backends/docker/daemon/client.ts';
import { findEngine } from '../../src/backends/docker/daemon/find-engine.ts';
import { isGvisor } from '../../src/backends/docker/daemon/gvisor.ts';
import { ensureImage } from '../../src/backends/docker/images/images.ts';
import {
  cellKinds,
  encodeMessage,
  engineKinds,
  type Frame,
  FrameDecoder,
} from '../../src/cells/protocol/frame-codec.ts';
import { type CancelMessage, type JobMessage, type Verdict, verdictSchema } from '../../src/cells/protocol/messages.ts';
import { defaultLimits, type Limits } from '../../src/contract/api/limits.ts';
import { testRuntimes } from './runtimes.ts';

const run = promisify(execFile);
const runnerMemoryMb = 16;
/** The runner is tested on one runtime at a time. */
const [runtime = 'runc'] = testRuntimes;
/** Whether the runner is tested on gVisor, where tests of Linux's own features do not run. */
export const onGvisor: boolean = isGvisor(runtime);

/** Languages that have a sandbox image. */
export type RunnerLanguage = 'python' | 'bash';

/** A test's settings for a job; the contract's defaults fill in the rest. */
export interface CellJob {
  readonly language: RunnerLanguage;
  readonly code: string;
  readonly mode?: 'script' | 'handler';
  readonly inputs?: unknown;
  readonly files?: Readonly<Record<string, string>>;
  /** Sent completely, then ended. `'open'` keeps stdin open. */
  readonly stdin?: string | 'open';
  readonly collect?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: Partial<Limits>;
  readonly tools?: JobMessage['tools'];
  readonly network?: number;
}

/** All messages of a cell about its job. */
export interface CellOutcome {
  readonly verdict: Verdict;
  /** Text of the `value` message. */
  readonly value: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly artifacts: Readonly<Record<string, string>>;
  /** The runner's own stderr: empty, unless it crashed. */
  readonly crash: string;
  /** Exit code of the container. */
  readonly exitCode: number;
}

/** The sandbox image of each language. */
export type RunnerImages = Readonly<Record<RunnerLanguage, string>>;

/** The sandbox images of the product; builds missing ones. */
export async function buildRunnerImages(): Promise<RunnerImages> {
  const client = connectDocker({ address: (await findEngine()).address });
  const python = await ensureImage(client, 'python');
  const bash = await ensureImage(client, 'bash');
  client.close();
  return { python: python.tag, bash: bash.tag };
}

/** One started container and the engine's end of its channel. */
export class RunnerCell implements AsyncDisposable {
  /** Resolves with the `ready` message. */
  readonly ready: Promise<{ readonly protocol: number; readonly language: string; readonly python: string }>;
  /** Resolves with the container's exit code. */
  readonly exited: Promise<number>;
  /** The guest's user and group. */
  readonly guestId: number = randomInt(20_000, 60_000);
  readonly #name: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #crash: Promise<Buffer>;
  readonly #frames: Frame[] = [];
  readonly #waiting: (() => void)[] = [];
  /** Whether this end acknowledges artifacts. */
  takesArtifacts = true;
  /**
   * Processor time of the job in milliseconds as the host reports it at once; gVisor's runner asks for it. Default:
   * `cpuMs`.
   */
  hostCpuMs: number | undefined;
  #takenBytes = 0;
  #limits: Limits = defaultLimits;

  constructor(images: RunnerImages, language: RunnerLanguage, limits: Partial<Limits> = {}) {
    this.#limits = { ...defaultLimits, ...limits };
    this.hostCpuMs = this.#limits.cpuMs;
    this.#name = `hotcell-runner-test-${randomUUID()}`;
    // The docker command accepts only the path of a file.
    const profile = join(tmpdir(), `${this.#name}.json`);
    writeFileSync(profile, onGvisor ? gvisorSeccompProfile : guestSeccompProfile);
    this.#process = spawn('docker', ['run', ...this.#containerFlags(profile), images[language]], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#crash = buffer(this.#process.stderr);
    // The pipe breaks when the container is gone; the test notices that by its exit.
    this.#process.stdin.on('error', () => {});
    const decoder = new FrameDecoder();
    this.#process.stdout.on('data', (chunk: Buffer) => {
      for (const frame of decoder.push(chunk)) {
        this.#frames.push(frame);
        if (frame.kind === cellKinds.artifacts) this.#takeArtifacts(frame.payload.length);
      }
      for (const wake of this.#waiting.splice(0)) wake();
    });
    const { promise, resolve } = Promise.withResolvers<number>();
    this.exited = promise;
    this.#process.on('close', (code) => {
      rmSync(profile, { force: true });
      resolve(code ?? -1);
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.ready = this.waitFor((frame) => frame.kind === cellKinds.ready).then((frame) =>
      JSON.parse(Buffer.from(frame.payload).toString()),
    );
    this.ready.catch(() => {});
  }

  /** The name of the container, for the docker command. */
  get name(): string {
    return this.#name;
  }

  /** The engine's reading end. A paused stream simulates an engine that does not read. */
  get output(): Readable {
    return this.#process.stdout;
  }

  #takeArtifacts(bytes: number): void {
    this.#takenBytes += bytes;
    if (this.takesArtifacts) void this.send(engineKinds.artifactsTaken, String(this.#takenBytes));
  }

  /** Sends one message of job 1; resolves when the pipe takes more. */
  async send(kind: number, payload: string | Uint8Array): Promise<void> {
    let ready = true;
    for (const chunk of encodeMessage(1, kind, Buffer.from(payload))) ready = this.#process.stdin.write(chunk);
    if (ready || this.#process.exitCode !== null) return;
    await Promise.race([new Promise((resolve) => this.#process.stdin.once('drain', resolve)), this.exited]);
  }

  /** Sends a job with everything that belongs to it. */
  async sendJob(job: CellJob): Promise<void> {
    const message: JobMessage = {
      id: 'job-1',
      language: job.language,
      mode: job.mode ?? 'script',
      code: job.code,
      files: job.files !== undefined,
      stdin: job.stdin !== undefined,
      collect: job.collect ?? ['output/**'],
      env: job.env ?? {},
      limits: this.#limits,
      tools: job.tools ?? [],
      network: job.network ?? 0,
    };
    await this.send(engineKinds.job, JSON.stringify(message));
    await this.send(engineKinds.inputs, JSON.stringify(job.inputs ?? null));
    if (this.hostCpuMs !== undefined) await this.send(engineKinds.cpuSpent, String(this.hostCpuMs));
    if (job.files) await this.#sendFiles(job.files);
    if (job.stdin !== undefined && job.stdin !== 'open') {
      if (job.stdin) await this.send(engineKinds.stdin, job.stdin);
      await this.send(engineKinds.stdin, '');
    }
  }

  async cancel(reason: CancelMessage['reason']): Promise<void> {
    await this.send(engineKinds.cancel, JSON.stringify({ reason }));
  }

  /** The first matching frame, past or future. */
  async waitFor(wanted: (frame: Frame) => boolean): Promise<Frame> {
    let seen = 0;
    while (true) {
      const found = this.#frames.slice(seen).find(wanted);
      if (found) return found;
      seen = this.#frames.length;
      if (this.#process.exitCode !== null && this.#process.stdout.readableEnded) {
        throw new Error(`The container ended with ${this.#process.exitCode}: ${await this.#crash}`);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The text on stdout so far. */
  get stdout(): string {
    return this.#text(cellKinds.stdout);
  }

  /** Bytes of the archive of artifacts so far. */
  get artifactBytes(): number {
    return this.#bytes(cellKinds.artifacts).length;
  }

  /** Closes the engine's end of the channel. */
  hangUp(): void {
    this.#process.stdin.end();
  }

  /** Waits for the end of the container and checks the order of its messages. */
  async outcome(): Promise<CellOutcome> {
    const exitCode = await this.exited;
    const crash = (await this.#crash).toString();
    const last = this.#frames.at(-1);
    if (last?.kind !== cellKinds.verdict) throw new Error(`No verdict, exit code ${exitCode}: ${crash}`);
    const { ready, stderr, toolCall, network, display, progress } = cellKinds;
    const whileItRuns: readonly number[] = [ready, stderr, toolCall, network, display, progress];
    const ranks = this.#frames.map(({ kind }) => (whileItRuns.includes(kind) ? cellKinds.stdout : kind));
    if (ranks.some((rank, index) => rank < (ranks[index - 1] ?? 0))) throw new Error(`Out of order: ${ranks}`);
    if (this.#frames.filter(({ kind }) => kind === cellKinds.verdict).length !== 1) throw new Error('Two verdicts.');
    const value = this.#frames.some(({ kind }) => kind === cellKinds.value) ? this.#text(cellKinds.value) : undefined;
    return {
      verdict: verdictSchema.parse(JSON.parse(Buffer.from(last.payload).toString())),
      value,
      stdout: this.stdout,
      stderr: this.#text(cellKinds.stderr),
      artifacts: await unpackArtifacts(this.#bytes(cellKinds.artifacts)),
      crash,
      exitCode,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) await run('docker', ['rm', '--force', this.#name]).catch(() => {});
    await this.exited;
  }

  #bytes(kind: number): Buffer {
    return Buffer.concat(this.#frames.filter((frame) => frame.kind === kind).map(({ payload }) => payload));
  }

  #text(kind: number): string {
    return this.#bytes(kind).toString();
  }

  async #sendFiles(files: Readonly<Record<string, string>>): Promise<void> {
    const archive = pack();
    for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
    archive.finalize();
    // Uneven pieces, so that they end in the middle of tar entries.
    const bytes = await buffer(archive);
    for (let start = 0; start < bytes.length; start += 700) {
      await this.send(engineKinds.files, bytes.subarray(start, start + 700));
    }
    await this.send(engineKinds.files, '');
  }

  #containerFlags(seccompProfile: string): string[] {
    const { processes, diskMb, memoryMb } = this.#limits;
    // Memory that gVisor itself needs: see src/backends/docker/cells/container-spec.ts.
    const memory = `${memoryMb + runnerMemoryMb + (onGvisor ? 64 : 0)}m`;
    const disk = `rw,nosuid,nodev,exec,size=${diskMb}m,mode=0700,uid=${this.guestId},gid=${this.guestId}`;
    return [
      ...['--rm', '--interactive', '--runtime', runtime, '--name', this.#name, '--label', 'hotcell-helper=runner'],
      ...['--network', 'none', '--read-only', '--ipc', 'none', '--log-driver', 'none'],
      ...['--cap-drop', 'ALL', '--cap-add', 'SETUID', '--cap-add', 'SETGID', '--cap-add', 'KILL'],
      ...['--security-opt', 'no-new-privileges', '--security-opt', `seccomp=${seccompProfile}`],
      ...['--memory', memory, '--memory-swap', memory, '--cpus', '1'],
      ...['--pids-limit', `${onGvisor ? 128 + 48 * (processes + 1) : processes + 1}`, '--tmpfs', `/workspace:${disk}`],
      ...['--tmpfs', '/run:size=64k,mode=0755'],
      ...['--ulimit', 'nofile=1024:1024', '--ulimit', 'core=0:0'],
      ...(onGvisor ? ['--ulimit', `nproc=${processes + 1}`, '--tmpfs', `/tmp:${disk}`] : []),
    ];
  }
}

/**
 * Runs one job in a new container until its end. With `HOTCELL_TEST_WAITING=1` the job is sent only after the cell is
 * fully warm; otherwise at once.
 */
export async function runInCell(images: RunnerImages, job: CellJob): Promise<CellOutcome> {
  await using cell = new RunnerCell(images, job.language, job.limits);
  if (process.env.HOTCELL_TEST_WAITING === '1') {
    await cell.ready;
    await sleep(400);
  }
  await cell.sendJob(job);
  return await cell.outcome();
}

async function unpackArtifacts(archive: Buffer): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  if (archive.length === 0) return files;
  const reader = extract();
  reader.end(archive);
  for await (const entry of reader) {
    if (entry.header.type !== 'file') throw new Error(`${entry.header.name} is a ${entry.header.type}.`);
    files[entry.header.name] = (await buffer(entry)).toString();
  }
  return files;
}
