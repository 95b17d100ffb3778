import { Duplex, PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { converse } from '../../../../src/cells/conversation/conversation.ts';
import {
  type NetworkHandler,
  NetworkRelay,
  type NetworkResponse,
} from '../../../../src/cells/conversation/network-relay.ts';
import { cellKinds } from '../../../../src/cells/protocol/frame-codec.ts';
import {
  encodeCredit,
  encodeNetwork,
  openingMaxBytes,
  parseCredit,
  parseNetwork,
  parseRequestHead,
  networkVerbs as verbs,
  windowBytes,
} from '../../../../src/cells/protocol/network-messages.ts';
import { engineKinds, type FarEnd, jobOf, openScriptedCell, verdictOf } from '../../../support/scripted-cell.ts';

const ignore = (): undefined => undefined;
const sinks = { stdout: ignore, stderr: ignore, display: ignore, progress: ignore, artifacts: ignore };
const request = {
  method: 'GET',
  url: 'http://a.example/',
  headers: [['X', 'y'] as const],
  hasBody: false,
  redirects: 0,
};
const answer = (body: Readable): NetworkResponse => ({
  ...{ status: 200, url: 'http://a.example/', isRedirected: false, headers: [['A', 'b']], body },
});

/** A line to a cell that the test plays, with the engine's messages: connection, verb, rest. */
function openLine(handler: Partial<NetworkHandler>) {
  const said: [connection: number, verb: number, rest: Buffer][] = [];
  const cell = {
    async send(_kind: number, payload: Uint8Array) {
      const message = parseNetwork(payload);
      if (message) said.push([message.connection, message.verb, Buffer.from(message.rest)]);
    },
  };
  const line = new NetworkRelay(cell as never, { connect: never, forward: never, ...handler });
  const count = (connection: number): number =>
    said
      .filter(([each, verb]) => each === connection && verb === verbs.data)
      .reduce((sum, [, , rest]) => sum + rest.length, 0);
  return { line, said, count };
}
const never = (): Promise<never> => new Promise(() => undefined);
/** A stream that echoes, and stops reading while `isStuck`. */
const echo = (): Duplex => new PassThrough({ highWaterMark: 65_536 });
const settled = async (): Promise<void> => {
  for (let turns = 0; turns < 20; turns += 1) await turn();
};
const connect = (number: number, target = 'a.example:443') => encodeNetwork(number, verbs.connect, target);
const data = (number: number, bytes: number) => encodeNetwork(number, verbs.data, Buffer.alloc(bytes, number));

test('a message survives encoding, and a malformed head is refused', () => {
  fc.assert(
    fc.property(fc.nat(0xffff_ffff), fc.nat(255), fc.uint8Array(), (connection, verb, rest) => {
      expect(parseNetwork(encodeNetwork(connection, verb, rest))).toEqual({
        connection,
        verb,
        rest: Buffer.from(rest),
      });
    }),
  );
  expect(parseRequestHead(JSON.stringify(request))).toEqual(request);
  for (const text of ['', '{}', 'null', JSON.stringify({ ...request, redirects: 21 }), '{"headers":[["a"]]}']) {
    expect(parseRequestHead(text)).toBeUndefined();
  }
});

describe('a connection', () => {
  test('carries bytes both ways, and each side ends its own', async () => {
    const asked: unknown[] = [];
    const { line, said } = openLine({
      connect: async (...wish) => {
        asked.push(wish.slice(0, 2));
        return echo();
      },
    });
    expect(line.take(connect(1, '[::1]:443'))).toBeUndefined();
    await settled();
    line.take(encodeNetwork(1, verbs.data, 'hello'));
    line.take(encodeNetwork(1, verbs.end));
    await settled();
    expect(asked).toEqual([['[::1]', 443]]);
    expect(said.map(([, verb, rest]) => [verb, rest.toString()])).toEqual([
      [verbs.opened, ''],
      [verbs.data, 'hello'],
      [verbs.end, ''],
    ]);
    // The connection is over; later messages for it are ignored.
    expect(line.take(data(1, 5))).toBeUndefined();
  });

  test('a request gets its body, and its answer ends it', async () => {
    let heard = '';
    const { line, said } = openLine({
      forward: async ({ body, ...head }, _, redirects) => {
        expect([head, redirects]).toEqual([{ method: 'POST', url: request.url, headers: request.headers }, 3]);
        for await (const chunk of body ?? []) heard += chunk;
        return answer(Readable.from([Buffer.from('done')]));
      },
    });
    const head = { ...request, method: 'POST', hasBody: true, redirects: 3 };
    line.take(encodeNetwork(1, verbs.request, JSON.stringify(head)));
    line.take(encodeNetwork(1, verbs.data, 'abc'));
    line.take(encodeNetwork(1, verbs.end));
    await settled();
    expect(heard).toBe('abc');
    expect(said.map(([, verb, rest]) => [verb, rest.toString()])).toEqual([
      [verbs.opened, '{"status":200,"url":"http://a.example/","isRedirected":false,"headers":[["A","b"]]}'],
      [verbs.data, 'done'],
      [verbs.end, ''],
    ]);
  });

  test('that fails is reset with its reason', async () => {
    const { line, said } = openLine({
      connect: () => Promise.reject(Object.assign(new Error('Not there.'), { outcome: 'refused' })),
      forward: async () =>
        answer(
          Readable.from(
            (function* () {
              yield Buffer.from('half');
              throw new Error('Cut off.');
            })(),
          ),
        ),
    });
    line.take(connect(1));
    line.take(encodeNetwork(2, verbs.request, JSON.stringify(request)));
    await settled();
    const resets = said.filter(([, verb]) => verb === verbs.reset).map(([number, , rest]) => [number, `${rest}`]);
    expect(resets).toEqual([
      [1, '{"outcome":"refused","message":"Not there."}'],
      [2, '{"outcome":"failed","message":"Cut off."}'],
    ]);
  });

  test('whose guest does not read gets only its window, and blocks nothing else', async () => {
    const endless = (): Readable => Readable.from(forever());
    const { line, count } = openLine({ forward: async () => answer(endless()) });
    for (const number of [1, 2]) line.take(encodeNetwork(number, verbs.request, JSON.stringify(request)));
    await settled();
    expect([count(1), count(2)]).toEqual([windowBytes, windowBytes]);
    line.take(encodeCredit(2, 100_000));
    await settled();
    expect([count(1), count(2)]).toEqual([windowBytes, windowBytes + 100_000]);
    line.close();
  });

  test('whose server does not read gives credit only for bytes that were read', async () => {
    const reader = new PassThrough({ highWaterMark: 1 });
    const stream = Duplex.from({ readable: new PassThrough(), writable: reader });
    const { line, said } = openLine({ connect: async () => stream });
    line.take(connect(1));
    await settled();
    for (let sent = 0; sent < windowBytes; sent += 65_536) expect(line.take(data(1, 65_536))).toBeUndefined();
    await settled();
    const credit = (): number =>
      said.filter(([, verb]) => verb === verbs.credit).reduce((sum, [, , rest]) => sum + parseCredit(rest), 0);
    expect(credit()).toBeLessThan(windowBytes);
    for (let read = 0; read < windowBytes; ) {
      read += (reader.read() as Buffer | null)?.length ?? 0;
      await turn();
    }
    await settled();
    expect(credit()).toBe(windowBytes);
    line.close();
  });

  test.each(['reset by its guest', 'of a job that is over'])('%s is cut at once', async (how) => {
    let signal: AbortSignal | undefined;
    const { line, said } = openLine({
      connect: (_host, _port, over) => {
        signal = over;
        return never();
      },
    });
    line.take(connect(1));
    if (how.startsWith('reset')) line.take(encodeNetwork(1, verbs.reset));
    else line.close();
    await settled();
    expect([signal?.aborted, said]).toEqual([true, []]);
  });

  test('carries all bytes, however they are cut and credited', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(100_000), { maxLength: 12 }),
        fc.array(fc.nat(70_000)),
        async (sizes, credits) => {
          const chunks = sizes.map((size, index) => Buffer.alloc(size, index));
          const { line, said, count } = openLine({ forward: async () => answer(Readable.from(chunks)) });
          line.take(encodeNetwork(1, verbs.request, JSON.stringify(request)));
          const total = sizes.reduce((sum, size) => sum + size, 0);
          let given = windowBytes;
          await settled();
          for (const credit of [...credits, ...Array<number>(40).fill(65_536)]) {
            const owed = Math.min(credit, windowBytes - (given - count(1)));
            expect(count(1)).toBeLessThanOrEqual(given);
            if (owed < 1 || said.at(-1)?.[1] === verbs.end) continue;
            expect(line.take(encodeCredit(1, owed))).toBeUndefined();
            given += owed;
            await settled();
          }
          const came = Buffer.concat(said.filter(([, verb]) => verb === verbs.data).map(([, , rest]) => rest));
          expect(came.length).toBe(total);
          expect(came.equals(Buffer.concat(chunks))).toBe(true);
          expect(said.at(-1)?.[1]).toBe(verbs.end);
        },
      ),
      { numRuns: 25 },
    );
  });
});

