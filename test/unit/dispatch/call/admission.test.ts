import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { HotcellError } from '../../../../src/contract/api/errors.ts';
import { Admission } from '../../../../src/dispatch/call/admission.ts';

const roomy = { slots: 1, queueLimit: 100, queueTimeoutMs: 10_000 };

describe('admission', () => {
  test('tenants take turns, however many jobs one of them has waiting', async () => {
    const admission = new Admission(roomy);
    const held = await admission.enter('a', undefined);
    const order: string[] = [];
    const run = async (tenant: string, name: string): Promise<void> => {
      using _slot = await admission.enter(tenant, undefined);
      order.push(name);
      await sleep(1);
    };
    const all = [run('a', 'a1'), run('a', 'a2'), run('a', 'a3'), run('b', 'b1'), run('c', 'c1'), run('b', 'b2')];
    held[Symbol.dispose]();
    await Promise.all(all);
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    expect(admission).toMatchObject({ running: 0, waiting: 0 });
  });

  test('at most as many calls as slots run, and a slot given back twice counts once', async () => {
    const admission = new Admission({ ...roomy, slots: 2 });
    const first = await admission.enter('a', undefined);
    await admission.enter('a', undefined);
    const third = admission.enter('a', undefined);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    await third;
    expect(admission).toMatchObject({ running: 2, waiting: 0 });
  });

  test('a full queue refuses with a time for a retry', async () => {
    const admission = new Admission({ ...roomy, queueLimit: 1 });
    await admission.enter('a', undefined);
    void admission.enter('a', undefined);
    await expect(admission.enter('b', undefined)).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      ran: 'no',
      retryAfterMs: expect.any(Number) as number,
    });
  });

  test('waiting too long, an abort and a close end the wait, and leave no trace in the queue', async () => {
    const admission = new Admission({ ...roomy, queueTimeoutMs: 20 });
    const held = await admission.enter('a', undefined);
    const abort = new AbortController();
    const [late, cancelled] = [admission.enter('a', undefined), admission.enter('b', abort.signal)];
    abort.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED_BEFORE_START', ran: 'no' });
    await expect(late).rejects.toMatchObject({ code: 'QUEUE_TIMEOUT' });
    expect(admission.waiting).toBe(0);

    const waiting = admission.enter('c', undefined);
    admission.close(new HotcellError('ENGINE_CLOSED', 'closed'));
    await expect(waiting).rejects.toMatchObject({ code: 'ENGINE_CLOSED' });
    held[Symbol.dispose]();
    await expect(admission.enter('d', undefined)).rejects.toMatchObject({ code: 'ENGINE_CLOSED' });
    expect(admission).toMatchObject({ running: 0, waiting: 0 });
  });

  test('a signal that is aborted already never gets a slot', async () => {
    const admission = new Admission(roomy);
    await expect(admission.enter('a', AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED_BEFORE_START' });
    expect(admission.running).toBe(0);
  });
});
