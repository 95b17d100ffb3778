import { expect, test } from 'vitest';
import { z } from 'zod';
import { createIsolateBackend } from '../../../src/backends/isolate/backend.ts';
import type { EngineEvent } from '../../../src/contract/api/engine-events.ts';
import { HotcellError } from '../../../src/contract/api/errors.ts';
import { defaultCeilings } from '../../../src/contract/api/limits.ts';
import type { ExecutionContext } from '../../../src/contract/spi/executor.ts';
import { Dispatcher } from '../../../src/dispatch/dispatcher.ts';
import { EventHub } from '../../../src/support/event-hub.ts';

/** A dispatcher with the isolate backend, for one test. */
function makeDispatcher(events: EventHub = new EventHub()): Dispatcher & AsyncDisposable {
  const backend = createIsolateBackend({}, { launcher: undefined, ceilings: defaultCeilings, events });
  const dispatcher = new Dispatcher({
    backends: [backend],
    ceilings: { limits: defaultCeilings, network: undefined },
    openBroker: () => {
      throw new Error('no test connects');
    },
    routing: { routes: {}, fallback: undefined },
    queue: { queueLimit: 10, queueTimeoutMs: 60_000 },
    redaction: {},
    sessions: {},
    events,
  });
  const close = async (): Promise<void> => {
    await dispatcher.close(5_000);
    await backend.close();
  };
  return Object.assign(dispatcher, { [Symbol.asyncDispose]: close });
}

const context = (given: Partial<ExecutionContext> = {}): ExecutionContext => ({
  tenant: 'acme',
  traceId: 'a'.repeat(32),
  signal: new AbortController().signal,
  ...given,
});
const guest = { language: 'javascript', code: '1 + 1' } as const;

test('a call has the tenant and the tool of its context', async () => {
  await using dispatcher = makeDispatcher();
  const tool = { name: 'sum', version: '1', callId: 'c' };
  const result = await dispatcher.execute(guest, context({ tool }));
  expect(result).toMatchObject({ status: 'success', value: 2, tenant: 'acme', tool });
  expect(await dispatcher.execute({ ...guest, tenant: 'acme' }, context())).toMatchObject({ status: 'success' });
});

test('a request or a session that names another tenant than its context is refused', async () => {
  await using dispatcher = makeDispatcher();
  const result = await dispatcher.execute({ ...guest, tenant: 'other' }, context());
  expect(result).toMatchObject({ status: 'permission_denied', error: { code: 'PERMISSION_DENIED', ran: 'no' } });
  const opening = dispatcher.openSession({ language: 'javascript', tenant: 'other' }, context());
  await expect(opening).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
});

test('the signal of the context cancels a call', async () => {
  await using dispatcher = makeDispatcher();
  const abort = new AbortController();
  const code = 'for (;;) {}';
  const result = await dispatcher.execute({ ...guest, code }, context({ signal: abort.signal }), ({ type }) => {
    if (type === 'started') abort.abort();
  });
  expect(result).toMatchObject({ status: 'cancelled' });
});

test('calls of a session have the tenant of its context, and outlive the signal that opened it', async () => {
  await using dispatcher = makeDispatcher();
  const abort = new AbortController();
  await using session = await dispatcher.openSession({ language: 'javascript' }, context({ signal: abort.signal }));
  abort.abort();
  expect(await session.execute('1 + 1')).toMatchObject({ status: 'success', value: 2, tenant: 'acme' });
  expect(session.tenant).toBe('acme');
});

test('the events of calls and sessions have the trace, the parent and the principal of their context, as they are', async () => {
  const events = new EventHub();
  const heard: EngineEvent[] = [];
  events.subscribe((event) => heard.push(event));
  const ids = { traceId: 'b'.repeat(32), parentId: 'the call around it' };
  const given = context({ ...ids, principal: { id: 'ada' } });
  {
    await using dispatcher = makeDispatcher(events);
    const tools = { add: { description: 'Adds.', input: z.any(), run: () => 1 } };
    await dispatcher.execute({ ...guest, code: 'await tools.add({})', tools }, given);
    await dispatcher.execute({ ...guest, language: 'cobol' as never }, given);
    dispatcher.refuse(new HotcellError('UNKNOWN_TOOL', 'There is no such tool.'), given);
    const session = await dispatcher.openSession({ language: 'javascript' }, given);
    await session.execute('1');
    await session.close();
  }
  events.flush();
  const ofCalls = heard.filter((event) => 'callId' in event || 'sessionId' in event);
  const types = ['call.validated', 'call.ended', 'tool.called', 'tool.ended', 'session.opened', 'session.ended'];
  expect(ofCalls.map(({ type }) => type)).toEqual(expect.arrayContaining(types));
  expect(ofCalls.map((event) => ({ ...event, ...ids, principal: 'ada' }))).toEqual(ofCalls);
});

test('an event leaves out the parent and the principal that its context does not have', async () => {
  const events = new EventHub();
  const heard: EngineEvent[] = [];
  events.subscribe((event) => heard.push(event));
  {
    await using dispatcher = makeDispatcher(events);
    await dispatcher.execute(guest, context());
  }
  events.flush();
  const [ended] = heard.filter(({ type }) => type === 'call.ended');
  expect(ended).toMatchObject({ traceId: 'a'.repeat(32) });
  expect(Object.keys(ended ?? {})).not.toEqual(expect.arrayContaining(['parentId']));
  expect(Object.keys(ended ?? {})).not.toEqual(expect.arrayContaining(['principal']));
});
