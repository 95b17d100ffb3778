/**
 * The host canary: objects on this host that no guest may read, reach, change or end. Guests get their places. Each
 * carries one random token; a token in a result is a breach.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';

/** The place of the canary, which guests get as `inputs.canary`. */
export interface CanaryPlace {
  /** A file that any uid of this host can read; its content is the token. */
  readonly file: string;
  /** Environment variable of the test process and of `pid`; its value is the token. */
  readonly environmentName: string;
  /** A process of this host. */
  readonly pid: number;
  /** A TCP port on all addresses of this host, including the loopback's. */
  readonly port: number;
  /** Name of a listening abstract unix socket, without its leading null byte. */
  readonly abstractSocket: string;
  /** Addresses of this host, loopback first. */
  readonly addresses: readonly string[];
  readonly dockerSocket: string;
}

/** Echoes its input, so that a stopped or traced process is noticed. */
const echo = 'process.stdin.on("data", (chunk) => process.stdout.write(chunk))';
/** Files of the process's `/proc` folder that must not change. */
const lasting = ['environ', 'cmdline', 'cgroup', 'limits', 'oom_score_adj', 'uid_map'] as const;

/** The properties of every object in this process before any guest ran. */
const plain = Object.getOwnPropertyNames(Object.prototype).join();

/** Sets up a canary; disposing removes it. */
export class Canary implements AsyncDisposable {
  readonly token: string;
  readonly place: CanaryPlace;
  readonly #child: ChildProcess;
  readonly #servers: readonly Server[];
  readonly #visits: string[] = [];
  readonly #folder: string;
  #before = '';
  #asked: Promise<string> = Promise.resolve('');

  private constructor(token: string, folder: string, child: ChildProcess, servers: readonly Server[]) {
    this.token = token;
    this.#folder = folder;
    this.#child = child;
    this.#servers = servers;
    for (const server of servers) {
      server.on('connection', (socket: Socket) => {
        this.#visits.push(`a connection from ${socket.remoteAddress ?? 'a unix socket'}`);
        socket.on('error', () => undefined).end(token);
      });
    }
    const address = servers[0]?.address();
    this.place = {
      file: join(folder, 'canary.txt'),
      environmentName: 'HOTCELL_TEST_CANARY',
      pid: child.pid ?? 0,
      port: typeof address === 'object' && address !== null ? address.port : 0,
      abstractSocket: socketName(token),
      addresses: ['127.0.0.1', '::1', ...ownAddresses()],
      dockerSocket: '/var/run/docker.sock',
    };
  }

  static async start(): Promise<Canary> {
    const token = `canary${randomBytes(16).toString('hex')}`;
    const folder = await mkdtemp(join(tmpdir(), 'hotcell-canary-'));
    await chmod(folder, 0o755);
    await writeFile(join(folder, 'canary.txt'), token, { mode: 0o644 });
    process.env.HOTCELL_TEST_CANARY = token;
    const child = spawn(process.execPath, ['-e', echo], { stdio: ['pipe', 'pipe', 'ignore'] });
    await once(child, 'spawn');
    const servers = [await listen({ host: '::', port: 0 }), await listen({ path: `\0${socketName(token)}` })];
    const canary = new Canary(token, folder, child, servers);
    // The first echo shows that the process has started; its state must not change from here on.
    await canary.#ask();
    canary.#before = await canary.#state();
    return canary;
  }

  /** Changes since the start, one sentence each. Takes a few milliseconds. */
  async check(): Promise<string[]> {
    const touched = this.#visits.map((visit) => `Somebody reached the canary: ${visit}.`);
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null)
      touched.push(`The canary's process ended: ${signalCode ?? exitCode}.`);
    else {
      if ((await this.#ask()) !== this.token) touched.push("The canary's process does not answer.");
      if ((await this.#state()) !== this.#before) touched.push('The state of the canary was changed.');
    }
    if (Object.getOwnPropertyNames(Object.prototype).join() !== plain) touched.push('Object.prototype was changed.');
    if (process.env.HOTCELL_TEST_CANARY !== this.token) touched.push('The environment of the test was changed.');
    return touched;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    for (const server of this.#servers) server.close();
    delete process.env.HOTCELL_TEST_CANARY;
    await rm(this.#folder, { recursive: true });
  }

  /** Sends the token to the process and returns its echo, waiting up to 20 seconds. One at a time, or echoes mix. */
  #ask(): Promise<string> {
    this.#asked = this.#asked.then(async () => {
      const { stdin, stdout } = this.#child;
      if (!stdin || !stdout) return '';
      const answered = once(stdout, 'data', { signal: AbortSignal.timeout(20_000) });
      stdin.write(this.token);
      return answered.then(([chunk]) => String(chunk)).catch(() => '');
    });
    return this.#asked;
  }

  /** The state of the file and the process that must not change, as one text. */
  async #state(): Promise<string> {
    const { file } = this.place;
    const { ino, mode, uid, size, mtimeMs } = await stat(file).catch(
      () => ({}) as Partial<Awaited<ReturnType<typeof stat>>>,
    );
    const content = await readFile(file, 'utf8').catch(() => 'gone');
    const proc = `/proc/${this.place.pid}`;
    const kept = existsSync(proc) ? lasting.map((name) => readFile(`${proc}/${name}`, 'utf8').catch(() => 'none')) : [];
    return JSON.stringify([ino, mode, uid, size, mtimeMs, content, ...(await Promise.all(kept))]);
  }
}

function socketName(token: string): string {
  return `hotcell-${token.slice(6, 18)}`;
}

async function listen(where: { host: string; port: number } | { path: string }): Promise<Server> {
  const server = createServer();
  server.listen(where);
  await once(server, 'listening');
  server.unref();
  return server;
}

/** Addresses under which other machines and containers reach this host. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address }) => address);
}
