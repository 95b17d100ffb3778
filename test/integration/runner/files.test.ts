import { beforeAll, describe, expect, it } from 'vitest';
import {
  buildRunnerImages,
  type CellJob,
  type CellOutcome,
  type RunnerImages,
  runInCell,
} from '../../support/runner-driver.ts';

let images: RunnerImages;
beforeAll(async () => {
  images = await buildRunnerImages();
});

const run = (code: string, rest: Partial<CellJob> = {}): Promise<CellOutcome> =>
  runInCell(images, { language: 'bash', code, ...rest });
const names = ({ artifacts }: CellOutcome): string[] => Object.keys(artifacts).sort();

const long = `${'d'.repeat(120)}/${'e'.repeat(120)}/${'f'.repeat(60)}.txt`;
const accented = `${'é'.repeat(70)}/ü.txt`;

describe('files', () => {
  it.concurrent('go in and come back as they were', async () => {
    const files = {
      'a.txt': 'text',
      'empty.txt': '',
      'block.txt': 'x'.repeat(512),
      'sub/large.txt': 'y'.repeat(300_000),
      [long]: 'long',
      [accented]: 'accented',
    };
    const outcome = await run('find a.txt -printf "%u:%m\\n"; wc -c < sub/large.txt', { files, collect: ['**'] });
    expect(outcome.stdout).toBe('guest:644\n300000\n');
    expect(outcome.artifacts).toEqual(files);
    expect(outcome.verdict.droppedArtifacts).toBe(0);
  });

  it.concurrent('that do not fit are a fault, and nothing runs', async () => {
    const outcome = await run('echo ran', { files: { a: 'x'.repeat(3_000_000) }, limits: { diskMb: 1 } });
    expect(outcome.verdict).toMatchObject({ end: 'fault', value: 'none' });
    expect(outcome.verdict.error?.message).toMatch(/could not be placed under \/workspace: .*No space left/);
    expect(outcome.stdout).toBe('');
  });
});

describe('artifacts', () => {
  it.concurrent('are what the globs name', async () => {
    const make =
      'mkdir -p output/a/b c/d; touch output/1 output/a/2 output/a/b/.3 c/x.txt c/y.md c/d/x.txt top.txt z1 z2 z3 .tmp/t';
    const found = async (...collect: string[]): Promise<string[]> => names(await run(make, { collect }));
    expect(await found('output/**')).toEqual(['output/1', 'output/a/2', 'output/a/b/.3']);
    expect(await found('**/x.txt', 'z[12]')).toEqual(['c/d/x.txt', 'c/x.txt', 'z1', 'z2']);
    expect(await found('c/*', '?op.txt', 'nothing/**')).toEqual(['c/x.txt', 'c/y.md', 'top.txt']);
    expect(await found('output/**/b/*', 'z[!1]')).toEqual(['output/a/b/.3', 'z2', 'z3']);
    expect(await found()).toEqual([]);
  });

  it.concurrent('are regular files only, however they are named', async () => {
    const outcome = await run(
      `mkdir -p output/folder secret; cd output; echo ok > ok; ln ok hard
ln -s /etc/passwd link; ln -s /etc linked-folder; ln -s ../secret inside; echo s > ../secret/s; mkfifo fifo
ln -s /proc/1/environ environ; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
echo > $'new\\nline'; echo > $'bad\\xff'; echo > 'back\\slash'; echo > locked; chmod 0 locked
mkdir shut half; echo > shut/x; chmod 0 shut; echo > half/x; chmod 400 half; echo > $'separator\\u2028'; chmod 0 /workspace`,
    );
    expect(outcome.artifacts).toEqual({ 'output/hard': 'ok\n', 'output/ok': 'ok\n' });
    // link, linked-folder, inside, fifo, environ, socket, new line, bad UTF-8, backslash, locked, shut, half's x, separator
    expect(outcome.verdict.droppedArtifacts).toBe(13);
  });

  it.concurrent('are bounded in size each, in size together and in number', async () => {
    const large = await run(
      'mkdir output; cd output; truncate -s 1M fits; truncate -s 1048577 not; truncate -s 1T far',
      {
        limits: { fileMb: 1 },
      },
    );
    // One of 1 TiB cannot be made: it stays empty.
    expect(names(large)).toEqual(['output/far', 'output/fits']);
    expect([large.artifacts['output/far'], large.verdict.droppedArtifacts]).toEqual(['', 1]);
    const together = await run('mkdir output; cd output; for i in 1 2 3; do truncate -s 1M $i; done', {
      limits: { fileMb: 1, diskMb: 2 },
    });
    expect([names(together), together.verdict.droppedArtifacts]).toEqual([['output/1', 'output/2'], 1]);
    const many = await run('mkdir output; cd output; for i in {1..1200}; do : > $i; done');
    expect([names(many).length, many.verdict.droppedArtifacts]).toEqual([1_000, 200]);
  });

  it.concurrent('survive a hundred thousand files and a very deep tree', async () => {
    const { verdict, artifacts } = await runInCell(images, {
      language: 'python',
      code: `
import os
os.mkdir("output")
os.chdir("output")
made = 0
for folder in range(10):
    os.mkdir(f"f{folder}")
    for name in range(10_000):
        os.close(os.open(f"f{folder}/{name:05}", os.O_CREAT | os.O_WRONLY))
        made += 1
for depth in range(2_000):
    os.mkdir("deep")
    os.chdir("deep")
os.close(os.open("found", os.O_CREAT | os.O_WRONLY))
made`,
      limits: { memoryMb: 512 },
    });
    expect(verdict).toMatchObject({ end: 'completed', droppedArtifacts: 99_001 });
    expect(Object.keys(artifacts)).toHaveLength(1_000);
  });

  it.concurrent('come back after a timeout too', async () => {
    const outcome = await run('mkdir output; echo kept > output/x; sleep 60', { limits: { timeoutMs: 1_500 } });
    expect([outcome.verdict.end, outcome.artifacts]).toEqual(['wall', { 'output/x': 'kept\n' }]);
  });
});