function* forever(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(50_000, 'x');
}

const openedTunnel: Partial<NetworkHandler> = { connect: async () => echo() };
const stuckTunnel: Partial<NetworkHandler> = {
  connect: async () => Duplex.from({ readable: new PassThrough(), writable: new PassThrough({ highWaterMark: 1 }) }),
};
const withBody = JSON.stringify({ ...request, hasBody: true });
test.each<[string, Partial<NetworkHandler>, readonly Uint8Array[]]>([
  ['no message', {}, [Buffer.from('abcd')]],
  ['a number twice', {}, [connect(1), connect(1)]],
  ['a number out of turn', {}, [connect(2), connect(1)]],
  ['number 0', {}, [connect(0)]],
  ['bytes of a connection that nobody opened', {}, [connect(1), data(2, 1)]],
  ['bytes before it is open', {}, [connect(1), data(1, 1)]],
  ['bytes for a request without a body', {}, [encodeNetwork(1, verbs.request, JSON.stringify(request)), data(1, 1)]],
  ['bytes after the end', stuckTunnel, [connect(1), encodeNetwork(1, verbs.end), data(1, 1)]],
  ['two ends', stuckTunnel, [connect(1), encodeNetwork(1, verbs.end), encodeNetwork(1, verbs.end)]],
  ['more than the window', stuckTunnel, [connect(1), data(1, windowBytes), data(1, 70_000)]],
  ['too much credit', {}, [connect(1), encodeCredit(1, 1)]],
  ['no credit', {}, [connect(1), encodeNetwork(1, verbs.credit, 'abc')]],
  ['credit of 0', openedTunnel, [connect(1), encodeCredit(1, 0)]],
  ['too much credit for stdin', {}, [encodeCredit(0, 1)]],
  ['bytes for stdin', {}, [data(0, 1)]],
  ['an unknown verb', {}, [connect(1), encodeNetwork(1, 9)]],
  ['a word of the engine’s', {}, [connect(1), encodeNetwork(1, verbs.opened)]],
  ['a request that is none', {}, [encodeNetwork(1, verbs.request, '{"method":1}')]],
  ['a request that is too long', {}, [encodeNetwork(1, verbs.request, withBody.padEnd(openingMaxBytes + 1))]],
  ['65 connections', {}, Array.from({ length: 65 }, (_, index) => connect(index + 1))],
])('what the protocol does not have costs the cell its life: %s', async (_, handler, messages) => {
  const speak = async ({ say }: FarEnd): Promise<void> => {
    for (const message of messages) {
      say(cellKinds.network, message);
      await settled();
    }
    await sleep(10);
    say(cellKinds.verdict, verdictOf());
  };
  const far = openScriptedCell((kind, __, end) => {
    if (kind === engineKinds.inputs) void speak(end);
  });
  const network = { connect: never, forward: never, ...handler };
  expect(await converse(far.cell, jobOf({}), sinks, { network })).toMatchObject({
    end: { code: 'PROTOCOL_VIOLATION' },
  });
});

