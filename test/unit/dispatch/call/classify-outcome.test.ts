import { expect, test } from 'vitest';
import type { ConversationEnd } from '../../../../src/cells/conversation/conversation.ts';
import type { Verdict } from '../../../../src/cells/protocol/messages.ts';
import { defaultLimits } from '../../../../src/contract/api/limits.ts';
import { classifyOutcome } from '../../../../src/dispatch/call/classify-outcome.ts';
import { jobOf } from '../../../support/scripted-cell.ts';

const usage = { wallMs: 1, cpuMs: 1, peakMemoryBytes: 1 };
const verdict = (end: Verdict['end'], more: Partial<Verdict> = {}): Verdict => ({
  end,
  value: 'none',
  usage,
  droppedArtifacts: 0,
  ...more,
});
const ended = (fields: Partial<ConversationEnd>): ConversationEnd => ({
  verdict: undefined,
  end: undefined,
  stopped: undefined,
  refusal: undefined,
  value: undefined,
  ...fields,
});

test.each<[what: string, end: Partial<ConversationEnd>, code: string | undefined, ran: string | undefined]>([
  ['completion', { verdict: verdict('completed') }, undefined, undefined],
  ['exit 0', { verdict: verdict('exited', { exitCode: 0 }) }, undefined, undefined],
  ['exit 3', { verdict: verdict('exited', { exitCode: 3 }) }, 'NONZERO_EXIT', 'yes'],
  ['a signal', { verdict: verdict('signalled', { signal: 'SIGSEGV' }) }, 'GUEST_SIGNALLED', 'yes'],
  ['an exception', { verdict: verdict('threw', { error: { message: 'no' } }) }, 'GUEST_ERROR', 'yes'],
  ['no answer', { verdict: verdict('no-answer') }, 'NO_ANSWER', 'yes'],
  ['no way to settle', { verdict: verdict('unsettled') }, 'UNSETTLED', 'yes'],
  ['wall time', { verdict: verdict('wall') }, 'WALL_TIMEOUT', 'yes'],
  ['processor time', { verdict: verdict('cpu') }, 'CPU_TIMEOUT', 'yes'],
  ['memory', { verdict: verdict('memory') }, 'MEMORY_LIMIT', 'yes'],
  ['a large value', { verdict: verdict('value') }, 'VALUE_LIMIT', 'yes'],
  ['a fault of the cell', { verdict: verdict('fault') }, 'INTERNAL_ERROR', 'unknown'],
  ['a cancel, whatever the verdict', { stopped: 'cancelled', verdict: verdict('completed') }, 'CANCELLED', 'yes'],
  ['a flood, whatever the verdict', { stopped: 'output', verdict: verdict('completed') }, 'OUTPUT_LIMIT', 'yes'],
  [
    'its own end while it was asked for its time',
    { stopped: 'timeout', verdict: verdict('completed') },
    undefined,
    undefined,
  ],
  ['silence', { stopped: 'timeout' }, 'WALL_TIMEOUT', 'unknown'],
  ['a lost cell', { end: { code: 'CELL_LOST', message: 'gone', ran: 'unknown' } }, 'CELL_LOST', 'unknown'],
])('%s', (_, end, code, ran) => {
  const failure = classifyOutcome(ended(end), jobOf({}));
  expect([failure?.code, failure?.ran]).toEqual([code, ran]);
  if (failure?.code !== undefined && failure.code !== 'GUEST_ERROR') expect(failure.message).toMatch(/[a-z].*[.\w]$/);
});

test('the message for a guest out of time does not claim that it ran all the time', () => {
  const starved = verdict('wall', { usage: { wallMs: 8_003, cpuMs: 41.3, peakMemoryBytes: 1 } });
  const failure = classifyOutcome(
    ended({ verdict: starved }),
    jobOf({ limits: { ...defaultLimits, timeoutMs: 8_000 } }),
  );
  expect(failure?.message).toBe(
    'The guest was stopped because it had not ended after limits.timeoutMs = 8000 ms; it had used 41 ms of processor time by then.',
  );
});
