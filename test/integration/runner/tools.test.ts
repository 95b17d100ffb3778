import { beforeAll, expect, test } from 'vitest';
import { cellKinds, engineKinds } from '../../../src/cells/protocol/frame-codec.ts';
import { encodeToolResult, parseToolCall } from '../../../src/cells/protocol/tool-messages.ts';
import { buildRunnerImages, RunnerCell, type RunnerImages } from '../../support/runner-driver.ts';

let images: RunnerImages;
beforeAll(async () => {
  images = await buildRunnerImages();
});

const tools = [{ name: 'echo', description: 'Answers.\nMore of it.' }];
const answer = (call: number, json: string) => encodeToolResult(call, { isOk: true, json });

/** The nth call that a cell makes. */
async function callOf(cell: RunnerCell, nth: number) {
  const { payload } = await cell.waitFor(
    (frame) => frame.kind === cellKinds.toolCall && parseToolCall(frame.payload)?.call === nth,
  );
  return parseToolCall(payload);
}

test('calls are numbered from 1 and hold the guest’s own text', async () => {
  await using cell = new RunnerCell(images, 'python');
  await cell.sendJob({ language: 'python', code: 'tools.echo(a="é")\ntools.echo([1])', tools });
  expect(await callOf(cell, 1)).toEqual({ call: 1, name: 'echo', input: '{"a": "é"}' });
  await cell.send(engineKinds.toolResult, answer(1, '7'));
  expect(await callOf(cell, 2)).toEqual({ call: 2, name: 'echo', input: '[1]' });
  await cell.send(engineKinds.toolResult, answer(2, '{"b": [8]}'));
  expect(await cell.outcome()).toMatchObject({ verdict: { end: 'completed' }, value: '{"b": [8]}', crash: '' });
});

test('an answer to a call that nobody made is a broken protocol', async () => {
  await using cell = new RunnerCell(images, 'python');
  await cell.sendJob({ language: 'python', code: 'tools.echo(1)', tools });
  await callOf(cell, 1);
  await cell.send(engineKinds.toolResult, answer(2, '7'));
  await expect(cell.outcome()).rejects.toThrow(/exit code 70: [\s\S]*tool call 2, which the guest did not make/);
});

test('so is an answer in a job that has no tools', async () => {
  await using cell = new RunnerCell(images, 'bash');
  await cell.sendJob({ language: 'bash', code: 'echo up; sleep 10' });
  await cell.waitFor(({ kind }) => kind === cellKinds.stdout);
  await cell.send(engineKinds.toolResult, answer(1, '7'));
  await expect(cell.outcome()).rejects.toThrow(/exit code 70/);
});

test('an answer for a process that is gone is dropped, and comes to no other', async () => {
  await using cell = new RunnerCell(images, 'bash');
  const code = 'tool echo \'"first"\' & sleep 0.5; kill %1; wait; tool echo \'"second"\' >"$HOTCELL_VALUE"';
  await cell.sendJob({ language: 'bash', code, tools });
  await callOf(cell, 1);
  await callOf(cell, 2);
  await cell.send(engineKinds.toolResult, answer(1, '"for the first"'));
  await cell.send(engineKinds.toolResult, answer(2, '"for the second"'));
  expect(await cell.outcome()).toMatchObject({ value: '"for the second"', crash: '' });
});

test('at most 64 calls are under way, from however many processes', async () => {
  await using cell = new RunnerCell(images, 'python', { timeoutMs: 2_000 });
  const code = `
import socket, struct, time
held = []
for n in range(100):
    s = socket.socket(socket.AF_UNIX)
    s.connect("/run/tools/socket")
    s.sendall(struct.pack(">I", 6) + b"\\x04echo1")
    held.append(s)
print("asked")
time.sleep(60)`;
  await cell.sendJob({ language: 'python', code, tools });
  await callOf(cell, 64);
  await cell.send(engineKinds.toolResult, answer(1, '1'));
  await callOf(cell, 65);
  expect(await cell.outcome()).toMatchObject({ verdict: { end: 'wall' }, stdout: 'asked\n', crash: '' });
  await expect(callOf(cell, 66)).rejects.toThrow();
});

test('the command lists what there is', async () => {
  await using cell = new RunnerCell(images, 'bash');
  await cell.sendJob({ language: 'bash', code: 'tool --list', tools });
  expect(await cell.outcome()).toMatchObject({ stdout: 'echo\tAnswers.\n' });
});
