import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Deadline } from '../../../src/support/deadline.ts';

test('a deadline rejects with its own error and passes a late value to `late`', async () => {
  const late: string[] = [];
  using deadline = new Deadline(10, () => new Error('too slow'));
  await expect(deadline.race(sleep(40, 'cell'), (value) => late.push(value))).rejects.toThrow('too slow');
  await expect.poll(() => late).toEqual(['cell']);
});

test('a value in time is the outcome, and so is a failure', async () => {
  using deadline = new Deadline(1_000, () => new Error('too slow'));
  const lost = (): never => {
    throw new Error('nothing was late');
  };
  await expect(deadline.race(Promise.resolve(1), lost)).resolves.toBe(1);
  await expect(deadline.race(Promise.reject(new Error('own')), lost)).rejects.toThrow('own');
});

test('the signal of a caller passes through with its reason', async () => {
  const caller = new AbortController();
  using deadline = new Deadline(1_000, () => new Error('too slow'), caller.signal);
  const raced = deadline.race(sleep(500), () => undefined);
  caller.abort(new Error('enough'));
  await expect(raced).rejects.toThrow('enough');
});
