import { beforeAll, describe, expect, it } from 'vitest';
import {
  buildRunnerImages,
  type CellJob,
  onGvisor,
  RunnerCell,
  type RunnerImages,
  runInCell,
} from '../../support/runner-driver.ts';

let images: RunnerImages;
beforeAll(async () => {
  images = await buildRunnerImages();
});

/** [what happens, the job, the verdict's part that says so, what stdout must be] */
type Case = [what: string, job: CellJob, verdict: Readonly<Record<string, unknown>>, stdout?: string];

const python = (code: string, rest: Partial<CellJob> = {}): CellJob => ({ language: 'python', code, ...rest });
const bash = (code: string, rest: Partial<CellJob> = {}): CellJob => ({ language: 'bash', code, ...rest });
const handler = { mode: 'handler' } as const;
const memory = { limits: { memoryMb: 48 } } as const;

const cases: readonly Case[] = [
  ['Python runs to its end', python('print("hi")'), { end: 'completed', value: 'none', exitCode: 0 }, 'hi\n'],
  ['Bash runs to its end', bash('echo hi'), { end: 'completed', value: 'none', exitCode: 0 }, 'hi\n'],
  [
    'Python throws',
    python('print("before")\n1 / 0'),
    { end: 'threw', exitCode: 1, error: { name: 'ZeroDivisionError', message: 'division by zero', line: 2 } },
    'before\n',
  ],
  ['Python does not parse', python('x = (\n1'), { end: 'threw', error: { name: 'SyntaxError', line: 1 } }],
  ['sys.exit(0) is an end like another', python('import sys\nsys.exit()'), { end: 'exited', exitCode: 0 }],
  ['sys.exit(7)', python('import sys\nprint(1)\nsys.exit(7)'), { end: 'exited', exitCode: 7 }, '1\n'],
  ['exit() with a text', python('exit("no way")'), { end: 'exited', exitCode: 1 }],
  ['sys.exit(-1)', python('import sys; sys.exit(-1)'), { end: 'exited', exitCode: 255 }],
  [
    'os._exit(0) in the middle keeps what was printed, newline or not',
    python('import os\nprint("part", end="")\nos._exit(0)\n42'),
    { end: 'exited', exitCode: 0, value: 'none' },
    'part',
  ],
  [
    'os._exit(0) in a handler',
    python('import os\ndef handler(i, c): os._exit(0)', handler),
    { end: 'no-answer', exitCode: 0 },
  ],
  ['a Python handler that is missing', python('x = 1', handler), { end: 'no-answer', exitCode: 1 }],
  ['a Bash handler that writes nothing', bash(':', handler), { end: 'no-answer', exitCode: 0 }],
  ['Bash exits', bash('echo a; exit 3'), { end: 'exited', exitCode: 3 }, 'a\n'],
  ['a command that is missing', bash('nosuchcommand'), { end: 'exited', exitCode: 127 }],
  [
    'a killed child of Bash stays an exit code',
    bash("bash -c 'kill -TERM $$'; exit $?"),
    { end: 'exited', exitCode: 143 },
  ],
  [
    'Python kills itself',
    python('import os\nprint("x")\nos.kill(os.getpid(), 9)'),
    { end: 'signalled', signal: 'SIGKILL' },
    'x\n',
  ],
  ['Bash kills itself', bash('kill -TERM $$'), { end: 'signalled', signal: 'SIGTERM' }],
  ['a segmentation fault', python('import ctypes\nctypes.string_at(0)'), { end: 'signalled', signal: 'SIGSEGV' }],
  [
    'SIGXCPU from the guest itself is no limit',
    python('import os, signal\nos.kill(os.getpid(), signal.SIGXCPU)'),
    { end: 'signalled', signal: 'SIGXCPU' },
  ],
  [
    'wall time, asleep',
    python('print("a", flush=True)\nimport time\ntime.sleep(60)', { limits: { timeoutMs: 300 } }),
    { end: 'wall' },
    'a\n',
  ],
  ['wall time, busy', bash('echo a; while :; do :; done', { limits: { timeoutMs: 300 } }), { end: 'wall' }, 'a\n'],
  ['wall time, stopped', bash('kill -STOP $$', { limits: { timeoutMs: 300 } }), { end: 'wall' }],
  ['processor time', python('print("a")\nwhile True: pass', { limits: { cpuMs: 300 } }), { end: 'cpu' }, 'a\n'],
  [
    'processor time of all processes together',
    bash('for i in 1 2 3 4; do (while :; do :; done) & done; wait', { limits: { cpuMs: 400 } }),
    { end: 'cpu' },
  ],
  [
    'processor time with SIGXCPU ignored',
    python('import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass', {
      limits: { cpuMs: 1000 },
    }),
    { end: 'cpu' },
  ],
  ['memory, killed', python('print("a")\nx = bytearray(10**9)', memory), { end: 'memory', signal: 'SIGKILL' }, 'a\n'],
  [
    'memory, refused',
    python('x = "x" * 10**14', memory),
    { end: 'memory', exitCode: 1, error: { name: 'MemoryError' } },
  ],
  [
    'memory of a child that the guest could not do without',
    bash('echo a; python3 -c "x = bytearray(10**9)" || exit 9', memory),
    { end: 'memory', exitCode: 9 },
    'a\n',
  ],
  [
    'memory of a child that the guest could do without',
    bash('python3 -c "x = bytearray(10**9)" || echo lost', memory),
    { end: 'completed', exitCode: 0 },
    'lost\n',
  ],
  [
    'memory of a child, and a fault of the guest that has nothing to do with it',
    python(
      `import ctypes, os
if os.fork() == 0: bytearray(10**9)
print(os.WTERMSIG(os.wait()[1]), flush=True)
ctypes.string_at(0)`,
      memory,
    ),
    { end: 'signalled', signal: 'SIGSEGV' },
    '9\n',
  ],
  ['a value that is too large', python('"x" * 2000', { limits: { valueKb: 1 } }), { end: 'value', value: 'none' }],
  ['a text of a value that is too large', python('{"x" * 2000}', { limits: { valueKb: 1 } }), { end: 'value' }],
  [
    'a value file that is too large',
    bash('head -c 2000 /dev/zero > $HOTCELL_VALUE', { limits: { valueKb: 1 } }),
    { end: 'value', value: 'none' },
  ],
  ['an answer that is too large', bash('seq 1000', { ...handler, limits: { valueKb: 1 } }), { end: 'value' }],
  ['an await that nothing can settle', python('import asyncio\nawait asyncio.Event().wait()'), { end: 'unsettled' }],
];

