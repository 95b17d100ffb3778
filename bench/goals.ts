/** The performance goals, as data: ratios within one run, and a few absolute figures. */
import type { Metric, Row } from './rows.ts';

/** One figure of one row. */
export interface Figure {
  readonly scenario: string;
  readonly contestant: string;
  readonly metric: Metric;
}

/** `of` divided by `to` (1 without `to`) must be `atMost` or `atLeast` a number. */
export interface Goal {
  readonly what: string;
  readonly of: Figure;
  readonly to?: Figure;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** A goal and its result. `value` is absent if a row that the goal needs is missing. */
export interface Judged {
  readonly goal: Goal;
  readonly value?: number | undefined;
  readonly verdict: 'met' | 'missed' | 'not measured';
  readonly because?: string | undefined;
}

/** Why a goal was not measured if its rows were not requested. */
export const notInThisRun = 'it was not part of this run';

const figure = (scenario: string, contestant: string, metric: Metric): Figure => ({ scenario, contestant, metric });
const idle = (language: string, contestant: string, metric: Metric): Figure =>
  figure(`${language}/idle`, contestant, metric);

const containerGoals: readonly Goal[] = ['python', 'bash'].flatMap((language) => [
  {
    what: `${language}, fresh container, warm, p50 at 1 call/s, relative to the p50 of docker run`,
    of: idle(language, 'hotcell', 'p50Ms'),
    to: idle(language, 'docker-run', 'p50Ms'),
    atMost: 1 / 60,
  },
  {
    what: `${language}, fresh container, warm, p99 at 1 call/s, relative to the p50 of docker run`,
    of: idle(language, 'hotcell', 'p99Ms'),
    to: idle(language, 'docker-run', 'p50Ms'),
    atMost: 1 / 20,
  },
]);

/** All goals. For an ambiguous goal, the stricter meaning is used. */
export const goals: readonly Goal[] = [
  {
    what: 'JavaScript, fresh isolate, idle engine, p50, relative to raw isolated-vm in process',
    of: idle('javascript', 'hotcell', 'p50Ms'),
    to: idle('javascript', 'isolated-vm', 'p50Ms'),
    atMost: 0.5,
  },
  {
    what: 'JavaScript, fresh isolate, idle engine, p50, relative to vm2',
    of: idle('javascript', 'hotcell', 'p50Ms'),
    to: idle('javascript', 'vm2', 'p50Ms'),
    atMost: 0.4,
  },
  {
    what: 'JavaScript, calls a second, 16 at a time, relative to raw isolated-vm on one thread',
    of: figure('javascript/concurrency-16', 'hotcell', 'perSecond'),
    to: figure('javascript/concurrency-16', 'isolated-vm', 'perSecond'),
    atLeast: 1.5,
  },
  ...containerGoals,
  {
    what: 'Fresh container, sustained, 16 at a time, calls a second, relative to raw create + start + remove',
    of: figure('python/sustained', 'hotcell', 'perSecond'),
    to: figure('python/sustained', 'docker-create', 'perSecond'),
    atLeast: 0.95,
  },
  {
    // With a fixed number of concurrent calls, the mean is that number divided by the rate: the time in a fair queue.
    what: 'Fresh container, sustained: p99 relative to the mean, so that only the queue limits the wait',
    of: figure('python/sustained', 'hotcell', 'p99Ms'),
    to: figure('python/sustained', 'hotcell', 'meanMs'),
    atMost: 2,
  },
  {
    what: 'Tenant tier, Python, sustained, 16 at a time, calls a second, relative to fresh containers',
    of: figure('python/sustained', 'hotcell-tenant', 'perSecond'),
    to: figure('python/sustained', 'hotcell', 'perSecond'),
    atLeast: 40,
  },
  {
    what: 'Tenant tier, Python, p50, relative to a bare fork into the same namespaces',
    of: figure('python/nothing', 'hotcell-tenant', 'p50Ms'),
    to: figure('python/nothing', 'fork-namespaces', 'p50Ms'),
    atMost: 3,
  },
  {
    what: 'Cold Python call, nothing warm, p50, relative to raw create + start + remove',
    of: figure('python/cold', 'hotcell-cold', 'p50Ms'),
    to: figure('python/cold', 'docker-create', 'p50Ms'),
    atMost: 1.1,
  },
  {
    what: '10 MB of output of a warm cell through redaction of known secrets: speed relative to raw attach',
    of: figure('python/output-10mb-warm', 'docker-attach', 'p50Ms'),
    to: figure('python/output-10mb-warm', 'hotcell', 'p50Ms'),
    atLeast: 0.6,
  },
  { what: 'Memory of a warm Python cell, MB', of: figure('python/memory', 'hotcell', 'memoryMb'), atMost: 12 },
  { what: 'Memory of a warm isolate, MB', of: figure('javascript/memory', 'hotcell', 'memoryMb'), atMost: 3 },
  {
    what: 'A host function called from an isolate, round trip, p50, ms',
    of: figure('javascript/tool-call', 'hotcell-tools', 'p50Ms'),
    atMost: 0.3,
  },
  {
    what: 'A host function called from a Python cell, round trip, p50, ms',
    of: figure('python/tool-call', 'hotcell-tools', 'p50Ms'),
    atMost: 1,
  },
  {
    what: 'A call of a session in JavaScript, p50, ms',
    of: figure('javascript/session-call', 'hotcell-session', 'p50Ms'),
    atMost: 0.5,
  },
  ...['python', 'bash'].map((language) => ({
    what: `A call of a session in ${language}, p50, ms`,
    of: figure(`${language}/session-call`, 'hotcell-session', 'p50Ms'),
    atMost: 3,
  })),
  ...['javascript', 'python', 'bash'].flatMap((language) => [
    {
      what: `A line of output in ${language}, from its writing to its event, p50, ms`,
      of: figure(`${language}/line-to-event`, 'hotcell-output', 'p50Ms'),
      atMost: 5,
    },
    {
      what: `A guest in ${language} that does not end, from timeoutMs to its result, p99, ms`,
      of: figure(`${language}/overdue`, 'hotcell-overdue', 'p99Ms'),
      atMost: 1_000,
    },
  ]),
  {
    what: 'An allowed download of 64 MB by fetch (1 280 ms are 50 MB/s), p50, ms',
    of: figure('javascript/download', 'hotcell-downloads', 'p50Ms'),
    atMost: 1_280,
  },
  {
    what: 'The same by urllib in a Python cell, p50, ms',
    of: figure('python/download', 'hotcell-downloads', 'p50Ms'),
    atMost: 1_280,
  },
  {
    what: 'JavaScript, p50 without the queue at 256 at a time, relative to 16 at a time',
    of: figure('javascript/concurrency-256', 'hotcell', 'p50WithoutQueueMs'),
    to: figure('javascript/concurrency-16', 'hotcell', 'p50WithoutQueueMs'),
    atMost: 1.3,
  },
  {
    what: 'Processor time of the engine for one JavaScript call, 16 at a time, ms',
    of: figure('javascript/concurrency-16', 'hotcell', 'cpuMsPerCall'),
    atMost: 0.3,
  },
  ...['python', 'bash'].map((language) => ({
    what: `${language} in WebAssembly, warm, p50 at 1 call/s, ms`,
    of: idle(language, 'hotcell-wasm', 'p50Ms'),
    atMost: 10,
  })),
  {
    what: 'Python in WebAssembly, first result from the snapshot, relative to Pyodide in plain Node',
    of: figure('python/start', 'pyodide-start', 'p50Ms'),
    to: figure('python/start', 'hotcell-wasm-start', 'p50Ms'),
    atLeast: 5,
  },
  {
    what: 'From createEngine to the first JavaScript result, p50, ms',
    of: figure('javascript/start', 'hotcell-start', 'p50Ms'),
    atMost: 120,
  },
  {
    what: "200 tenants in turn, JavaScript, p50 of a tenant's first call, ms",
    of: figure('javascript/tenants-in-turn', 'hotcell-tenants', 'p50Ms'),
    atMost: 3,
  },
  {
    what: "200 tenants in turn, JavaScript, p95 of a tenant's first call, ms",
    of: figure('javascript/tenants-in-turn', 'hotcell-tenants', 'p95Ms'),
    atMost: 80,
  },
];

/** Checks a goal against the measured rows. If calls of hotcell failed, the goal fails whatever the figure. */
export function judge(goal: Goal, rows: readonly Row[]): Judged {
  const parts = goal.to === undefined ? [goal.of] : [goal.of, goal.to];
  const found = parts.map((part) => {
    const row = rows.find(({ scenario, contestant }) => scenario === part.scenario && contestant === part.contestant);
    return { part, row, value: row?.figures?.[part.metric] ?? Number.NaN };
  });
  const missing = found.find(({ value }) => !Number.isFinite(value));
  if (missing !== undefined) {
    const { row, part } = missing;
    const reason = row?.leftOut ?? row?.firstFailure ?? 'no figure';
    const because = row === undefined ? notInThisRun : `${part.scenario}, ${part.contestant}: ${reason}`;
    return { goal, verdict: 'not measured', because };
  }
  const value = (found[0]?.value ?? Number.NaN) / (found[1]?.value ?? 1);
  const failed = found.find(({ part, row }) => part.contestant.startsWith('hotcell') && (row?.failures ?? 0) > 0)?.row;
  if (failed !== undefined) {
    return { goal, value, verdict: 'missed', because: `${failed.failures} calls failed: ${failed.firstFailure}` };
  }
  const isMet = value <= (goal.atMost ?? Number.POSITIVE_INFINITY) && value >= (goal.atLeast ?? 0);
  return { goal, value, verdict: isMet ? 'met' : 'missed' };
}
