import type { ErrorCode, ExecutionResult, Ran } from 'hotcell';
import { describe, expect, test } from 'vitest';
import { judgeCall } from '../../chaos/judge-call.ts';
import { lateness } from '../../chaos/lateness.ts';
import { planned, resultOf } from './call.ts';

const failed = (code: ErrorCode, status: ExecutionResult['status'], ran: Ran = 'unknown'): ExecutionResult => {
  const { value: _, ...rest } = resultOf();
  return { ...rest, valueType: 'none', stdout: '', status, error: { code, message: 'so it is', ran } };
};

describe('a result is', () => {
  const answer = planned('python', 'answer');

  test.each([
    ['right as the guest must end', answer, resultOf(), 'right'],
    ['wrong with the answer of another', answer, resultOf({ value: { mark: 'mk-t-4-mk', double: 10 } }), 'wrong'],
    ['wrong with a mark of another in stderr', answer, resultOf({ stderr: 'mk-t-5-mk' }), 'wrong'],
    ['wrong with the tenant of another', answer, resultOf({ tenant: 'south' }), 'wrong'],
    ['wrong where it breaks its schema', answer, resultOf({ finishedAt: 'now' }), 'wrong'],
    ["wrong where our fault is called the guest's", answer, failed('GUEST_ERROR', 'error', 'yes'), 'wrong'],
    ['wrong where hotcell broke', answer, failed('INTERNAL_ERROR', 'internal_error'), 'wrong'],
    [
      'wrong where nothing ran and wrote',
      answer,
      { ...failed('CELL_LOST', 'internal_error', 'no'), stdout: 'x' },
      'wrong',
    ],
    ['disturbed where the cell was lost', answer, failed('CELL_LOST', 'internal_error'), 'disturbed'],
    ['disturbed where there was no backend', answer, failed('BACKEND_UNAVAILABLE', 'unavailable', 'no'), 'disturbed'],
    ['slowed where an ordinary guest ran out of time', answer, failed('WALL_TIMEOUT', 'timeout'), 'slowed'],
    ['right where a loop ran out of time', planned('python', 'loop'), failed('WALL_TIMEOUT', 'timeout'), 'right'],
    ['wrong where a loop succeeds', planned('python', 'loop'), resultOf(), 'wrong'],
    ['wrong where it answers another tool call', planned('python', 'tool'), resultOf(), 'wrong'],
  ] as const)('%s', (_, call, result, worth) => {
    expect(judgeCall(call, result).worth).toBe(worth);
  });

  test('wrong if its file belongs to another call', () => {
    const content = Buffer.from('mk-t-5-mk');
    const file = { path: 'output/f.txt', mediaType: 'text/plain', bytes: 9, sha256: '', content };
    const judged = judgeCall(planned('python', 'late file'), resultOf({ artifacts: [file] }));
    expect(judged).toEqual({ worth: 'wrong', why: 'it holds mk-t-5-mk, which belongs to another call' });
  });
});

describe('a result is late by', () => {
  const intime = { wallMs: 1, sinceStartedMs: undefined, sinceAbortMs: undefined, stalledMs: 0 };
  const timed = (timings: Partial<ExecutionResult['timings']>, timeoutMs = 2_000) => ({
    timings: { queuedMs: 0, acquireMs: 0, runMs: 0, settleMs: 0, ...timings },
    limits: { ...resultOf().limits, timeoutMs },
  });

  test.each([
    ['nothing at its deadline', timed({ runMs: 2_900, settleMs: 100 }), { ...intime, wallMs: 3_000 }, 0],
    ['what its run took more', timed({ runMs: 3_000, settleMs: 100 }), { ...intime, wallMs: 3_100 }, 100],
    ['what its cell took more than 10 s', timed({ acquireMs: 11_200 }), { ...intime, wallMs: 11_200 }, 200],
    ['what its cell took more than its time', timed({ acquireMs: 21_600 }, 20_000), { ...intime, wallMs: 21_600 }, 100],
    ['what it waited too long', timed({ queuedMs: 31_300 }), { ...intime, wallMs: 31_300 }, 300],
    ['time that it does not speak of', timed({ runMs: 10 }), { ...intime, wallMs: 1_510 }, 500],
    ['what passed since it started', timed({ runMs: 10 }), { ...intime, sinceStartedMs: 3_400 }, 400],
    ['what passed since its abort', timed({ runMs: 10 }), { ...intime, sinceAbortMs: 1_600 }, 600],
    ['nothing where nobody could run', timed({ runMs: 5_000 }), { ...intime, wallMs: 5_000, stalledMs: 2_000 }, 0],
  ])('%s', (_, result, observed, ms) => {
    expect(lateness(result, observed, 30_000)).toBe(ms);
  });
});
