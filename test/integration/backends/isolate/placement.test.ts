import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { SharedDockerConnection } from '../../../../src/backends/docker/docker-connection.ts';
import { createHostContainers } from '../../../../src/backends/docker/isolate-hosts/host-container-launcher.ts';
import type { HostProgram } from '../../../../src/contract/spi/host-launcher.ts';
import type { IsolatePlace } from '../../../support/placements.ts';
import { begin, hostPids, isAlive, makeBackend, run } from './harness.ts';

const lasting = 'console.log("begun"); await new Promise((r) => setTimeout(r, 20000))';
const beside: IsolatePlace = { placement: 'process' };
const container: IsolatePlace = { placement: 'container' };
const docker = (...options: string[]): string[] =>
  execFileSync('docker', options, { encoding: 'utf8' }).split('\n').filter(Boolean);
const containersOf = (pid: number | undefined): string[] =>
  docker('ps', '--all', '--quiet', '--filter', `label=hotcell.pid=${pid}`);
const read = (pid: number, file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8');
const limitOf = (pid: number, name: string): string | undefined =>
  new RegExp(`^${name} +(\\S+) +(\\S+)`, 'm').exec(read(pid, 'limits'))?.slice(1).join(' ');

/**
 * A separate process with an engine and one endless job. The process holds a descriptor that its children would
 * inherit.
 */
async function startEngine(place: IsolatePlace): Promise<{ readonly engine: ChildProcess; readonly host: number }> {
  const harness = new URL('./harness.ts', import.meta.url).href;
  const script = `import { begin, makeBackend } from '${harness}';
    const going = await begin(makeBackend({}, ${JSON.stringify(place)}), { code: ${JSON.stringify(lasting)} });
    await going.written('begun'); console.log('begun'); await going.said;`;
  const stdio: ('ignore' | 'pipe' | 'inherit' | number)[] = Array(40).fill('ignore');
  stdio.splice(0, 3, 'ignore', 'pipe', 'inherit');
  const inherited = openSync(new URL('../../../../package.json', import.meta.url), 'r');
  stdio[33] = inherited;
  const options = { env: { ...process.env, SECRET: 'of the engine' }, stdio };
  const flags = ['--input-type=module-typescript', '--disable-warning=ExperimentalWarning', '-e', script];
  const engine = spawn(process.execPath, flags, options);
  closeSync(inherited);
  await new Promise((resolve) => engine.stdout?.once('data', resolve));
  const [host = 0] = hostPids(engine.pid, place);
  return { engine, host };
}

describe('a host process beside the engine', () => {
  test('has nothing of the engine’s, cannot dump or write, and goes first where memory is short', async () => {
    const { engine, host } = await startEngine(beside);
    try {
      expect(readlinkSync(`/proc/${engine.pid}/fd/33`)).toMatch(/package\.json$/);
      const open = readdirSync(`/proc/${host}/fd`).map((fd) => readlinkSync(`/proc/${host}/fd/${fd}`));
      expect(open.filter((target) => !/^(pipe|anon_inode|socket):|^\/dev\/null$/.test(target))).toEqual([]);
      expect(read(host, 'environ')).toBe('');
      expect(readlinkSync(`/proc/${host}/cwd`)).toBe('/');
      expect(limitOf(host, 'Max core file size')).toBe('0 0');
      expect(limitOf(host, 'Max file size')).toBe('0 0');
      expect(limitOf(host, 'Max open files')).toBe('256 256');
      expect(limitOf(host, 'Max processes')).toBe(process.getuid?.() === 0 ? '128 128' : expect.anything());
      expect(read(host, 'oom_score_adj').trim()).toBe('500');
    } finally {
      engine.kill('SIGKILL');
    }
    await expect.poll(() => isAlive(host)).toBe(false);
  });
});

describe('a host process in a container', () => {
  const backend = makeBackend({}, container);
  afterAll(async () => {
    await backend.close();
    expect(containersOf(process.pid)).toEqual([]);
  });

  test('is alone in an empty box without a network, a right or a file to write', async () => {
    const { value } = await run(
      backend,
      '[process.pid, process.getuid, Object.keys(process.env).length, 6 * 7].map(String)',
    );
    expect(value).toBe('["1","undefined","0","42"]');
    const [host = 0] = hostPids(process.pid, container);
    const status = read(host, 'status');
    for (const line of [
      'CapBnd:\t0000000000000000',
      'NoNewPrivs:\t1',
      'Seccomp:\t2',
      'Uid:\t10000\t10000\t10000\t10000',
    ]) {
      expect(status).toContain(line);
    }
    expect(read(host, 'net/dev').match(/\w+(?=:)/g)).toEqual(['lo']);
    expect(read(host, 'mountinfo')).toMatch(/ \/ \/ ro,/);
    expect(readdirSync(`/proc/${host}/root`).sort()).not.toContain('bin');
    expect(read(host, 'environ')).not.toContain('of the engine');
    expect(limitOf(host, 'Max core file size')).toBe('0 0');
    expect(limitOf(host, 'Max file size')).toBe('0 0');
    expect(read(host, 'oom_score_adj').trim()).toBe('500');
  });

  test('tells the image that it runs in', async () => {
    const { cell } = await begin(backend, { code: '1' });
    expect(cell.sandbox).toMatchObject({ runtime: 'v8', image: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    await cell[Symbol.asyncDispose]();
  });

  test('removed from outside: its job is lost, and the next call runs', async () => {
    const going = await begin(backend, { code: lasting });
    await going.written('begun');
    docker('rm', '--force', ...containersOf(process.pid));
    expect((await going.said).end).toMatchObject({ code: 'CELL_LOST', ran: 'unknown' });
    expect((await run(backend, '2')).value).toBe('2');
  });

  test('a death by the memory limit of its container differs from other deaths', async () => {
    const launcher = createHostContainers(new SharedDockerConnection(undefined));
    const exitOf = async (code: string): Promise<unknown> => {
      const program: HostProgram = { nodeArguments: () => ['--eval', code], memoryMb: 64 };
      const host = launcher.launch(program);
      host.output.resume();
      return await host.exit;
    };
    try {
      expect(await exitOf('for (const all = []; ; ) all.push(Buffer.alloc(1e7, 1))')).toEqual({
        code: null,
        signal: 'SIGKILL',
        outOfMemory: true,
      });
      expect(await exitOf('process.exit(3)')).toEqual({ code: 3, signal: null, outOfMemory: false });
    } finally {
      await launcher.close();
    }
  });

  test('ends with an engine that is killed, and the next engine removes what is left', async () => {
    const { engine, host } = await startEngine(container);
    const [left] = containersOf(engine.pid);
    engine.kill('SIGKILL');
    await expect.poll(() => isAlive(host)).toBe(false);
    const state = (): string[] => docker('inspect', '--format', '{{.State.Status}}', String(left));
    await expect.poll(state).toEqual(['exited']);
    const next = makeBackend({}, container);
    expect((await run(next, '3')).value).toBe('3');
    await expect.poll(() => containersOf(engine.pid)).toEqual([]);
    await next.close();
  });
});
