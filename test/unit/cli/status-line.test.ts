import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { StatusLine } from '../../../src/cli/status-line.ts';

/** The output on a terminal, or in a pipe, of that many columns. */
function streamOf(isTTY: boolean, columns = 80): { readonly stream: NodeJS.WriteStream; readonly drawn: string[] } {
  const drawn: string[] = [];
  const sink = new Writable({
    write(chunk, _, done) {
      drawn.push(stripVTControlCharacters(String(chunk)));
      done();
    },
  });
  return { stream: Object.assign(sink, { isTTY, columns }) as never, drawn };
}

test('progress is a bar with its text, in one line of the terminal', async () => {
  const { stream, drawn } = streamOf(true, 46);
  using status = new StatusLine('running python', stream);
  status.progress = { fraction: 0.456, text: 'loading the table' };
  await expect.poll(() => drawn.at(-1)).toMatch(/^\r. ━{9}╌{11} {2}45 % loading/);
  expect(drawn.at(-1)?.length).toBeLessThanOrEqual(46);
  status.progress = { fraction: 1, text: '' };
  await expect.poll(() => drawn.at(-1)).toContain('━ 100 % runni');
});

test('a pipe gets no progress', async () => {
  const { stream, drawn } = streamOf(false);
  using status = new StatusLine('running python', stream);
  status.progress = { fraction: 0.5, text: 'loading' };
  await sleep(150);
  expect(drawn).toEqual([]);
});