test('a job without a network may not even ask', async () => {
  const far = openScriptedCell((kind, _, { say }) => {
    if (kind === engineKinds.inputs) say(cellKinds.network, connect(1));
  });
  expect(await converse(far.cell, jobOf({}), sinks)).toMatchObject({ end: { code: 'PROTOCOL_VIOLATION' } });
});

test('with a network, stdin stops at its window and continues with credit', async () => {
  const stdinOf = ({ heard }: FarEnd): number =>
    heard.filter(([kind]) => kind === engineKinds.stdin).reduce((sum, [, text]) => sum + text.length, 0);
  const far = openScriptedCell();
  const job = jobOf({ stdin: 'x'.repeat(600_000) });
  const end = converse(far.cell, job, sinks, { network: { connect: never, forward: never } });
  await expect.poll(() => stdinOf(far)).toBe(windowBytes);
  await sleep(20);
  expect(stdinOf(far)).toBe(windowBytes);
  far.say(cellKinds.network, encodeCredit(0, windowBytes));
  await expect.poll(() => stdinOf(far)).toBe(2 * windowBytes);
  await sleep(20);
  expect(stdinOf(far)).toBe(2 * windowBytes);
  far.say(cellKinds.network, encodeCredit(0, windowBytes));
  await expect.poll(() => stdinOf(far)).toBe(600_000);
  far.say(cellKinds.verdict, verdictOf());
  expect(await end).toMatchObject({ verdict: { end: 'completed' } });
});
