import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

const command = new URL('../../dist/cli/main.js', import.meta.url).pathname;

/** Runs the command, and closes a pipe of it at once or after the first of its output; the other pipe is read until it ends. */
async function closing(
  which: 'stdout' | 'stderr',
  args: readonly string[],
  { stdin = '', atOnce = false } = {},
): Promise<{ readonly exit: number; readonly said: string }> {
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...process.env, NO_COLOR: '1' },
    timeout: 110_000,
  });
  const ended = once(child, 'exit') as Promise<[number]>;
  child.stdin.on('error', () => undefined).write(stdin);
  const other = text(which === 'stdout' ? child.stderr : child.stdout);
  if (atOnce) child[which].destroy();
  else child[which].once('data', () => child[which].destroy());
  const [exit] = await ended;
  child.stdin.destroy();
  return { exit, said: await other };
}

const flood = 'for i in range(10_000_000): print(i)';
const loud = 'import sys\nfor i in range(10_000_000): print(i, file=sys.stderr)';

test.each([
  ['run', 'stdout', ['run', '-l', 'python', '--timeout', '100s', '-c', flood], {}],
  ['run', 'stderr', ['run', '-l', 'python', '--timeout', '100s', '-c', loud], {}],
  ['run --json', 'stdout', ['run', '-l', 'javascript', '-c', '1', '--json'], { atOnce: true }],
  ['repl', 'stdout', ['repl', '-l', 'python', '--timeout', '100s'], { stdin: `${flood}\n\n"never"\n1\n` }],
  ['repl', 'stderr', ['repl', '-l', 'bash'], { stdin: 'while :; do echo x >&2; done\necho never\n' }],
  ['doctor', 'stdout', ['doctor'], { atOnce: true }],
  ['doctor --json', 'stdout', ['doctor', '--json'], { atOnce: true }],
  ['an unknown command', 'stderr', ['unknown'], { atOnce: true }],
  ['--help', 'stdout', ['--help'], { atOnce: true }],
] as const)(
  '%s ends quietly, and stops its guest, if nobody reads its %s any more',
  async (_, which, args, options) => {
    const { exit, said } = await closing(which, args, options);
    expect(said).toBe('');
    expect(exit).toBe(141);
  },
);
