import type { ExecutionResult } from 'hotcell';
import type { Guest } from '../../chaos/guest.ts';
import { hostileGuests } from '../../chaos/hostile-guests.ts';
import type { Outcome } from '../../chaos/load.ts';
import type { PlannedCall } from '../../chaos/load-mix.ts';
import { ordinaryGuests } from '../../chaos/ordinary-guests.ts';

/** A planned call of the guest with that language and name. */
export function planned(language: Guest['language'], name: string): PlannedCall {
  const guest = [...ordinaryGuests, ...hostileGuests].find((one) => one.language === language && one.name === name);
  if (!guest) throw new Error(`There is no guest ${language} ${name}.`);
  return { mark: 'mk-t-4-mk', n: 4, guest, tenant: 'north', way: 'execute', cancelAfterMs: undefined };
}

/** A complete result, right for the guest `answer` unless changed. */
export function resultOf(changes: Partial<ExecutionResult> = {}): ExecutionResult {
  return {
    id: 'id',
    status: 'success',
    value: { mark: 'mk-t-4-mk', double: 8 },
    valueType: 'json',
    stdout: 'mk-t-4-mk\n',
    stderr: '',
    truncated: { stdoutBytes: 0, stderrBytes: 0, artifacts: 0, displays: 0 },
    artifacts: [],
    displays: [],
    toolCalls: [],
    usage: { wallMs: 1, cpuMs: 1, peakMemoryBytes: 1, stdoutBytes: 10, stderrBytes: 0, hostMs: 0, toolCalls: 0 },
    timings: { queuedMs: 0, acquireMs: 0, runMs: 1, settleMs: 0 },
    limits: {
      timeoutMs: 10_000,
      cpuMs: 10_000,
      memoryMb: 256,
      processes: 64,
      diskMb: 64,
      fileMb: 10,
      outputKb: 1_024,
      valueKb: 1_024,
      openFiles: 256,
      toolCalls: 1_000,
    },
    redactions: [],
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:00.001Z',
    tenant: 'north',
    ...changes,
  };
}

/** The outcome of a call, right unless changed. */
export function outcomeOf(changes: Partial<Outcome> = {}): Outcome {
  return {
    kind: 'python answer',
    hostile: false,
    engine: 7,
    backend: 'docker',
    tenant: 'north',
    container: undefined,
    status: 'success',
    code: '',
    worth: 'right',
    why: '',
    lateMs: 0,
    fromMs: 100_000,
    toMs: 101_000,
    ...changes,
  };
}
