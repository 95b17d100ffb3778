import fc from 'fast-check';
import { createEngine, HotcellError } from 'hotcell';
import { describe, expect, test } from 'vitest';

describe('createEngine', () => {
  test.each([
    [{ isolate: { slots: 0 } }, /isolate\.slots: must be a whole number from 1 to 65536, but is 0/],
    [{ queue: { queueTimeoutMs: 2 ** 31 } }, /queue\.queueTimeoutMs: must be a whole number from 1 to 2147483647/],
    [{ slots: 4 }, /"slots" is unknown/],
    [{ routes: { python: 'isolate' } }, /routes\.python is "isolate".*give docker or wasm\.$/],
    [{ fallback: 'wasm', wasm: false }, /fallback is "wasm", which is not a backend of this engine/],
  ])('refuses %j', (options, message) => {
    const refused = { code: 'INVALID_OPTIONS', ran: 'no', message: expect.stringMatching(message) as string };
    expect(() => createEngine(options as object)).toThrow(expect.objectContaining(refused));
  });

  test('gives an engine, or INVALID_OPTIONS, for any options', async () => {
    const number = fc.oneof(fc.integer({ min: -2, max: 4_096 }), fc.double(), fc.constant(undefined), fc.string());
    const group = (...names: string[]) =>
      fc.oneof(
        fc.constant(false),
        fc.constant(undefined),
        fc.anything(),
        fc.record(Object.fromEntries(names.map((name) => [name, number])), { requiredKeys: [] }),
      );
    const options = fc.record(
      {
        isolate: group('slots', 'hostProcesses', 'spareHosts', 'spareIsolates', 'idleMs', 'memoryBudgetMb'),
        wasm: group('slots', 'spareGuests', 'idleMs'),
        docker: group('slots', 'cpus', 'pool', 'tenant'),
        egress: group('ceilings', 'dnsServers'),
        sessions: group('perTenant', 'idleTimeoutMs'),
        queue: group('queueLimit', 'queueTimeoutMs'),
        closeGraceMs: number,
        routes: fc.oneof(fc.constant({ python: 'wasm' }), fc.anything()),
        fallback: fc.constantFrom('wasm', undefined, 'docker'),
      },
      { requiredKeys: [] },
    );
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(options, async (given) => {
        try {
          await using engine = createEngine(given as object);
          outcomes.add(typeof engine.execute);
        } catch (error) {
          expect(error).toBeInstanceOf(HotcellError);
          expect(error).toMatchObject({ code: 'INVALID_OPTIONS' });
          outcomes.add('refused');
        }
      }),
      { numRuns: 1_000 },
    );
    expect([...outcomes].sort()).toEqual(['function', 'refused']);
  });
});
