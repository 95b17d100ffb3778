import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Channel } from '../../../../src/cells/protocol/channel.ts';
import { encodeMessage } from '../../../../src/cells/protocol/frame-codec.ts';

function connect() {
  const input = new PassThrough();
  const closed: { violation: boolean; message: string }[] = [];
  const control: [number, string][] = [];
  const channel = new Channel(input, new PassThrough(), {
    control: (kind, payload) => control.push([kind, Buffer.from(payload).toString()]),
    closed: (reason) => closed.push(reason),
  });
  const say = (job: number, kind: number, text: string): void => {
    for (const chunk of encodeMessage(job, kind, Buffer.from(text))) input.write(chunk);
  };
  return { channel, input, closed, control, say };
}

function listenTo(port: ReturnType<Channel['open']>): string[] {
  const heard: string[] = [];
  port.listen({
    frame: (kind, payload) => heard.push(`${kind}:${Buffer.from(payload).toString()}`),
    ended: (end) => heard.push(`ended:${end.code}`),
  });
  return heard;
}

test('messages reach the port of their job, even those from before its listener', async () => {
  const { channel, control, say } = connect();
  const [first, second] = [channel.open(1_000), channel.open(1_000)];
  say(first.job, 18, 'early');
  say(0, 17, '{}');
  await setImmediate();
  const [heardFirst, heardSecond] = [listenTo(first), listenTo(second)];
  say(second.job, 19, 'other');
  await setImmediate();
  expect({ heardFirst, heardSecond, control }).toEqual({
    heardFirst: ['18:early'],
    heardSecond: ['19:other'],
    control: [[17, '{}']],
  });
});

test('messages before the listener are limited', async () => {
  const { channel, closed, say } = connect();
  const port = channel.open(1_000);
  say(port.job, 18, 'x'.repeat(600));
  await setImmediate();
  expect(closed).toEqual([]);
  say(port.job, 18, 'x'.repeat(600));
  await setImmediate();
  expect(closed).toEqual([{ violation: true, message: 'A cell sent too much data for a job that has not started.' }]);
});

test('a message for a job that was never opened closes the channel; one for a released job is dropped', async () => {
  const { channel, closed, say } = connect();
  const port = channel.open(1_000);
  port.release();
  say(port.job, 18, 'late');
  await setImmediate();
  expect(closed).toEqual([]);
  say(99, 18, 'forged');
  await setImmediate();
  expect(closed).toEqual([{ violation: true, message: 'A frame names job 99, which was never opened.' }]);
  expect(channel.closed).toBe(true);
});

test('a message longer than its bound, and one that is interrupted by another kind, are violations', async () => {
  const long = connect();
  long.channel.open(1_000_000);
  for (const chunk of encodeMessage(1, 23, Buffer.alloc(1_200_000))) long.input.write(chunk);
  await setImmediate();
  expect(long.closed).toMatchObject([{ violation: true }]);

  const mixed = connect();
  mixed.channel.open(10_000_000);
  mixed.input.write(encodeMessage(1, 23, Buffer.alloc(1_200_000))[0]);
  mixed.input.write(encodeMessage(1, 23, Buffer.alloc(1_200_000))[1]);
  mixed.say(1, 18, 'between');
  await setImmediate();
  expect(mixed.closed).toMatchObject([{ violation: true }]);
});

test('a stream that ends inside a frame is a violation, one that ends between two is only closed', async () => {
  const inside = connect();
  inside.input.end(Buffer.from([0, 0]));
  const between = connect();
  between.input.end();
  await setImmediate();
  await setImmediate();
  expect([inside.closed, between.closed]).toMatchObject([[{ violation: true }], [{ violation: false }]]);
});

test('any number of senders share one listener for a full stream', async () => {
  const output = new PassThrough({ highWaterMark: 1 });
  const channel = new Channel(new PassThrough(), output, { control: () => undefined, closed: () => undefined });
  const listeners = (): number[] => ['drain', 'close', 'error'].map((event) => output.listenerCount(event));
  const before = listeners();
  const sent = Promise.all(Array.from({ length: 50 }, () => channel.open(1_000).send(18, Buffer.from('more'))));
  expect(listeners()).toEqual(before.map((count) => count + 1));
  output.resume();
  await sent;
  expect(listeners()).toEqual(before);
});
