import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';

const command = new URL('../../dist/cli/main.js', import.meta.url).pathname;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotcell-repl-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs `hotcell repl` with a pipe as stdin. `interruptAfter`: text on stdout after which it gets a SIGINT. */
async function repl(args: readonly string[], stdin: string, interruptAfter?: string, env: object = {}) {
  const child = spawn(process.execPath, [command, 'repl', ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', ...env },
    timeout: 60_000,
  });
  child.stdin.end(stdin);
  let seen = '';
  child.stdout.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    if (interruptAfter !== undefined && seen.includes(interruptAfter)) {
      interruptAfter = undefined;
      child.kill('SIGINT');
    }
  });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { exit: await exited, stdout, stderr };
}

test.each([
  ['python', 'x = 20\ndef f(n):\n    y = n + x\n\n    return y\nf(1)\nprint("a",\n      "b")\n{1}\n', '21\na b\n{1}\n'],
  ['bash', 'x=20\nif [ $x = 20 ]; then\n  echo yes\nfi\ncd /tmp\npwd -L\n', 'yes\n/tmp\n'],
  ['javascript', 'const x = {\n  n: 20,\n};\nx.n + 1\nconsole.log(`a\nb`)\nawait x\n', '21\na\nb\n{"n":20}\n'],
  ['typescript', 'interface Point {\n  x: number;\n}\nconst p: Point = { x: 1 };\np\n', '{"x":1}\n'],
] as const)('a session in %s on a pipe', async (language, stdin, stdout) => {
  expect(await repl(['-l', language], stdin)).toEqual({ exit: 0, stdout, stderr: '' });
});

test.each([
  ['python', 'x = 1\nif x:\n  x = 2\n  print("now")\n  while True: pass\nx\n', '2'],
  ['bash', 'x=1\nif [ $x = 1 ]; then\n  x=2\n  echo now\n  sleep 60\nfi\necho $x\n', '2'],
] as const)('a session in %s without Docker, which an interrupt does not end', async (language, stdin, last) => {
  const { exit, stdout, stderr } = await repl(['-l', language, '--backend', 'wasm'], stdin, 'now');
  expect({ exit, stdout }).toEqual({ exit: 0, stdout: `now\n${last}\n` });
  expect(stderr).toMatch(/CANCELLED The call was cancelled while its guest was running\. Its session continues\.\n$/);
});

test('if no Docker engine answers, it says what the user can do', async () => {
  const { exit, stderr } = await repl(['-l', 'python'], '1\n', undefined, {
    DOCKER_HOST: 'unix:///nowhere/docker.sock',
  });
  expect(exit).not.toBe(0);
  expect(stderr).toMatch(/^BACKEND_UNAVAILABLE .*\nWithout Docker, .*: add --backend wasm\.\n$/s);
});

test('files and displays are written, each call to its own folder', async () => {
  const out = join(folder, 'out');
  const lines =
    'import os; os.makedirs("output", exist_ok=True)\nopen("output/a.txt", "w").write("one")\ndisplay("<p>two</p>", media_type="text/html")\n';
  const { exit, stderr } = await repl(['-l', 'python', '--out', out], lines);
  expect({ exit, stderr }).toEqual({
    exit: 0,
    stderr: `${out}/2/output/a.txt (text/plain, 3 bytes)\n${out}/3/display-1.html (text/html, 10 bytes)\n`,
  });
  expect(await readFile(join(out, '2/output/a.txt'), 'utf8')).toBe('one');
  expect(await readFile(join(out, '3/display-1.html'), 'utf8')).toBe('<p>two</p>');
});

test('an interrupt stops the call and not the session', async () => {
  const lines = 'x = 1\nif x:\n  x = 2\n  print("now")\n  while True: pass\nx\n';
  const { exit, stdout, stderr } = await repl(['-l', 'python'], lines, 'now');
  expect({ exit, stdout }).toEqual({ exit: 0, stdout: 'now\n2\n' });
  expect(stderr).toMatch(
    /KeyboardInterrupt\nCANCELLED The call was cancelled while its guest was running\. Its session continues\.\n$/,
  );
});

