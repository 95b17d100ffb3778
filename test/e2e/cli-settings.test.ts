import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const command = new URL('../../dist/cli/main.js', import.meta.url).pathname;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotcell-settings-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in an own folder with this `hotcell.json`, if any. */
async function hotcell(
  args: readonly string[],
  { env = {}, file, stdin = '' }: { env?: Record<string, string>; file?: string; stdin?: string } = {},
): Promise<Ended> {
  const cwd = await mkdtemp(join(folder, 'in-'));
  if (file !== undefined) await writeFile(join(cwd, 'hotcell.json'), file);
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const options = { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, timeout: 150_000 };
  const child = execFile(process.execPath, [command, ...args], options, (error, stdout, stderr) =>
    resolve({ exit: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
  );
  child.stdin?.on('error', () => undefined).end(stdin);
  return promise;
}

const run = ['run', '-l', 'javascript', '-c', '1'];
/** A setting under its one name, a value that is wrong, and what the refusal says of it. */
const wrong: readonly (readonly [name: string, value: string, says: RegExp])[] = [
  ['timeout', 'soon', /a duration with its unit, of at most 24 hours, such as 500ms, 5s or 2m/],
  ['timeout', '5', /a duration with its unit/],
  ['timeout', '0', /a duration with its unit, of at most 24 hours/],
  ['timeout', '25000m', /a duration with its unit, of at most 24 hours/],
  ['memory', '4m', /a size with its unit, of at least 8m, such as 256m, 64MiB or 1g/],
  ['disk', '0', /a size with its unit, of at least 1m, such as 64m, 64MiB or 1g/],
  ['backend', 'cloud', /isolate, docker, wasm/],
  ['image', 'ubuntu', /python-data/],
  ['tenant', '', /tenant/],
];

describe('a setting that is wrong', () => {
  test.each(wrong)('%s = %j ends with 2 from a flag, the environment and the file', async (name, value, says) => {
    const sources = [
      await hotcell([...run, `--${name}`, value]),
      await hotcell(run, { env: { [`HOTCELL_${name.toUpperCase()}`]: value } }),
      await hotcell(run, { file: JSON.stringify({ [name]: value }) }),
    ];
    for (const { exit, stdout, stderr } of sources) {
      expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
      expect(stderr).toMatch(says);
      expect(stderr.toLowerCase()).toContain(name);
    }
    expect(sources[2]?.stderr).toMatch(/^INVALID_OPTIONS Cannot use the configuration file hotcell\.json: /);
  });

  test.each([
    ['that is not JSON', '{ "timeout": ', /it is not JSON/],
    ['with an unknown name', '{ "timeot": "5s" }', /"timeot" is unknown; the nearest name is "timeout"/],
    ['that is a list', '[]', /must be an object of settings, but is a list/],
    ['with a wrong kind', '{ "allow": "a.example" }', /allow: must be a list of 0 to 256 texts/],
  ])('in a hotcell.json %s ends run, repl and doctor with 2', async (_, file, says) => {
    for (const args of [run, ['repl'], ['doctor']]) {
      const { exit, stdout, stderr } = await hotcell(args, { file });
      expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
      expect(stderr).toMatch(says);
      expect(stderr).toMatch(/^INVALID_OPTIONS .* Correct or remove it\.\n$/s);
    }
  });

  test('in a file that cannot be read ends with 2, and a file that need not be there is not missed', async () => {
    const missing = await hotcell(run, { env: { HOTCELL_CONFIG: 'missing.json' } });
    expect(missing).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/INVALID_OPTIONS .*missing\.json.*ENOENT/),
    });
    await mkdir(join(folder, 'is-a-folder'));
    const unreadable = await hotcell(run, { env: { HOTCELL_CONFIG: join(folder, 'is-a-folder') } });
    expect(unreadable).toMatchObject({ exit: 2, stderr: expect.stringContaining('EISDIR') });
    expect(await hotcell(run)).toMatchObject({ exit: 0, stdout: '1\n' });
  });
});

test('with --json, what is refused is JSON and nothing else', async () => {
  const cases: readonly (readonly [readonly string[], string | undefined, string])[] = [
    [[...run, '--timeout', 'soon'], undefined, '500ms, 5s or 2m'],
    [[...run, '--unsafe'], undefined, "unknown option '--unsafe'"],
    [run, '{ "disk": 0 }', 'disk: must be a size with its unit, of at least 1m'],
    [['doctor'], '{ "runtime": 7 }', 'runtime: must be the name of an OCI runtime'],
  ];
  for (const [args, file, says] of cases) {
    const { exit, stdout, stderr } = await hotcell([...args, '--json'], file === undefined ? {} : { file });
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: '' });
    const message = expect.stringContaining(says) as string;
    expect(JSON.parse(stdout)).toEqual({
      status: 'validation_error',
      error: { code: 'INVALID_OPTIONS', message, ran: 'no' },
    });
  }
  const language = await hotcell(['run', '-c', '1', '--json']);
  expect(JSON.parse(language.stdout)).toMatchObject({ error: { code: 'INVALID_REQUEST', ran: 'no' } });
  expect(language).toMatchObject({ exit: 2, stderr: '' });
});

test('lists of addresses come from the flag, the environment and the file', async () => {
  const code = 'Promise.all(["http://127.0.0.1:9/", "http://127.0.0.2:9/"].map((url) => fetch(url).catch(String)))';
  const reach = ['run', '-l', 'javascript', '-c', `await ${code}`, '--json'];
  const hosts = async (args: readonly string[], options = {}): Promise<unknown> => {
    const { stdout } = await hotcell(args, options);
    const { network } = JSON.parse(stdout) as { network?: { connections: { host: string; reason?: string }[] } };
    return network?.connections
      .filter(({ reason }) => reason?.includes('loopback'))
      .map(({ host }) => host)
      .sort();
  };
  const both = ['127.0.0.1', '127.0.0.2'];
  expect(await hosts([...reach, '--allow', '127.0.0.1:9', '--allow', '127.0.0.2:9'])).toEqual(both);
  expect(await hosts(reach, { env: { HOTCELL_ALLOW: '127.0.0.1:9, 127.0.0.2:9' } })).toEqual(both);
  const file = '{ "allow": ["127.0.0.1:9", "127.0.0.2:9"] }';
  expect(await hosts(reach, { file })).toEqual(both);
  expect(await hosts([...reach, '--allow', '127.0.0.2:9'], { file })).toEqual(['127.0.0.2']);
});

test('the runtime of containers is a setting, too', async () => {
  const python = ['run', '-l', 'python', '-c', '1', '--json'];
  for (const [args, options] of [
    [[...python, '--runtime', 'no-such-runtime'], {}],
    [python, { env: { HOTCELL_RUNTIME: 'no-such-runtime' } }],
    [python, { file: '{ "runtime": "no-such-runtime" }' }],
  ] as const) {
    const { stdout } = await hotcell(args, options);
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
    expect(error.message).toContain('no-such-runtime');
  }
});
