import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeResult, type ExecutionResult } from 'hotcell';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const command = new URL('../../dist/cli/main.js', import.meta.url).pathname;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotcell-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command like a user, in a separate folder. Stdin stays open unless it is given. */
function hotcell(
  args: readonly string[],
  options: { env?: Record<string, string>; stdin?: string } = {},
): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const env = { ...process.env, NO_COLOR: '1', ...options.env };
  const child = execFile(
    process.execPath,
    [command, ...args],
    { cwd: folder, env, timeout: 60_000 },
    (error, stdout, stderr) => {
      resolve({ exit: error ? Number(error.code ?? -1) : 0, stdout, stderr });
    },
  );
  if (options.stdin !== undefined) child.stdin?.end(options.stdin);
  return promise;
}

describe('hotcell run', () => {
  test('prints the output as it arrives, then the value; the end of the call goes to stderr', async () => {
    const { exit, stdout, stderr } = await hotcell([
      'run',
      '-l',
      'javascript',
      '-c',
      'console.log("hi"); ({ n: inputs.n + 1 })',
      '--inputs',
      '{"n":1}',
    ]);
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: 'hi\n{\n  "n": 2\n}\n' });
    expect(stderr).toMatch(/^✓ success .*isolate \(v8\)\n$/);
  });

  test('writes what was shown under --out, lists it, and gives its bytes in base64 with --json', async () => {
    const code =
      'display("<svg/>", "image/svg+xml"); display(new Uint8Array([1, 255])); hotcell.progress(0.5, "half"); 1';
    const args = ['run', '-l', 'javascript', '-c', code];
    const { exit, stdout, stderr } = await hotcell([...args, '--out', 'shown']);
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: '1\n' });
    expect(stderr).toMatch(/^✓ success/);
    expect(stderr).toContain('\n  shown/display-1.svg (image/svg+xml, 6 bytes)\n');
    expect(stderr).toContain('\n  shown/display-2.bin (application/octet-stream, 2 bytes)\n');
    expect(await readFile(join(folder, 'shown/display-1.svg'), 'utf8')).toBe('<svg/>');
    expect([...(await readFile(join(folder, 'shown/display-2.bin')))]).toEqual([1, 255]);
    expect(JSON.parse((await hotcell([...args, '--json'])).stdout)).toMatchObject({
      displays: [
        { group: 1, mediaType: 'image/svg+xml', data: '<svg/>' },
        { group: 2, mediaType: 'application/octet-stream', data: { base64: 'Af8=' } },
      ],
    });
  });

  test.each([
    ['sum.js', 'inputs.reduce((a, b) => a + b)'],
    ['sum.ts', 'const all: number[] = inputs;\nall.reduce((a, b) => a + b)'],
    ['sum.py', 'sum(inputs)'],
    ['sum.sh', 'jq add "$HOTCELL_INPUTS" > "$HOTCELL_VALUE"'],
  ])('the ending of %s says the language, and inputs come from a file', async (name, code) => {
    await writeFile(join(folder, name), code);
    await writeFile(join(folder, 'numbers.json'), '[1, 2, 39]');
    expect(await hotcell(['run', name, '--inputs', '@numbers.json'])).toMatchObject({ exit: 0, stdout: '42\n' });
  });

  test('--json prints one result and nothing else, artifacts included', async () => {
    const code = 'print("text"); import os; open("output/a.txt", "w").write("kept")';
    const { exit, stdout, stderr } = await hotcell(['run', '-l', 'python', '-c', code, '--json']);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    const wire = JSON.parse(stdout) as { artifacts: unknown };
    expect(wire.artifacts).toMatchObject([{ path: 'output/a.txt', content: { base64: 'a2VwdA==' } }]);
    const { artifacts, stdout: printed } = await decodeResult(wire);
    expect({ printed, kept: String(Buffer.from(artifacts[0]?.content ?? [])) }).toEqual({
      printed: 'text\n',
      kept: 'kept',
    });
  });

  test('files go in by --file and come out by --out, which never replaces a file', async () => {
    await writeFile(join(folder, 'in.txt'), 'abc');
    const run = ['run', '-l', 'bash', '-c', 'tr a-z A-Z < in.txt > output/up.txt', '--file', 'in.txt', '--out', 'out'];
    expect(await hotcell(run)).toMatchObject({ exit: 0 });
    expect(await readFile(join(folder, 'out/output/up.txt'), 'utf8')).toBe('ABC');
    expect(await hotcell(run)).toMatchObject({ exit: 2, stderr: expect.stringContaining('empty folder') as string });
  });

  test('a link in the place of output is followed nowhere, and it is said that it was left out', async () => {
    const code = 'mkdir elsewhere; echo x > elsewhere/a; rm -rf output; ln -s elsewhere output';
    const { exit, stderr } = await hotcell(['run', '-l', 'bash', '-c', code, '--no-stdin', '--out', 'linked']);
    expect(exit).toBe(0);
    expect(stderr).toContain('  1 file left out: too large or too many, a link, or a file or link where a folder');
  });

  test('a folder goes in by --file, under its name or in place of /workspace, and no link is followed', async () => {
    await mkdir(join(folder, 'data/deep/er'), { recursive: true });
    await writeFile(join(folder, 'data/top.txt'), 'top');
    await writeFile(join(folder, 'data/deep/er/low.txt'), 'low');
    const list = ['run', '-l', 'bash', '-c', 'find . -name "*.txt" | sort'];
    expect((await hotcell([...list, '--file', 'data'])).stdout).toBe('./data/deep/er/low.txt\n./data/top.txt\n');
    expect((await hotcell([...list, '--file', 'data=.'])).stdout).toBe('./deep/er/low.txt\n./top.txt\n');
    await symlink('/etc/passwd', join(folder, 'data/deep/link.txt'));
    const refused = await hotcell([...list, '--file', 'data']);
    expect(refused).toMatchObject({ exit: 2, stdout: '' });
    expect(refused.stderr).toContain('it contains deep/link.txt, a link or a special file');
  });

  test('a secret comes from the environment and is shown nowhere', async () => {
    const run = ['run', '-l', 'bash', '-c', 'echo "key: $TOKEN"', '--secret', 'TOKEN'];
    const { stdout, stderr } = await hotcell(run, { env: { TOKEN: 'tomato-soup-77' } });
    expect(stdout).toBe('key: [redacted:TOKEN]\n');
    expect(stderr).not.toContain('tomato');
    expect(await hotcell(run)).toMatchObject({ exit: 2, stderr: expect.stringContaining('TOKEN') as string });
  });

  test('stdin that is piped reaches the guest', async () => {
    expect(await hotcell(['run', '-l', 'bash', '-c', 'tr a-z A-Z'], { stdin: 'quiet\n' })).toMatchObject({
      stdout: 'QUIET\n',
    });
    expect(
      await hotcell(['run', '-l', 'javascript', '-c', 'context.stdin.length', '--stdin'], { stdin: 'four' }),
    ).toMatchObject({ stdout: '4\n' });
  });

  test('code that is piped runs', async () => {
    expect(await hotcell(['run', '-l', 'javascript'], { stdin: '6 * 7' })).toMatchObject({ exit: 0, stdout: '42\n' });
  });

  test('what the guest may reach is named; the value of a header comes from the environment and is shown nowhere', async () => {
    const code = "await fetch('http://127.0.0.1:9/').catch(({ message }) => message)";
    const run = ['run', '-l', 'javascript', '-c', code, '--allow', '127.0.0.1:9'];
    const inject = ['--inject', '127.0.0.1:9:X-Api-Key=TOKEN'];
    const { exit, stdout, stderr } = await hotcell([...run, ...inject], { env: { TOKEN: 'k-4711-not-for-guests' } });
    const refusal = '127.0.0.1 is a loopback address; guests reach public addresses only.';
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: `"${refusal}"\n` });
    expect(stderr).toContain(`  127.0.0.1:9 refused: ${refusal}\n`);
    expect(await hotcell([...run, ...inject])).toMatchObject({ exit: 2, stderr: expect.stringContaining('not set') });
    expect(await hotcell([...run, '--inject', 'X-Api-Key'])).toMatchObject({ exit: 2 });
  });

  test.each([
    ['a guest that throws', ['-l', 'javascript', '-c', 'throw new Error("no")'], 1, /GUEST_ERROR Error: no/],
    ['a guest that exits', ['-l', 'bash', '-c', 'exit 3'], 1, /NONZERO_EXIT/],
    ['a timeout', ['-l', 'javascript', '-c', 'for(;;);', '--timeout', '200ms'], 124, /WALL_TIMEOUT/],
    [
      'a memory limit',
      ['-l', 'javascript', '-c', 'const a=[];for(;;)a.push(new Array(1e5).fill(1))', '--memory', '32m'],
      137,
      /MEMORY_LIMIT/,
    ],
    ['an unknown language', ['-c', '1'], 2, /language is unknown/],
    ['a file that is not there', ['missing.py'], 2, /missing\.py/],
    ['inputs that are not JSON', ['-l', 'javascript', '-c', '1', '--inputs', '{'], 2, /--inputs is not JSON/],
    ['a bad duration', ['-l', 'javascript', '-c', '1', '--timeout', 'soon'], 2, /500ms, 5s or 2m/],
    ['a duration without a unit', ['-l', 'javascript', '-c', '1', '--timeout', '5'], 2, /500ms, 5s or 2m/],
    ['a size without a unit', ['-l', 'javascript', '-c', '1', '--memory', '64'], 2, /256m, 64MiB or 1g/],
    ['an option that does not exist', ['--unsafe'], 2, /unknown option/],
    ['a backend that cannot', ['-l', 'python', '-c', '1', '--backend', 'isolate'], 2, /does not run python/],
  ])('%s has its own exit code', async (_, args, exit, says) => {
    const ended = await hotcell(['run', ...args]);
    expect(ended.stderr).toMatch(says);
    expect(ended.exit).toBe(exit);
  });

  test('the environment and hotcell.json set options under the same names; the nearer one wins', async () => {
    await writeFile(join(folder, 'limits.json'), '{ "timeout": "3s", "memory": "64m" }');
    const run = ['run', '-l', 'javascript', '-c', '1', '--json'];
    const limits = async (env: Record<string, string>, ...more: string[]): Promise<unknown> =>
      (JSON.parse((await hotcell([...run, ...more], { env })).stdout) as ExecutionResult).limits;
    const config = { HOTCELL_CONFIG: 'limits.json' };
    expect(await limits(config)).toMatchObject({ timeoutMs: 3_000, memoryMb: 64 });
    expect(await limits({ ...config, HOTCELL_TIMEOUT: '2s' })).toMatchObject({ timeoutMs: 2_000, memoryMb: 64 });
    expect(await limits({ ...config, HOTCELL_TIMEOUT: '2s' }, '--timeout', '1s')).toMatchObject({ timeoutMs: 1_000 });
  });
});

