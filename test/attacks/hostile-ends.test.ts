import { execFileSync, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEngine, type Engine, type ExecutionRequest, type ExecutionResult } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';

const engine = createEngine({ ceilings: { memoryMb: 1_024 } });
afterAll(() => engine.close());

/** What a guest tries, and how it must end. Each prints `before` first, because partial output always comes back. */
const attacks: readonly { readonly tries: string; readonly request: ExecutionRequest; readonly ends: object }[] = [
  {
    tries: 'endless microtasks',
    request: {
      language: 'javascript',
      code: 'const spin = () => Promise.resolve().then(spin); await spin();',
      limits: { timeoutMs: 500 },
    },
    ends: { status: 'timeout', error: { code: 'WALL_TIMEOUT' } },
  },
  {
    tries: 'a catastrophic regular expression',
    request: { language: 'javascript', code: '/^(a+)+$/.test("a".repeat(40) + "!")', limits: { timeoutMs: 500 } },
    ends: { status: 'timeout', error: { code: 'WALL_TIMEOUT' } },
  },
  {
    tries: 'a bomb of strings',
    request: {
      language: 'javascript',
      code: 'const all = []; for (let i = 0; ; i += 1) all.push(`${i}`.repeat(50_000));',
      limits: { memoryMb: 64 },
    },
    ends: { status: 'memory_limit', error: { code: 'MEMORY_LIMIT' } },
  },
  {
    tries: 'a bomb of buffers',
    request: {
      language: 'javascript',
      code: 'const all = []; for (;;) all.push(new Uint8Array(8_000_000).fill(1));',
      limits: { memoryMb: 64 },
    },
    ends: { status: 'memory_limit', error: { code: 'MEMORY_LIMIT' } },
  },
  {
    tries: 'a sort of 5e7 elements, which hangs its thread for ever',
    request: {
      language: 'javascript',
      code: 'new Array(5e7).fill(0).map((_, i) => -i).sort().length',
      limits: { memoryMb: 64, timeoutMs: 120_000 },
    },
    ends: { status: 'memory_limit', error: { code: 'MEMORY_LIMIT' } },
  },
  {
    tries: 'memory outside of the heap by WebAssembly, which is not there',
    request: { language: 'javascript', code: 'new WebAssembly.Memory({ initial: 8_000 })' },
    ends: { status: 'error', error: { code: 'GUEST_ERROR', name: 'ReferenceError' } },
  },
  {
    tries: 'a gigabyte of output',
    request: {
      language: 'javascript',
      code: 'const text = "x".repeat(1_000_000); for (let i = 0; i < 1_000; i += 1) console.log(text);',
    },
    ends: { status: 'output_limit', error: { code: 'OUTPUT_LIMIT' } },
  },
  {
    tries: 'a gigabyte of output',
    request: { language: 'python', code: 'for _ in range(1_000): print("x" * 1_000_000)' },
    ends: { status: 'output_limit', error: { code: 'OUTPUT_LIMIT' } },
  },
  {
    tries: 'a gigabyte on stderr',
    request: { language: 'bash', code: 'head -c 1000000000 /dev/zero | tr "\\0" x >&2' },
    ends: { status: 'output_limit', error: { code: 'OUTPUT_LIMIT' } },
  },
  {
    tries: 'a fork bomb',
    request: { language: 'bash', code: ':(){ :|:& };:\nsleep 60', limits: { timeoutMs: 2_000 } },
    ends: { status: expect.stringMatching(/^(timeout|error)$/) as string },
  },
  {
    tries: 'a fork bomb that would outlive it',
    request: {
      language: 'python',
      code: 'import os\ntry:\n  while True:\n    if os.fork() == 0:\n      os.setsid()\nexcept OSError as e:\n  print(e.errno, flush=True)\n  os._exit(3)',
      limits: { timeoutMs: 5_000 },
    },
    ends: { status: expect.stringMatching(/^(timeout|error)$/) as string },
  },
  {
    tries: 'to fill the disk',
    request: { language: 'python', code: 'open("/workspace/f", "wb").write(b"x" * 100_000_000)' },
    ends: { status: 'error', error: { code: 'GUEST_ERROR', name: 'OSError' } },
  },
  {
    tries: 'to leave in the middle',
    request: { language: 'python', code: 'import os\nos._exit(0)\n"never"' },
    ends: { status: 'success', exitCode: 0, valueType: 'none' },
  },
  {
    tries: 'to leave in the middle of a handler',
    request: {
      language: 'python',
      mode: 'handler',
      code: 'import os\nprint("before", flush=True)\ndef handler(i, c): os._exit(0)',
    },
    ends: { status: 'error', error: { code: 'NO_ANSWER' } },
  },
  {
    tries: 'to kill everything, its keeper first',
    request: { language: 'bash', code: 'kill -9 1; kill -9 -1; sleep 0.2; exit 5' },
    ends: { status: 'error', exitCode: 5 },
  },
  {
    tries: 'to kill everything',
    request: { language: 'python', code: 'import os\ntry:\n  os.kill(-1, 9)\nexcept OSError: pass\n"alive"' },
    ends: { status: 'success', value: 'alive' },
  },
  {
    tries: 'to close its stdout and go on',
    request: { language: 'python', code: 'import os\nos.close(1)\nos.close(2)\n"quiet"' },
    ends: { status: 'success', value: 'quiet' },
  },
  {
    tries: 'to leave a daemon that holds the pipes',
    request: { language: 'bash', code: 'setsid sleep 600 & disown; exit 0' },
    ends: { status: 'success', exitCode: 0 },
  },
];

