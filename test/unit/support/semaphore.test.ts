import { expect, test } from 'vitest';
import { Semaphore } from '../../../src/support/semaphore.ts';

test('lets a limited number in, in the order of arrival', async () => {
  const semaphore = new Semaphore(2);
  const order: number[] = [];
  let inside = 0;
  let most = 0;
  const visit = async (index: number): Promise<void> => {
    using _ = await semaphore.acquire();
    order.push(index);
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 2));
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 9 }, (_, index) => visit(index)));
  expect({ order, most }).toEqual({ order: [0, 1, 2, 3, 4, 5, 6, 7, 8], most: 2 });
});

test('an aborted wait gives up its place', async () => {
  const semaphore = new Semaphore(1);
  const first = await semaphore.acquire();
  const abort = new AbortController();
  const reason = new Error('no longer wanted');
  const second = semaphore.acquire(abort.signal);
  const third = semaphore.acquire();
  abort.abort(reason);
  await expect(second).rejects.toBe(reason);
  first[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  (await semaphore.acquire())[Symbol.dispose]();
  await expect(semaphore.acquire(abort.signal)).rejects.toBe(reason);
});

test('a place is given back once', async () => {
  const semaphore = new Semaphore(1);
  const first = await semaphore.acquire();
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await semaphore.acquire();
  let entered = false;
  void semaphore.acquire().then(() => {
    entered = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(entered).toBe(false);
});
