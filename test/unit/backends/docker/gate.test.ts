import { expect, test } from 'vitest';
import { Gate } from '../../../../src/backends/docker/gate.ts';

test('lets a bounded number in, in the order of arrival', async () => {
  const gate = new Gate(2);
  const order: number[] = [];
  let inside = 0;
  let most = 0;
  const visit = async (index: number): Promise<void> => {
    using _ = await gate.enter();
    order.push(index);
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 2));
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 9 }, (_, index) => visit(index)));
  expect({ order, most }).toEqual({ order: [0, 1, 2, 3, 4, 5, 6, 7, 8], most: 2 });
});

test('an aborted wait loses its place and takes none', async () => {
  const gate = new Gate(1);
  const first = await gate.enter();
  const abort = new AbortController();
  const reason = new Error('no longer wanted');
  const second = gate.enter(abort.signal);
  const third = gate.enter();
  abort.abort(reason);
  await expect(second).rejects.toBe(reason);
  first[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  (await gate.enter())[Symbol.dispose]();
  await expect(gate.enter(abort.signal)).rejects.toBe(reason);
});

test('a place is given back once', async () => {
  const gate = new Gate(1);
  const first = await gate.enter();
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await gate.enter();
  let entered = false;
  void gate.enter().then(() => {
    entered = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(entered).toBe(false);
});
