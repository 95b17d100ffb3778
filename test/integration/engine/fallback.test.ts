import { setTimeout as sleep } from 'node:timers/promises';
import { createEngine, type Engine, type ExecutionResult } from 'hotcell';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findEngine } from '../../../src/backends/docker/daemon/find-engine.ts';
import { type EngineProxy, proxyEngine } from '../backends/docker/daemon/engine-proxy.ts';

let proxy: EngineProxy;
let engine: Engine;

beforeAll(async () => {
  proxy = await proxyEngine((await findEngine()).address);
  engine = createEngine({ docker: { address: proxy.address }, fallback: 'wasm' });
});
afterAll(async () => {
  await engine.close();
  await proxy[Symbol.asyncDispose]();
});

/** An engine that is dead is found to be so by then; one that lives may take longer to be found on a busy machine. */
const noticedMs = 800;

const bash = (code: string, more: object = {}): Promise<ExecutionResult> =>
  engine.execute({ language: 'bash', code, ...more });
const place = async (): Promise<string | undefined> => (await bash('echo here')).sandbox?.backend;
const verdicts = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await engine.check()).map(({ name, verdict }) => [name, verdict]));

describe('a Docker engine that dies and comes back', () => {
  test('is used while it answers', async () => {
    expect(await bash('echo "$BASH_VERSION"')).toMatchObject({ status: 'success', sandbox: { backend: 'docker' } });
    expect(await verdicts()).toMatchObject({ 'docker engine': 'ok', 'python calls': 'ok', 'bash calls': 'ok' });
  });

  test('calls under way end with the true cause, and the next ones run in WebAssembly', async () => {
    const up = Promise.withResolvers<void>();
    const underWay = (async () => {
      let result: ExecutionResult | undefined;
      for await (const event of engine.stream({ language: 'bash', code: 'echo up; sleep 60' })) {
        if (event.type === 'stdout') up.resolve();
        if (event.type === 'finished') result = event.result;
      }
      return result;
    })();
    await up.promise;
    await proxy.kill();
    const { status, error } = (await underWay) ?? {};
    expect({ status, code: error?.code, ran: error?.ran }).toEqual({
      status: 'internal_error',
      code: 'CELL_LOST',
      ran: 'unknown',
    });
    expect(error?.message).toMatch(/The Docker engine at unix:\S+ cannot be reached/);

    await sleep(noticedMs);
    expect(await bash('echo "$((6 * 7))"')).toMatchObject({ stdout: '42\n', sandbox: { backend: 'wasm' } });
    const python = await engine.execute({ language: 'python', code: '6 * 7' });
    expect(python).toMatchObject({ value: 42, sandbox: { backend: 'wasm' } });
    const session = await engine.openSession({ language: 'bash' });
    await session.execute({ code: 'x=1' });
    expect(await session.execute({ code: 'echo "$x"' })).toMatchObject({ stdout: '1\n', sandbox: { backend: 'wasm' } });
    await session.close();
  });

  test('a request that names its backend is not led elsewhere, and hears why', async () => {
    const { error } = await bash('echo here', { backend: 'docker' });
    expect(error).toMatchObject({ code: 'BACKEND_UNAVAILABLE', ran: 'no' });
    expect(error?.message).toMatch(/cannot be reached/);
  });

  test('doctor says that it is gone, though it was there before', async () => {
    const checks = await engine.check();
    const told = (name: string) => checks.find((check) => check.name === name);
    expect(told('docker engine')).toMatchObject({
      verdict: 'fail',
      detail: expect.stringMatching(/cannot be reached/),
    });
    expect(told('bash calls')).toMatchObject({
      verdict: 'warn',
      detail: 'run in the wasm backend, because the docker backend is not available',
      remedy: expect.any(String),
    });
  });

  test('is used again, by one-time calls and sessions, and doctor says so', async () => {
    await proxy.revive();
    await expect.poll(place, { timeout: 60_000, interval: 100 }).toBe('docker');
    expect(await verdicts()).toMatchObject({ 'docker engine': 'ok', 'python calls': 'ok', 'bash calls': 'ok' });
    const session = await engine.openSession({ language: 'bash' });
    expect(await session.execute({ code: 'echo here' })).toMatchObject({ sandbox: { backend: 'docker' } });
    await session.close();
  });

  test('one that hangs is given up as well, and used again once it moves', async () => {
    proxy.freeze();
    await sleep(noticedMs);
    expect(await place()).toBe('wasm');
    proxy.thaw();
    await expect.poll(place, { timeout: 60_000, interval: 100 }).toBe('docker');
  });
});

test('doctor of an engine without a fallback says that calls are refused, and what to do', async () => {
  await using alone = createEngine({ isolate: false, docker: { address: 'unix:///nowhere/docker.sock' } });
  const checks = await alone.check();
  const python = checks.find(({ name }) => name === 'python calls');
  expect(python).toMatchObject({ verdict: 'fail', detail: 'are refused, because the docker backend is not available' });
  expect(python?.remedy).toContain('--backend wasm');
});
