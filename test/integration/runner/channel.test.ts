import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { cellKinds, engineKinds } from '../../../src/cells/protocol/frame-codec.ts';
import {
  buildRunnerImages,
  type CellJob,
  type CellOutcome,
  RunnerCell,
  type RunnerImages,
  runInCell,
} from '../../support/runner-driver.ts';

let images: RunnerImages;
beforeAll(async () => {
  images = await buildRunnerImages();
});

/** Starts a cell with a job and passes the cell to `use` while it runs. */
async function withCell(job: CellJob, use: (cell: RunnerCell) => Promise<void>): Promise<CellOutcome> {
  await using cell = new RunnerCell(images, job.language, job.limits);
  await cell.sendJob(job);
  await use(cell);
  return await cell.outcome();
}

/** Number of processes in a cell, with its runner. */
async function countProcesses({ name }: RunnerCell): Promise<number> {
  const { stdout } = await promisify(execFile)('docker', ['top', name, '-eo', 'pid']);
  return stdout.trim().split('\n').length - 1;
}

const wrote = (cell: RunnerCell, text: string): Promise<unknown> => cell.waitFor(() => cell.stdout.includes(text));

describe('a cell', () => {
  it.concurrent('says ready, then waits', async () => {
    await using cell = new RunnerCell(images, 'python');
    expect(await cell.ready).toEqual({
      protocol: 1,
      language: 'python',
      python: expect.stringMatching(/^3\.\d+\.\d+$/),
    });
    await sleep(300);
    await cell.sendJob({ language: 'python', code: '1 + 1' });
    const { value } = await cell.outcome();
    expect(value).toBe('2');
  });

  it.concurrent('that waited runs its job with what a guest has, under exactly the limits of the job', async () => {
    await using cell = new RunnerCell(images, 'python', { openFiles: 50, diskMb: 8 });
    await cell.ready;
    await sleep(600);
    const code = `import os, resource
names = ('NOFILE', 'FSIZE', 'CORE')
[os.listdir('/proc/self/fd'), *(list(resource.getrlimit(getattr(resource, 'RLIMIT_' + name))) for name in names)]`;
    await cell.sendJob({ language: 'python', code });
    const { value } = await cell.outcome();
    // 0 to 3, and the descriptor that reads the folder: not the job's pipe, and no descriptor of the runner.
    const disk = 8 * 1_048_576;
    expect(JSON.parse(value ?? '')).toEqual([
      ['0', '1', '2', '3', '4'],
      [50, 50],
      [disk, disk],
      [0, 0],
    ]);
  });

  it.concurrent('refuses code of another language', async () => {
    await using cell = new RunnerCell(images, 'bash');
    await cell.sendJob({ language: 'python', code: '1' });
    expect((await cell.outcome()).verdict).toMatchObject({
      end: 'fault',
      error: { message: 'This cell runs bash, not python.' },
    });
  });

  it.concurrent('takes messages in any pieces, and messages longer than a frame', async () => {
    const code = `${'\n'.repeat(900_000)}len(inputs)`;
    const outcome = await runInCell(images, { language: 'python', code, inputs: 'é'.repeat(1_200_000) });
    expect(outcome.value).toBe('1200000');
  });

  it.concurrent('ends when the protocol is broken', async () => {
    await using cell = new RunnerCell(images, 'python');
    await cell.ready;
    await cell.send(99, 'what?');
    expect(await cell.exited).toBe(70);
    await expect(cell.outcome()).rejects.toThrow('A message of kind 99 is not allowed here.');
  });
});

describe('an engine that goes away', () => {
  const busy = { language: 'bash', code: 'trap "" TERM; echo up; (yes > /dev/null) & sleep 60' } as const;

  it.concurrent('takes the cell with it: waiting', async () => {
    await using cell = new RunnerCell(images, 'python');
    await cell.ready;
    cell.hangUp();
    expect(await cell.exited).toBe(0);
  });

  it.concurrent('takes the cell with it: running', async () => {
    await using cell = new RunnerCell(images, 'bash');
    await cell.sendJob(busy);
    await wrote(cell, 'up');
    cell.hangUp();
    expect(await cell.exited).toBe(0);
  });

  it.concurrent('takes the cell with it: flooded, and stdin full', async () => {
    await using cell = new RunnerCell(images, 'bash');
    await cell.sendJob({ language: 'bash', code: 'yes', stdin: 'open' });
    await cell.send(engineKinds.stdin, 'x'.repeat(200_000));
    await wrote(cell, 'y\n');
    cell.hangUp();
    expect(await cell.exited).toBe(0);
  });
});

describe('output', () => {
  it.concurrent('comes as it is written', async () => {
    const job: CellJob = { language: 'python', code: 'print("now", end="")\ninput()\nprint("then")', stdin: 'open' };
    const { stdout } = await withCell(job, async (cell) => {
      await wrote(cell, 'now');
      await cell.send(engineKinds.stdin, 'go\n');
    });
    expect(stdout).toBe('nowthen\n');
  });

  it.concurrent('is whole, in bulk, on both streams', async () => {
    const { stdout, stderr } = await runInCell(images, {
      language: 'bash',
      code: 'seq 1000000 & seq 1000000 >&2; wait',
    });
    const expected = Array.from({ length: 1_000_000 }, (_, index) => `${index + 1}\n`).join('');
    expect(stdout === expected).toBe(true);
    expect(stderr === expected).toBe(true);
  });

  it.concurrent('waits for an engine that does not read, while the limits hold', async () => {
    const job: CellJob = { language: 'bash', code: 'yes', limits: { timeoutMs: 1_500, memoryMb: 32 } };
    const { verdict, stdout } = await withCell(job, async (cell) => {
      await wrote(cell, 'y\n');
      cell.output.pause();
      // The guest ends while nobody reads: only the runner is left.
      await vi.waitUntil(async () => (await countProcesses(cell)) === 1, { timeout: 120_000 });
      cell.output.resume();
    });
    expect(verdict.end).toBe('wall');
    expect(verdict.usage.peakMemoryBytes).toBeLessThan(40_000_000);
    expect(stdout.length).toBeGreaterThan(100_000);
  });
});

