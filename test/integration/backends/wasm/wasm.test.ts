import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEngine, type Engine, type ExecutionRequest, type ExecutionResult } from 'hotcell';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const cacheFolder = await mkdtemp(join(tmpdir(), 'hotcell-wasm-'));
const nowhere = 'unix:///nowhere/docker.sock';
const engine: Engine = createEngine({
  isolate: false,
  docker: { address: nowhere },
  wasm: { cacheFolder },
  fallback: 'wasm',
});
// Loads Python for the first time. It rejects because there is no Docker engine.
beforeAll(() => expect(engine.prepare()).rejects.toThrow('nowhere'), 120_000);
afterAll(async () => {
  await engine.close();
  await rm(cacheFolder, { recursive: true, force: true });
});

const python = (code: string, more: Partial<ExecutionRequest> = {}): Promise<ExecutionResult> =>
  engine.execute({ language: 'python', code, ...more });
const bash = (code: string, more: Partial<ExecutionRequest> = {}): Promise<ExecutionResult> =>
  engine.execute({ language: 'bash', code, ...more });

describe('without a Docker engine', () => {
  test('Python and Bash run in WebAssembly, and the result says so', async () => {
    expect(await python('6 * 7')).toMatchObject({ status: 'success', value: 42, sandbox: { backend: 'wasm' } });
    expect(await readdir(cacheFolder)).toHaveLength(1);
    expect(await bash('echo "$((6 * 7))"')).toMatchObject({ stdout: '42\n', sandbox: { backend: 'wasm' } });
  });

  test('a request that wants a container does not get something else', async () => {
    expect(await python('1', { backend: 'docker' })).toMatchObject({
      status: 'unavailable',
      error: { code: 'BACKEND_UNAVAILABLE', ran: 'no' },
    });
  });
});

describe('Python', () => {
  test('each guest draws its own random numbers, though all start from one snapshot', async () => {
    const code = 'import random, os, uuid\n[random.random(), os.urandom(4).hex(), str(uuid.uuid4())]';
    const values = (await Promise.all([python(code), python(code)])).map(({ value }) => value as string[]);
    for (const index of [0, 1, 2]) expect(values[0]?.[index]).not.toBe(values[1]?.[index]);
  });

  test('asyncio works as in any program', async () => {
    const code = [
      'import asyncio, time',
      'async def wait(n):',
      '    await asyncio.sleep(0.02)',
      '    return n',
      'async def main():',
      '    return await asyncio.gather(*[wait(n) for n in range(5)])',
      'asyncio.run(main())',
    ].join('\n');
    expect(await python(code)).toMatchObject({ status: 'success', value: [0, 1, 2, 3, 4] });
    expect(await python('import asyncio\nawait asyncio.Future()')).toMatchObject({ error: { code: 'UNSETTLED' } });
  });

  test('sleeping uses no processor time', async () => {
    const { usage } = await python('import time\ntime.sleep(1)');
    expect(usage.wallMs).toBeGreaterThan(990);
    // On a slow machine the start of a program takes longer, and so does the whole run.
    expect(usage.cpuMs).toBeLessThan(usage.wallMs / 2);
  });

  test('modules of the job’s own files are found, also by the name of a loaded one', async () => {
    const files = { 'own.py': 'answer = 42', 'statistics.py': 'mine = True' };
    expect(await python('import own, statistics\n[own.answer, statistics.mine]', { files })).toMatchObject({
      value: [42, true],
    });
  });

  test('a wheel among the files can be imported from', async () => {
    const wheel = await python(
      'import zipfile\nwith zipfile.ZipFile("w.whl", "w") as z: z.writestr("wheeled/__init__.py", "answer = 42")',
      { collect: ['*.whl'] },
    );
    const files = { 'wheeled-1.0-py3-none-any.whl': wheel.artifacts[0]?.content ?? '' };
    expect(await python('import wheeled\nwheeled.answer', { files })).toMatchObject({ status: 'success', value: 42 });
  });

  test('a program that changes what the interpreter answers with breaks its own result only', async () => {
    const code =
      'import json, builtins\njson.dumps = None\nbuiltins.str = builtins.len = builtins.isinstance = None\n1';
    const result = await python(code);
    expect(['success', 'error']).toContain(result.status);
    expect(await python('2')).toMatchObject({ status: 'success', value: 2 });
  });

  test('the ways out of a process end it', async () => {
    expect(await python('import os\nprint("a", flush=True)\nos._exit(4)')).toMatchObject({
      exitCode: 4,
      stdout: 'a\n',
    });
    expect(await python('import sys\nsys.exit("why")')).toMatchObject({ exitCode: 1, stderr: 'why\n' });
  });

  test('what was printed is there also when the memory is not', async () => {
    const code = 'print("before")\nx = "x" * 1000\nwhile True: x += x';
    expect(await python(code, { limits: { memoryMb: 32 } })).toMatchObject({
      status: 'memory_limit',
      stdout: 'before\n',
    });
  });
});