describe('the end of a job', () => {
  it.concurrent.for(cases)('%s', async ([what, job, verdict, stdout], { skip }) => {
    skip(onGvisor && what.startsWith('memory'), 'gVisor kills no single process, nor does it refuse: see below');
    const outcome = await runInCell(images, job);
    expect(outcome.verdict).toMatchObject(verdict);
    expect(outcome.crash).toBe('');
    expect(outcome.exitCode).toBe(0);
    if (stdout !== undefined) expect(outcome.stdout).toBe(stdout);
  });

  it('is reported if the container has its own kernel and only the runner watches memory', async ({ skip }) => {
    skip(!onGvisor, 'the kernel is shared, and counts what it kills');
    const before = 'mkdir -p output; echo kept > output/x; echo a; sleep 0.1';
    const jobs = [
      bash(`${before}; x=a; while :; do x+=$x; done`, memory),
      bash(`${before}; head -c 60M /dev/zero > y; tail -c 1 /dev/zero; echo no`, memory),
      bash(
        `${before}; for i in {1..20}; do python3 -c 'x = bytearray(10**7); import time; time.sleep(9)' & done; wait`,
        memory,
      ),
    ];
    for (const job of jobs) {
      const { verdict, stdout, artifacts } = await runInCell(images, job);
      expect([verdict.end, stdout, artifacts]).toEqual(['memory', 'a\n', { 'output/x': 'kept\n' }]);
    }
    const kill = python('x = bytearray(32 * 2**20)\nimport os\nos.kill(os.getpid(), 9)', memory);
    expect((await runInCell(images, kill)).verdict).toMatchObject({ end: 'signalled', signal: 'SIGKILL' });
  });

  it.for([
    ['has said nothing', undefined, 'wall'],
    ['says it too', 345, 'cpu'],
  ] as const)(
    'is not the processor time of a kernel that counts too much before the host %s',
    async ([, hostCpuMs, end], { skip }) => {
      skip(!onGvisor, 'the count of Linux is right');
      const limits = { cpuMs: 300, timeoutMs: 3_000 };
      await using cell = new RunnerCell(images, 'python', limits);
      cell.hostCpuMs = hostCpuMs;
      await cell.ready;
      await cell.sendJob(
        python('import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_DFL)\nwhile True: pass', { limits }),
      );
      const { verdict } = await cell.outcome();
      expect(verdict.end).toBe(end);
      if (hostCpuMs !== undefined) expect(verdict.usage.cpuMs).toBeLessThanOrEqual(hostCpuMs);
    },
  );

  it('counts time and memory', async () => {
    const { verdict } = await runInCell(images, {
      language: 'python',
      code: `
import time
data = bytearray(50_000_000)
end = time.process_time() + 0.2
while time.process_time() < end: pass
time.sleep(0.2)`,
    });
    expect(verdict.end).toBe('completed');
    expect(verdict.usage.wallMs).toBeGreaterThan(390);
    expect(verdict.usage.cpuMs).toBeGreaterThan(190);
    expect(verdict.usage.cpuMs).toBeLessThan(verdict.usage.wallMs);
    expect(verdict.usage.peakMemoryBytes).toBeGreaterThan(50_000_000);
    expect(verdict.usage.peakMemoryBytes).toBeLessThan(120_000_000);
  });
});