test('a duration without a unit is refused in the environment and in hotcell.json as well', async () => {
  await writeFile(join(folder, 'bare.json'), '{ "timeout": 5 }');
  const run = ['run', '-l', 'javascript', '-c', '1'];
  for (const env of [{ HOTCELL_TIMEOUT: '5' }, { HOTCELL_CONFIG: 'bare.json' }]) {
    const { exit, stdout, stderr } = await hotcell(run, { env });
    expect({ stdout, isSaid: stderr.includes('500ms, 5s or 2m') }).toEqual({ stdout: '', isSaid: true });
    expect(exit).not.toBe(0);
  }
});

describe('hotcell doctor, setup and help', () => {
  test('doctor says what works, a line each, also as JSON', async () => {
    const { exit, stdout } = await hotcell(['doctor', '--json']);
    const checks = JSON.parse(stdout) as { name: string; verdict: string; detail: string; remedy?: string }[];
    expect(exit).toBe(0);
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'node',
        'isolated-vm',
        'docker engine',
        'cgroups',
        'image python',
        'image bash',
        'container runtimes',
        'leftover containers',
      ]),
    );
    expect(checks.filter(({ verdict, remedy }) => verdict !== 'ok' && remedy === undefined)).toEqual([]);
  });

  test('doctor fails with a remedy if no engine answers', async () => {
    const { exit, stdout } = await hotcell(['doctor'], { env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } });
    expect(exit).toBe(69);
    expect(stdout).toMatch(/fail {2}docker engine.*\n.*→ /);
  });

  test('setup can be repeated and says what is there', async () => {
    const { exit, stdout } = await hotcell(['setup']);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/✓ image python/);
  });

  test('help documents the exit codes of the error table', async () => {
    const { exit, stdout } = await hotcell(['--help']);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/124 {2}WALL_TIMEOUT, CPU_TIMEOUT/);
    expect((await hotcell(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
