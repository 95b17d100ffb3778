import { describe, expect, test } from 'vitest';
import { whenAborted, whenCallerAborted } from '../../../src/support/when-aborted.ts';

type Follow = (signal: AbortSignal, react: () => void) => Disposable;

interface Watched extends Disposable {
  calls: number;
}

function watch(follow: Follow, signal: AbortSignal): Watched {
  const watched = { calls: 0, [Symbol.dispose]: (): void => following[Symbol.dispose]() };
  const following = follow(signal, () => {
    watched.calls += 1;
  });
  return watched;
}

describe.each<[of: string, follow: Follow]>([
  ["the engine's own", whenAborted],
  ['a caller', whenCallerAborted],
])('a signal of %s', (_of, follow) => {
  test('an abort is heard once', () => {
    const controller = new AbortController();
    using watched = watch(follow, controller.signal);
    expect(watched.calls).toBe(0);
    controller.abort();
    controller.signal.dispatchEvent(new Event('abort'));
    expect(watched.calls).toBe(1);
  });

  test('an abort that came before is heard at once', () => {
    using watched = watch(follow, AbortSignal.abort());
    expect(watched.calls).toBe(1);
  });

  test('after the disposal nothing is heard', () => {
    const controller = new AbortController();
    const watched = watch(follow, controller.signal);
    watched[Symbol.dispose]();
    watched[Symbol.dispose]();
    controller.abort();
    expect(watched.calls).toBe(0);
  });
});

test('without a signal nothing is heard', () => {
  using _ = whenAborted(undefined, () => expect.unreachable());
});

test('a listener of a caller that stops the event does not hide the abort', () => {
  const controller = new AbortController();
  controller.signal.addEventListener('abort', (event) => event.stopImmediatePropagation());
  using watched = watch(whenCallerAborted, controller.signal);
  let wasReached = false;
  controller.signal.addEventListener('abort', () => {
    wasReached = true;
  });
  controller.abort();
  expect([watched.calls, wasReached]).toEqual([1, false]);
});

test('members that a caller replaced are not used', () => {
  const controller = new AbortController();
  const refuse = (): never => {
    throw new Error('no');
  };
  Object.defineProperties(controller.signal, {
    aborted: { get: refuse },
    reason: { get: refuse },
    addEventListener: { value: refuse },
    removeEventListener: { value: refuse },
  });
  const left = watch(whenCallerAborted, controller.signal);
  left[Symbol.dispose]();
  using watched = watch(whenCallerAborted, controller.signal);
  controller.abort();
  expect([left.calls, watched.calls]).toEqual([0, 1]);
});
