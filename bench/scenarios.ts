/** The plan of a run: groups of scenarios. Each group runs in a fresh process for each contestant and round. */
import type { Family } from './contestant.ts';
import type { Load } from './drive.ts';

/** `quick` takes under two minutes and gives rough figures. */
export type Mode = 'quick' | 'full';

/** One line of the report for each contestant. */
export interface Scenario {
  /** `family/name`, unique. */
  readonly id: string;
  readonly workload: string;
  readonly load: Load;
}

/** Scenarios that run one after another in one process. */
export interface Group {
  readonly id: string;
  readonly family: Family;
  readonly contestants: readonly string[];
  readonly rounds: number;
  readonly scenarios: readonly Scenario[];
  /** Measures the memory of a waiting cell instead of calls. */
  readonly measuresMemory?: true;
}

const javascript = ['hotcell', 'isolated-vm', 'vm2', 'quickjs', 'node-vm'];
const containers = ['hotcell', 'docker-run', 'docker-api', 'docker-exec'];
const python = [
  ...containers,
  ...[
    'hotcell-tenant',
    'hotcell-wasm',
    'docker-attach',
    'bubblewrap',
    'sandbox-runtime',
    'pyodide',
    'fork',
    'fork-namespaces',
  ],
];
const single = ['nothing', 'work', 'compute'];
const inputSizes = ['data-1kb', 'data-10kb', 'data-100kb', 'data-1mb'];
const outputSizes = ['output-10kb', 'output-100kb', 'output-1mb', 'output-10mb'];
const pythonOnly = ['files-20', 'imports', 'numpy'];
const concurrencies = [1, 2, 4, 16, 64, 256];
/**
 * Calls after which a process counts as busy for a while: before V8 has compiled all code, calls take half as long
 * again.
 */
const atWork = 1_000;

