import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { drained } from '../../../../src/cells/protocol/drained.ts';

test.each(['drain', 'close', 'error'])('the wait for a stream ends with %s, and leaves no listener', async (event) => {
  const stream = new EventEmitter();
  const waiting = drained(stream);
  expect(stream.listenerCount(event)).toBe(1);
  stream.emit(event, new Error('broken'));
  await waiting;
  expect(stream.eventNames()).toEqual([]);
});
