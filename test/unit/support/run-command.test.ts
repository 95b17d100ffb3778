import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { runCommand } from '../../../src/support/run-command.ts';

test('a program that ignores signals ends when nobody reads its output any more', async () => {
  const stdout = new PassThrough();
  const stop = new AbortController();
  const running = runCommand('sh', ['-c', 'trap "" TERM; exec yes'], {
    stdout,
    signal: stop.signal,
    timeoutMs: 60_000,
  });
  stdout.once('data', () => {
    stdout.destroy();
    stop.abort(new Error('the import failed'));
  });
  await expect(running).rejects.toThrow('the import failed');
});

test('the error of a failed program quotes its output', async () => {
  const running = runCommand('sh', ['-c', 'echo no such thing >&2; exit 3'], { timeoutMs: 60_000 });
  await expect(running).rejects.toThrow('Cannot run sh: it ended with code 3. Its last output: no such thing');
});