test('a call that fails is reported, and the last call gives the command its exit code', async () => {
  const { exit, stdout, stderr } = await repl(['-l', 'bash'], 'echo begun\nexit 3\necho anew\nfalse\n');
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: 'begun\nanew\n' });
  expect(stderr).toBe(
    'NONZERO_EXIT The guest exited with code 3. The state of its session is lost.\n' +
      'The session has ended; the next line starts a new one.\n' +
      'NONZERO_EXIT The guest exited with code 1.\n',
  );
});

test.each([
  [
    'python',
    '@dataclass\nclass P:\n    x: int\n\n    y: int = 2\nP(1)\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    print("caught")\nfor i in range(2):\n    print(i)',
    'P(x=1, y=2)\ncaught\n0\n1\n',
  ],
  ['javascript', 'let b = 1;\nb +\n2\n[1, 2]\n  .map((n) => n * 2)\n  .join()\nif (!b) {\n}\nelse 4', '3\n"2,4"\n4\n'],
  ['typescript', 'type T =\n  | 1\n  | 2;\nconst x = [1 as\n  T];\nx\n  .at(0)', '1\n'],
  ['bash', 'f() {\n  cat <<END\n$1 (\nEND\n}\n[[ a =~ ^(a|b)$ ]] &&\n  f "$(echo "in"\n)"', 'in (\n'],
] as const)(
  'pieces of %s that are pasted run whole, also the last one without an end of its line',
  async (language, stdin, out) => {
    const first = language === 'python' ? 'from dataclasses import dataclass\n' : '';
    expect(await repl(['-l', language], `${first}${stdin}`)).toEqual({ exit: 0, stdout: out, stderr: '' });
  },
);

/** Types into `hotcell repl` at a terminal that `script` makes; what the terminal showed, without its control sequences. */
async function type(args: readonly string[], keys: readonly (string | RegExp)[]): Promise<string> {
  const line = [process.execPath, command, 'repl', ...args].join(' ');
  const env = { ...process.env, NO_COLOR: '1', TERM: 'xterm', XDG_STATE_HOME: folder };
  const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: folder, env, timeout: 60_000 });
  let shown = '';
  let heard = Promise.withResolvers<void>();
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    heard.resolve();
    heard = Promise.withResolvers();
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  for (const key of keys) {
    if (typeof key === 'string') child.stdin.write(key);
    else
      while (!key.test(shown)) await Promise.race([heard.promise, closed.then(() => Promise.reject(new Error(shown)))]);
  }
  await closed;
  return shown.replaceAll(/\u001b\[[\d;?]*[a-zA-Z]|\r/gu, '');
}

test('at a terminal, a paste of several statements runs whole, empty lines within blocks and all', async () => {
  const paste = 'def f():\n    a = 1\n\n    return a\nprint("f is", f())\nprint("last")';
  const shown = await type(
    ['-l', 'python'],
    [
      /python> /u,
      `\u001b[200~${paste}\u001b[201~`,
      '\r',
      /^last\r?$/mu,
      'for i in [7]:\r  print("i is", i)\r\r',
      /^i is 7\r?$/mu,
      '\u0004',
    ],
  );
  expect(shown).toMatch(/^f is 1$/mu);
  expect(shown).not.toContain('Error');
});

test('at a terminal, what is typed before the session is there runs too, up to the Ctrl-D behind it', async () => {
  const shown = await type(
    ['-l', 'javascript'],
    [/session; Ctrl-C|\[\?2004h/u, 'const x = 40 +\r2\rx\r[1]\r  .concat(2)\r\u0004'],
  );
  expect(shown).toMatch(/^42$/mu);
  expect(shown).toMatch(/^\[1,2\]$/mu);
});