describe('Bash', () => {
  test('output goes where the script sends it, substitutions, pipes and functions included', async () => {
    const code = [
      'f() { echo "in f"; }',
      'x=$(echo sub | tr a-z A-Z); echo "[$x] $(f)"',
      'echo one | while read -r line; do echo "<$line>"; done',
      'for i in 1 2; do echo "$i" | cat; done > kept.txt; cat kept.txt',
      'echo bad >&2; { echo both; } 2>&1; f',
      'for ((i = 0; i < 2; i++)); do echo "c$i"; done; until [ "$i" = 3 ]; do i=3; echo until; done',
      'case x in x) echo case;; esac; if true; then echo then; fi',
    ].join('\n');
    expect(await bash(code)).toMatchObject({
      stdout: '[SUB] in f\n<one>\n1\n2\nboth\nin f\nc0\nc1\nuntil\ncase\nthen\n',
      stderr: 'bad\n',
    });
  });

  test('a script that redirects itself is left as it is', async () => {
    expect(await bash('exec > kept.txt; echo kept; cat kept.txt >&2')).toMatchObject({ stdout: '', stderr: 'kept\n' });
  });
});

test('host processes can run in containers, in which no file is open for them', async () => {
  const contained = createEngine({ isolate: false, wasm: { placement: 'container' } });
  try {
    const result = await contained.execute({ language: 'python', backend: 'wasm', code: '6 * 7' });
    expect(result).toMatchObject({ value: 42, sandbox: { backend: 'wasm', image: expect.stringMatching(/^sha256:/) } });
  } finally {
    await contained.close();
  }
});

test.each([
  ['python', 'print("first")\ntools.go()\nprint("second")'],
  ['bash', 'echo first; tool go; echo second'],
] as const)('output of %s arrives while the program runs', async (language, code) => {
  const first = Promise.withResolvers<void>();
  // The program continues once its output has arrived.
  const tools = { go: { description: 'Waits for the first output.', input: z.any(), run: () => first.promise } };
  let heard = '';
  for await (const event of engine.stream({ language, code, tools })) {
    if (event.type === 'stdout') heard += event.text;
    if (heard.startsWith('first\n')) first.resolve();
  }
  expect(heard).toMatch(/^first\n(null\n)?second\n$/);
});

test('Bash shows files and reports progress, and gets the errors of its requests', async () => {
  const code = `mkdir sub; cd sub; echo '<p>' >a.HTML; hotcell display a.HTML; echo b | hotcell display - 'no type'; hotcell progress 2 all of it
hotcell display none; echo $?; hotcell progress much; echo $?; hotcell progress ''; echo $?; hotcell; echo $?; hotcell -h | head -1`;
  const progress: unknown[] = [];
  for await (const event of engine.stream({ language: 'bash', code })) {
    if (event.type === 'progress') progress.push([event.fraction, event.text]);
    if (event.type !== 'finished') continue;
    expect(event.result).toMatchObject({
      status: 'success',
      stdout: '1\n2\n2\n2\nusage: hotcell display FILE|- [MEDIATYPE]\n',
      displays: [
        { group: 1, mediaType: 'text/html', data: '<p>\n' },
        { group: 2, mediaType: 'text/plain', data: 'b\n' },
      ],
    });
    expect(event.result.stderr).toContain('hotcell display: ENOENT');
    expect(event.result.stderr).toContain("hotcell progress: 'much' is not a number from 0 to 1.\n");
  }
  expect(progress).toEqual([[1, 'all of it']]);
});

describe('stdin of Python', () => {
  /** Pieces, each after its pause in milliseconds. */
  async function* paused(...pieces: readonly (readonly [ms: number, piece: string | Uint8Array])[]) {
    for (const [ms, piece] of pieces) {
      await sleep(ms);
      yield piece;
    }
  }

  test('is read as it arrives, in bytes and in lines, to the last byte', async () => {
    const code = [
      'import sys',
      'first = sys.stdin.readline()',
      'tools.got()',
      'rest = sys.stdin.buffer.read()',
      '[first, len(rest), rest[-4:].hex(), sys.stdin.read()]',
    ].join('\n');
    const got = Promise.withResolvers<void>();
    const tools = { got: { description: 'Asks for the rest.', input: z.any(), run: () => got.resolve() } };
    const stdin = async function* (): AsyncGenerator<string | Uint8Array> {
      yield 'é1\n';
      await got.promise;
      yield 'x'.repeat(300_000);
      yield new Uint8Array([255, 0, 10, 128]);
    };
    expect((await python(code, { stdin: stdin(), tools })).value).toEqual(['é1\n', 300_004, 'ff000a80', '']);
  });

  test('keeps nobody waiting who does not read it, and waiting for it is no processor time', async () => {
    const never = paused([60_000, 'never']);
    expect(await python('6 * 7', { stdin: never })).toMatchObject({ status: 'success', value: 42 });
    const late = await python('input()', { stdin: paused([60_000, '']), limits: { timeoutMs: 2_000, cpuMs: 1_500 } });
    expect(late).toMatchObject({ status: 'timeout', error: { code: 'WALL_TIMEOUT' } });
    expect(await python('input()')).toMatchObject({ status: 'error', error: { name: 'EOFError' } });
  });

  test('and calls of tools do not stand in each other’s way', async () => {
    const code = '[input(), tools.echo(1), input(), tools.echo(2), input()]';
    const tools = { echo: { description: 'Answers its input.', input: z.any(), run: (given: unknown) => given } };
    const stdin = paused([10, 'a\nb\n'], [100, 'c\n']);
    expect((await python(code, { stdin, tools })).value).toEqual(['a', 1, 'b', 2, 'c']);
  });
});