/** All groups of a mode, first those that the goals need. */
export function groupsOf(mode: Mode): readonly Group[] {
  const isFull = mode === 'full';
  const pick = <Value>(full: Value, quick: Value): Value => (isFull ? full : quick);
  const steady = (calls: number, budgetMs: number, more: Partial<Load> = {}): Load => ({
    ...{ concurrency: 1, calls, budgetMs, pauseMs: 0, warmUp: 1 },
    ...more,
  });
  const group = (
    family: Family,
    name: string,
    contestants: readonly string[],
    rounds: number,
    scenarios: Readonly<Record<string, readonly [workload: string, load: Load]>>,
  ): Group => ({
    id: `${family}/${name}`,
    family,
    contestants,
    rounds,
    scenarios: Object.entries(scenarios).map(([key, [workload, load]]) => ({ id: `${family}/${key}`, workload, load })),
  });
  const works = (names: readonly string[], load: Load) =>
    Object.fromEntries(names.map((name) => [name, [name, load] as const]));
  const loads = (workers: readonly number[], budgetMs: number, warmUp: number) =>
    Object.fromEntries(
      workers.map((concurrency) => [
        `concurrency-${concurrency}`,
        ['nothing', { concurrency, calls: 100_000, budgetMs, pauseMs: 0, warmUp }] as const,
      ]),
    );
  const burst = steady(100, 60_000, { concurrency: 100 });
  const sustained = steady(1_000_000, pick(60_000, 2_000), { concurrency: 16 });
  const idle = steady(pick(15, 4), 120_000, { pauseMs: 1_000 });
  const idleContainers = ['hotcell', 'docker-run', ...pick(['hotcell-tenant', 'docker-exec'], []), 'hotcell-wasm'];
  const memory = (family: Family): Group => ({ ...group(family, 'memory', ['hotcell'], 1, {}), measuresMemory: true });

  return [
    group('javascript', 'idle', javascript, pick(5, 2), {
      idle: ['nothing', steady(pick(100, 15), 20_000, { pauseMs: 20, warmUp: pick(atWork, 5) })],
    }),
    group('javascript', 'new', ['hotcell', 'isolated-vm'], pick(5, 2), {
      'idle-new': ['nothing', steady(pick(100, 15), 20_000, { pauseMs: 20, warmUp: pick(20, 5) })],
    }),
    group('python', 'idle', idleContainers, pick(3, 1), { idle: ['nothing', idle] }),
    group('bash', 'idle', idleContainers, pick(3, 1), { idle: ['nothing', idle] }),
    // Both containers already wait for the call, so the comparison is about the transfer of bytes, not the start of a
    // cell.
    group('python', 'output', ['hotcell', 'docker-attach'], pick(3, 1), {
      'output-10mb-warm': ['output-10mb', steady(pick(15, 4), 120_000, { pauseMs: 1_000 })],
    }),
    group('javascript', 'concurrency', pick(javascript, ['hotcell', 'isolated-vm']), pick(3, 1), {
      ...loads(pick(concurrencies, [1, 16, 256]), pick(2_000, 400), pick(300, 20)),
    }),
    group('javascript', 'start', ['hotcell-start'], pick(5, 1), {
      start: ['nothing', steady(pick(10, 5), 20_000)],
    }),
    group('python', 'start', ['hotcell-wasm-start', 'pyodide-start'], pick(3, 1), {
      start: ['nothing', steady(4, 60_000)],
    }),
    group('javascript', 'tenants', ['hotcell-tenants'], 1, {
      'tenants-in-turn': ['nothing', steady(pick(200, 15), 120_000, { pauseMs: 200 })],
    }),
    group('python', 'cold', ['hotcell-cold', 'docker-create', 'docker-api'], pick(5, 1), {
      cold: ['nothing', steady(pick(10, 5), 20_000)],
    }),
    group('python', 'sustained', ['hotcell', 'docker-create', 'hotcell-tenant', 'fork-namespaces'], 1, {
      sustained: ['nothing', sustained],
    }),
    ...(['javascript', 'python'] as const).map(memory),
    ...(['javascript', 'python'] as const).map((family) =>
      group(family, 'tools', ['hotcell-tools'], pick(5, 1), {
        'tool-call': ['nothing', steady(pick(20, 5), pick(10_000, 1_500))],
      }),
    ),
    ...(['javascript', 'python', 'bash'] as const).map((family) =>
      group(family, 'sessions', ['hotcell-session'], pick(5, 1), {
        'session-call': ['nothing', steady(pick(3_000, 100), pick(10_000, 2_000), { warmUp: pick(atWork, 20) })],
      }),
    ),
    ...(['javascript', 'python'] as const).map((family) =>
      group(family, 'downloads', ['hotcell-downloads'], pick(3, 1), {
        download: ['nothing', steady(pick(10, 3), pick(20_000, 4_000))],
      }),
    ),
    ...(['javascript', 'python', 'bash'] as const).flatMap((family) => [
      group(family, 'lines', ['hotcell-output'], pick(3, 1), {
        'line-to-event': ['nothing', steady(pick(5, 2), pick(15_000, 3_000))],
      }),
      group(family, 'overdue', ['hotcell-overdue'], pick(3, 1), {
        overdue: ['nothing', steady(pick(10, 2), pick(20_000, 4_000))],
      }),
    ]),
    group('javascript', 'work', javascript, pick(3, 1), {
      ...works(
        [
          ...pick(single, ['nothing', 'compute']),
          ...pick(inputSizes, ['data-1mb']),
          ...pick(outputSizes, ['output-10mb']),
        ],
        {
          ...steady(pick(200, 100), pick(2_000, 200)),
          warmUp: pick(10, 3),
        },
      ),
    }),
    group('python', 'work', pick([...python, 'pyodide-fresh'], python), pick(2, 1), {
      ...works(
        pick(
          [...single, ...inputSizes, ...outputSizes, ...pythonOnly],
          ['nothing', 'imports', 'data-1mb', 'output-10mb'],
        ),
        steady(pick(20, 10), pick(1_000, 350)),
      ),
    }),
    group('javascript', 'burst', pick(javascript, ['hotcell', 'isolated-vm']), pick(5, 1), {
      'burst-100': ['nothing', burst],
    }),
    group('redaction', 'redaction', redactionWork, pick(5, 1), {
      redaction: ['nothing', steady(pick(100, 10), pick(2_000, 100), { warmUp: 2 })],
    }),
    ...(isFull
      ? [
          group('javascript', 'sustained', ['hotcell', 'isolated-vm'], 1, { sustained: ['nothing', sustained] }),
          group('python', 'concurrency', python, 2, loads(concurrencies, 2_000, 1)),
          group('python', 'burst', python, 2, { 'burst-100': ['nothing', burst] }),
          group('bash', 'work', containers, 3, works(['nothing'], steady(20, 3_000))),
        ]
      : []),
  ];
}

const redactionWork = [
  'redaction-index-of',
  'redaction-one',
  'redaction-three',
  'redaction-rules',
  'redaction-hits',
  'redaction-hostile-keys',
  'redaction-hostile-names',
  'redaction-hostile-secret',
  'redaction-hostile-tokens',
  'redaction-setup',
];

/** The part of a plan that `only` names: a family, a group, a scenario or a contestant. Empty if it names nothing. */
export function restrict(groups: readonly Group[], only: string | undefined): readonly Group[] {
  if (only === undefined) return groups;
  return groups.flatMap((group) => {
    if ([group.family, group.id, group.id.split('/')[1]].includes(only)) return [group];
    if (group.contestants.includes(only)) return [{ ...group, contestants: [only] }];
    const scenarios = group.scenarios.filter(({ id }) => id === only || id.split('/')[1] === only);
    return scenarios.length > 0 ? [{ ...group, scenarios }] : [];
  });
}