const prints: Readonly<Record<string, string>> = {
  javascript: 'console.log("before");\n',
  python: 'print("before", flush=True)\n',
  bash: 'echo before\n',
};

describe('hostile guests end with the right status, their output is kept, and the engine lives', () => {
  test.each(attacks)('$request.language: $tries', async ({ request, ends }) => {
    const code = request.mode === 'handler' ? request.code : `${prints[request.language]}${request.code}`;
    const timeoutMs = request.limits?.timeoutMs ?? 120_000;
    const limits = { ...request.limits, timeoutMs };
    const result = await engine.execute({ ...request, code, limits });
    expect(result, result.error?.message).toMatchObject(ends);
    expect(result.stdout.startsWith('before\n')).toBe(true);
    expect(await engine.execute({ language: request.language, code: prints[request.language] ?? '' })).toMatchObject({
      status: 'success',
      stdout: 'before\n',
    });
  });
});

/** Starts a call, and calls `act` once its guest has written output. */
async function whileRunning(
  on: Engine,
  request: ExecutionRequest,
  act: () => void | Promise<void>,
): Promise<ExecutionResult> {
  let acted = false;
  for await (const event of on.stream(request)) {
    if (event.type === 'stdout' && !acted) {
      acted = true;
      await act();
    }
    if (event.type === 'finished') return event.result;
  }
  throw new Error('the stream ended without a result');
}

describe('faults from outside end the call with a typed result', () => {
  test('a host process that is killed', async () => {
    await using own = createEngine({ docker: false });
    const before = hostsOf(process.pid);
    const lost = await whileRunning(own, { language: 'javascript', code: 'console.log("before"); for (;;);' }, () => {
      for (const pid of hostsOf(process.pid).filter((child) => !before.includes(child))) process.kill(pid, 'SIGKILL');
    });
    expect(lost).toMatchObject({
      status: 'internal_error',
      error: { code: 'CELL_LOST', ran: 'unknown' },
      stdout: 'before\n',
    });
    expect(lost.error?.message).toMatch(/SIGKILL/);
    expect(await own.execute({ language: 'javascript', code: '1' })).toMatchObject({ value: 1 });
  });

  test('a container that is removed', async () => {
    const code = 'import time\nprint("before", flush=True)\ntime.sleep(30)';
    const lost = await whileRunning(engine, { language: 'python', code, tenant: 'removed' }, () => {
      const filter = ['--filter', `label=hotcell.pid=${process.pid}`];
      const ids = execFileSync('docker', ['ps', '--quiet', ...filter])
        .toString()
        .split('\n')
        .filter(Boolean);
      // The engine removes those of earlier calls itself, perhaps at this moment.
      for (const id of ids) spawnSync('docker', ['rm', '--force', id]);
    });
    expect(lost).toMatchObject({
      status: 'internal_error',
      error: { code: 'CELL_LOST', ran: 'unknown' },
      stdout: 'before\n',
    });
    await sleep(100);
    expect(await engine.execute({ language: 'python', code: '1' })).toMatchObject({ value: 1 });
  });
});

/** Process ids of the host processes that a process has started. */
function hostsOf(pid: number): number[] {
  const listed = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', `${pid}`]).toString();
  return listed
    .split('\n')
    .filter((line) => line.includes('isolate/host/main'))
    .map((line) => Number.parseInt(line, 10));
}
