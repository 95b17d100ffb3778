import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { followProgress, ImageError } from '../../../../../src/backends/docker/daemon/progress.ts';

async function follow(...chunks: string[]): Promise<string[]> {
  const lines: string[] = [];
  await followProgress(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), (line) => lines.push(line));
  return lines;
}

test('reads builds and pulls, however the report is cut', async () => {
  const report =
    '{"stream":"Step 1/2 : FROM débian\\n"}\r\n{"stream":"\\n"}\n' +
    '{"status":"Downloading","id":"ab12","progress":"[=> ] 1MB"}\n{"status":"Done"}';
  const lines = ['Step 1/2 : FROM débian', 'ab12 Downloading [=> ] 1MB', 'Done'];
  expect(await follow(report)).toEqual(lines);
  const bytes = Buffer.from(report);
  const single = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
  const heard: string[] = [];
  await followProgress(Readable.from(single), (line) => heard.push(line));
  expect(heard).toEqual(lines);
});

test('an error in the report is an error', async () => {
  const report = follow('{"stream":"Step 1"}\n{"error":"no space left on device\\n"}\n');
  await expect(report).rejects.toEqual(new ImageError('no space left on device'));
});

test('no report, and an endless line, are errors', async () => {
  const silent = new Readable({ read() {} });
  await expect(followProgress(silent, () => {}, 20)).rejects.toThrow('it reported nothing for 20 ms');
  expect(silent.destroyed).toBe(true);
  await expect(follow('x'.repeat(1_048_577))).rejects.toThrow('a line of more than 1 MiB');
});
