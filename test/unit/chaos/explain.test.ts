import { describe, expect, test } from 'vitest';
import { findUnexplained } from '../../chaos/explain.ts';
import type { Injected, Target } from '../../chaos/fault.ts';
import type { Outcome } from '../../chaos/load.ts';
import { outcomeOf } from './call.ts';

const container: Target = { kind: 'container', engine: 7, name: 'a' };
const host: Target = { kind: 'host', engine: 7 };
const daemon: Target = { kind: 'daemon' };
const engine: Target = { kind: 'engine', engine: 7 };

/** A fault in the middle of the call of {@link outcomeOf}, unless changed. */
const faultOn = (target: Target, { stops = false, fromMs = 100_500, toMs = 100_600 } = {}): Injected => ({
  fault: { name: 'fault', stops },
  target,
  fromMs,
  toMs,
});
const disturbed = (changes: Partial<Outcome> = {}): Outcome => outcomeOf({ worth: 'disturbed', ...changes });
const inIsolate = (changes: Partial<Outcome> = {}): Outcome => disturbed({ backend: 'isolate', ...changes });

describe('a fault excuses', () => {
  test.each([
    ['the call in its container', disturbed({ container: 'a' }), faultOn(container), true],
    ['no call in another container', disturbed({ container: 'b' }), faultOn(container, { stops: true }), false],
    ['no call that names none, where a container died', disturbed(), faultOn(container), false],
    [
      'a call that ran out of time where a container stood still',
      disturbed(),
      faultOn(container, { stops: true }),
      true,
    ],
    ['no call of another engine', disturbed({ container: 'a', engine: 8 }), faultOn(container), false],
    [
      'no call that was over',
      disturbed({ container: 'a' }),
      faultOn(container, { fromMs: 101_001, toMs: 102_000 }),
      false,
    ],
    ['no call that came later', disturbed({ container: 'a' }), faultOn(container, { fromMs: 0, toMs: 99_999 }), false],
    [
      'no queue, where a container stood still',
      disturbed({ code: 'QUEUE_TIMEOUT' }),
      faultOn(container, { stops: true }),
      false,
    ],
    ['a queue, where the daemon did', disturbed({ code: 'QUEUE_TIMEOUT' }), faultOn(daemon), true],
    ['any container, where the daemon died', disturbed({ container: 'b', engine: 8 }), faultOn(daemon), true],
    ['no isolate, where the daemon died', inIsolate(), faultOn(daemon), false],
    ['an isolate, where its host died', inIsolate(), faultOn(host), true],
    [
      'an isolate that came before that was noticed',
      inIsolate(),
      faultOn(host, { fromMs: 99_000, toMs: 99_100 }),
      true,
    ],
    ['no isolate that came later', inIsolate(), faultOn(host, { fromMs: 98_000, toMs: 98_999 }), false],
    ['no isolate of another engine', inIsolate({ engine: 8 }), faultOn(host), false],
    ['no container, where a host died', disturbed(), faultOn(host), false],
    ['all of an engine that stood still', disturbed({ worth: 'slowed' }), faultOn(engine, { stops: true }), true],
    ['nothing of another engine', disturbed({ engine: 8 }), faultOn(engine, { stops: true }), false],
    ['no lack of time, where something died', disturbed({ worth: 'slowed' }), faultOn(daemon), false],
  ])('%s', (_, outcome, fault, expected) => {
    expect(findUnexplained([outcome], [fault])).toEqual(expected ? [] : [outcome]);
  });
});

describe('a fault is used up', () => {
  test('on a container by one call, which is the one that names it', () => {
    const [slow, named] = [disturbed({ worth: 'slowed' }), disturbed({ container: 'a' })];
    expect(findUnexplained([slow, named], [faultOn(container, { stops: true })])).toEqual([slow]);
  });

  test('on a container by one call that names none', () => {
    const [first, second] = [disturbed({ worth: 'slowed' }), disturbed({ worth: 'slowed', toMs: 101_500 })];
    const fault = faultOn(container, { stops: true });
    expect(findUnexplained([second, first], [fault])).toEqual([second]);
    expect(findUnexplained([second, first], [fault, fault])).toEqual([]);
  });

  test('on a host process by the calls of one tenant', () => {
    const north = [inIsolate(), inIsolate()];
    const south = inIsolate({ tenant: 'south' });
    expect(findUnexplained([south, ...north], [faultOn(host)])).toEqual([south]);
  });

  test('last if a wider one excuses as well', () => {
    const [a, b] = [disturbed({ container: 'a' }), disturbed({ container: 'a', toMs: 100_200 })];
    const wide = faultOn(daemon, { fromMs: 100_900, toMs: 102_000 });
    expect(findUnexplained([a, b], [faultOn(container, { fromMs: 100_100 }), wide])).toEqual([]);
  });
});
