import { execFile } from 'node:child_process';
import { type Check, createEngine } from 'hotcell';
import { expect, test } from 'vitest';

const command = new URL('../../dist/cli/main.js', import.meta.url).pathname;

function doctor(...args: readonly string[]): Promise<{ exit: number; stdout: string; stderr: string }> {
  const { promise, resolve } = Promise.withResolvers<{ exit: number; stdout: string; stderr: string }>();
  const options = { env: { ...process.env, NO_COLOR: '1' }, timeout: 60_000 };
  execFile(process.execPath, [command, 'doctor', ...args], options, (error, stdout, stderr) => {
    resolve({ exit: error ? Number(error.code ?? -1) : 0, stdout, stderr });
  });
  return promise;
}

const fails = (checks: readonly Check[]): string[] =>
  checks.filter(({ verdict }) => verdict === 'fail').map(({ name, detail }) => `${name} | ${detail}`);

test('doctor --self-test attacks this machine in every language, and all of it holds', async () => {
  const { exit, stdout, stderr } = await doctor('--attest', '--json');
  const checks = JSON.parse(stdout) as Check[];
  expect({ exit, stderr, fails: fails(checks) }).toEqual({ exit: 0, stderr: '', fails: [] });
  const attacks = checks.filter(({ name }) => /^(javascript|python|bash): /.test(name));
  expect(attacks.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  expect(
    Object.entries(Object.groupBy(attacks, ({ name }) => name.replace(/:.*/, ''))).map(([of, all]) => [
      of,
      all?.length,
    ]),
  ).toEqual([
    ['javascript', 10],
    ['python', 13],
    ['bash', 7],
  ]);
  expect(checks.slice(-2).map(({ name }) => name)).toEqual(['the neighbour', 'the host canary']);
});

test('what does not hold is a line that fails', async () => {
  await using engine = createEngine({
    isolate: false,
    docker: { seccompProfile: '{"defaultAction":"SCMP_ACT_ALLOW"}' },
  });
  const heard: string[] = [];
  const checks = await engine.selfTest(({ name }) => heard.push(name));
  expect(fails(checks)).toContainEqual(expect.stringMatching(/^python: kernel surface \| NOT HELD: .*keyctl/));
  expect(fails(checks).filter((line) => !/^(python: kernel surface|bash: rights and mounts) /.test(line))).toEqual([]);
  expect(checks.find(({ name }) => name === 'javascript: realm escape')?.verdict).toBe('warn');
  expect(heard.toSorted()).toEqual(checks.map(({ name }) => name).sort());
});

test('doctor --self-test ends with 69 where an attack gets through or a backend is missing', async () => {
  const { exit, stdout } = await doctor('--self-test', '--runtime', 'no-such-runtime');
  expect(exit).toBe(69);
  expect(stdout).toMatch(/^fail {2}container runtimes .*"no-such-runtime"/m);
  expect(stdout).toMatch(/^warn {2}python: network .*could not run/m);
  expect(stdout).toMatch(/^ok {4}javascript: realm escape/m);
});
