import { expect, test } from 'vitest';
import { onBeforeExit } from '../../../../src/backends/docker/before-exit.ts';

test('all work has one listener, each is done until it is disposed, and the listener goes with the last', () => {
  const before = process.listenerCount('beforeExit');
  const done: string[] = [];
  const works = ['a', 'b', 'c'].map((name) => onBeforeExit(() => void done.push(name)));
  const added = (): number => process.listenerCount('beforeExit') - before;
  const emit = (): void => void process.listeners('beforeExit').at(-1)?.(0);
  expect(added()).toBe(1);
  emit();
  works[1]?.[Symbol.dispose]();
  emit();
  expect(done.join('')).toBe('abcac');
  for (const work of works) work[Symbol.dispose]();
  expect(added()).toBe(0);
  using again = onBeforeExit(() => void done.push('again'));
  expect([added(), typeof again]).toEqual([1, 'object']);
});