describe('stdin', () => {
  it.concurrent('is passed on whole', async () => {
    const { stdout } = await runInCell(images, {
      language: 'bash',
      code: 'sleep 0.3; wc -c',
      stdin: 'x'.repeat(5_000_000),
    });
    expect(stdout).toBe('5000000\n');
  });

  it.concurrent("that nobody reads is in nobody's way", async () => {
    const stdin = 'x'.repeat(5_000_000);
    const [sleeping, closing, ending] = await Promise.all([
      runInCell(images, { language: 'bash', code: 'sleep 60', stdin, limits: { timeoutMs: 500 } }),
      runInCell(images, { language: 'bash', code: 'exec <&-; sleep 0.3; echo done', stdin }),
      runInCell(images, { language: 'python', code: '5', stdin }),
    ]);
    expect(sleeping.verdict.end).toBe('wall');
    expect([closing.stdout, closing.verdict.end]).toEqual(['done\n', 'completed']);
    expect(ending.value).toBe('5');
  });
});

describe('cancel', () => {
  it.concurrent.each([
    ['cancelled', 'cancelled'],
    ['output', 'output'],
    ['timeout', 'wall'],
  ] as const)('for the reason %s ends the job as %s, with what there is', async (reason, end) => {
    const code = 'echo kept > output/x; trap "" TERM INT HUP; echo up; while :; do :; done';
    const { verdict, stdout, artifacts } = await withCell({ language: 'bash', code }, async (cell) => {
      await wrote(cell, 'up');
      await cell.cancel(reason);
    });
    expect(verdict).toMatchObject({ end, value: 'none' });
    expect([stdout, artifacts]).toEqual(['up\n', { 'output/x': 'kept\n' }]);
  });

  it.concurrent('before the guest starts means that it never does', async () => {
    await using cell = new RunnerCell(images, 'python');
    await cell.ready;
    await cell.cancel('cancelled');
    await cell.sendJob({ language: 'python', code: 'print("ran")' });
    const { verdict, stdout } = await cell.outcome();
    expect([verdict.end, stdout, verdict.usage.wallMs]).toEqual(['cancelled', '', 0]);
  });

  it.concurrent('of a flood stops it', async () => {
    const { verdict } = await withCell({ language: 'python', code: 'while True: print("x" * 9999)' }, async (cell) => {
      await cell.waitFor(() => cell.stdout.length > 500_000);
      await cell.cancel('output');
    });
    expect(verdict.end).toBe('output');
  });
});

describe('artifacts', () => {
  const bigFiles = 'for i in 1 2 3; do head -c 2000000 /dev/zero > output/$i; done';

  it.concurrent('wait for an engine that takes no more than a window of them', async () => {
    await using cell = new RunnerCell(images, 'bash');
    cell.takesArtifacts = false;
    await cell.sendJob({ language: 'bash', code: bigFiles });
    await cell.waitFor(() => cell.artifactBytes >= 1_048_576);
    await sleep(300);
    expect(cell.artifactBytes).toBeLessThan(1_048_576 + 200_000);
    await cell.send(engineKinds.artifactsTaken, '1000000');
    await cell.waitFor(() => cell.artifactBytes >= 2_048_576);
    cell.takesArtifacts = true;
    await cell.send(engineKinds.artifactsTaken, '2000000');
    const { verdict, artifacts } = await cell.outcome();
    expect([verdict.end, Object.keys(artifacts)]).toEqual(['completed', ['output/1', 'output/2', 'output/3']]);
  });

  it.concurrent('end with a cancel while they wait, and the verdict still comes', async () => {
    await using cell = new RunnerCell(images, 'bash');
    cell.takesArtifacts = false;
    await cell.sendJob({ language: 'bash', code: bigFiles });
    await cell.waitFor(() => cell.artifactBytes >= 1_048_576);
    await cell.cancel('cancelled');
    const { payload } = await cell.waitFor(({ kind }) => kind === cellKinds.verdict);
    expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({ end: 'completed' });
  });
});

it('the frames of a job come in the order of the protocol', async () => {
  const cell = new RunnerCell(images, 'bash');
  await cell.sendJob({ language: 'bash', code: 'echo x | tee output/x; echo 1 > $HOTCELL_VALUE' });
  await cell.outcome();
  const artifacts = await cell.waitFor(({ kind }) => kind === cellKinds.artifacts);
  expect(artifacts.payload.length % 512).toBe(0);
});

it('a runner whose job never comes ends by itself, with its stdin still open', async () => {
  const impatient = `
import sys
sys.path.insert(0, "/opt/hotcell")
from runner.cell import Cell
from runner.serve import serve
Cell.abandoned_seconds = 0.5
serve("python")`;
  const sealed = ['--rm', '--interactive', '--network=none', '--tmpfs=/workspace:uid=20001,gid=20001', '--tmpfs=/run'];
  const command = ['--entrypoint=python3', images.python, '-I', '-S', '-B', '-c', impatient];
  const docker = spawn('docker', ['run', ...sealed, ...command], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [ready] = (await once(docker.stdout, 'data')) as [Buffer];
  expect(ready[8]).toBe(cellKinds.ready);
  expect(await once(docker, 'close')).toEqual([0, null]);
  docker.stdin.destroy();
});
