/**
 * Resources that the kernel counts by user, not by container: a tenant that uses up its own leaves those of others
 * alone.
 */
import { createEngine, type ExecutionRequest } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';
import { testRuntimes } from '../support/runtimes.ts';

/** Takes all that it can get, prints how much that was, and holds it for `inputs.seconds`. */
const hoard = `
import ctypes, fcntl, os, signal, time
libc = ctypes.CDLL(None)
def count(attack, most):
    for number in range(most):
        try:
            if attack() == -1: return number
        except OSError: return number
    return most
def pipe():
    fcntl.fcntl(os.pipe()[0], fcntl.F_SETPIPE_SZ, 1 << 20)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
print("inotify", count(lambda: libc.inotify_init1(0), 200))
print("pipes of 1 MiB", count(pipe, 100))
print("signals", count(lambda: libc.sigqueue(os.getpid(), signal.SIGRTMIN, None), 150_000))
print("held", flush=True)
time.sleep(inputs["seconds"])`;

const request = (tenant: string, seconds: number): ExecutionRequest => {
  return { tenant, language: 'python', code: hoard, inputs: { seconds }, limits: { openFiles: 1_024 } };
};

describe.each(testRuntimes)('%s', (runtime) => {
  const engine = createEngine({ isolate: false, docker: { runtime } });
  afterAll(() => engine.close());

  test('a guest that uses up inotify, pipe pages and queued signals takes none from the next', async () => {
    const held = Promise.withResolvers<string>();
    const leave = new AbortController();
    const hold = async (): Promise<void> => {
      let stdout = '';
      for await (const event of engine.stream({ ...request('a', 20), signal: leave.signal })) {
        if (event.type === 'stdout') stdout += event.text;
        if (stdout.endsWith('held\n')) held.resolve(stdout);
        if (event.type === 'finished') held.reject(new Error(`It ended too soon: ${JSON.stringify(event.result)}`));
      }
    };
    const holding = hold();
    const first = await held.promise;
    const second = await engine.execute(request('b', 0));
    leave.abort();
    await holding;
    expect([second.status, second.stdout]).toEqual(['success', first]);
    expect(first).toMatch(/^inotify [1-9]/);
  });
});
