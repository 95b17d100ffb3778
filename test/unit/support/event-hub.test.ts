import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../src/contract/api/engine-events.ts';
import { EventHub } from '../../../src/support/event-hub.ts';
import { logEvents } from '../../../src/support/log-events.ts';
import type { Logger } from '../../../src/support/logger.ts';

const orphans = (count: number) => ({ type: 'orphans.removed', count }) as const;

describe('the events of an engine', () => {
  test('without listeners there is no `emit`, and no event is made', () => {
    const hub = new EventHub();
    let made = 0;
    const make = () => orphans(++made);
    hub.emit?.(make());
    const stop = hub.subscribe(() => undefined);
    hub.emit?.(make());
    stop();
    hub.emit?.(make());
    expect(made).toBe(1);
  });

  test('all listeners get all events, in order, with times, in a later turn', async () => {
    const hub = new EventHub();
    const heard: [string, EngineEvent][] = [];
    hub.subscribe((event) => heard.push(['a', event]));
    hub.subscribe((event) => heard.push(['b', event]));
    const before = performance.timeOrigin + performance.now();
    hub.emit?.(orphans(1));
    hub.emit?.(orphans(2));
    expect(heard).toEqual([]);
    await nextTurn();
    expect(heard.map(([who, event]) => [who, event.type === 'orphans.removed' && event.count])).toEqual([
      ['a', 1],
      ['b', 1],
      ['a', 2],
      ['b', 2],
    ]);
    const times = heard.map(([, { atMs }]) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(before - 1);
    expect(Object.isFrozen(heard[0]?.[1])).toBe(true);
  });

  test('a listener that unsubscribes gets all earlier events, and no later ones', async () => {
    const hub = new EventHub();
    const heard: EngineEvent[] = [];
    const stop = hub.subscribe((event) => heard.push(event));
    hub.subscribe(() => undefined);
    hub.emit?.(orphans(1));
    stop();
    hub.emit?.(orphans(2));
    stop();
    await nextTurn();
    expect(heard).toMatchObject([{ count: 1 }]);
  });

  test('a listener that unsubscribes during delivery gets nothing more', () => {
    const hub = new EventHub();
    const heard: EngineEvent[] = [];
    const stop = hub.subscribe((event) => {
      heard.push(event);
      stop();
    });
    hub.emit?.(orphans(1));
    hub.emit?.(orphans(2));
    hub.flush();
    expect(heard).toMatchObject([{ count: 1 }]);
    expect(hub.emit).toBeUndefined();
  });

  test('a listener that throws, rejects or emits does no harm', async () => {
    const hub = new EventHub();
    const heard: EngineEvent[] = [];
    hub.subscribe(() => {
      throw new Error('a listener');
    });
    hub.subscribe((() => Promise.reject(new Error('a listener'))) as () => never);
    hub.subscribe((event) => {
      if (event.type === 'orphans.removed' && event.count < 3) hub.emit?.(orphans(event.count + 1));
    });
    hub.subscribe((event) => heard.push(event));
    hub.emit?.(orphans(1));
    for (let turn = 0; turn < 4; turn += 1) await nextTurn();
    expect(heard).toMatchObject([{ count: 1 }, { count: 2 }, { count: 3 }]);
  });
});

test('the logger gets what an operator should know, and nothing about successful calls', () => {
  const hub = new EventHub();
  const lines: unknown[] = [];
  const write =
    (level: keyof Logger) =>
    (fields: Readonly<Record<string, unknown>>, message: string): void =>
      void lines.push([level, fields, message]);
  hub.subscribe(logEvents({ debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }));
  const error = new Error('broken');
  hub.emit?.({ type: 'call.queued', callId: 'c', tenant: 't', traceId: 'd', backend: 'isolate' });
  hub.emit?.(orphans(2));
  hub.emit?.({ type: 'backend.preparing', backend: 'wasm', detail: 'making a snapshot' });
  hub.emit?.({ type: 'host.ended', backend: 'isolate', hostId: 'h', reason: 'retired', jobs: 0 });
  hub.emit?.({ type: 'host.ended', backend: 'isolate', hostId: 'h', reason: 'killed', jobs: 1 });
  hub.emit?.({ type: 'engine.fault', callId: 'c', tenant: 't', message: 'a call failed inside hotcell', error });
  hub.flush();
  const host = { type: 'host.ended', backend: 'isolate', hostId: 'h' };
  expect(lines).toEqual([
    ['info', { type: 'orphans.removed', count: 2 }, 'removed containers that dead engines had left'],
    ['info', { type: 'backend.preparing', backend: 'wasm', detail: 'making a snapshot' }, 'making a snapshot'],
    ['debug', { ...host, reason: 'retired', jobs: 0 }, 'a host of cells has ended: retired'],
    ['warn', { ...host, reason: 'killed', jobs: 1 }, 'a host of cells has ended: killed'],
    [
      'error',
      { type: 'engine.fault', callId: 'c', tenant: 't', message: 'a call failed inside hotcell', error },
      'a call failed inside hotcell',
    ],
  ]);
});
