/** The workloads on which two revisions are compared. */
import type { Family } from '../contestant.ts';
import type { Load } from '../drive.ts';

/** One line of the comparison. */
export interface Trial {
  readonly id: string;
  readonly family: Family;
  readonly workload: string;
  readonly load: Load;
}

/** All trials; `isQuick` makes each round shorter. With `only`, just that family or trial. */
export function trialsOf(isQuick: boolean, only?: string): readonly Trial[] {
  const steady = (calls: number, budgetMs: number, more: Partial<Load> = {}): Load => ({
    ...{ concurrency: 1, calls, budgetMs: isQuick ? budgetMs / 4 : budgetMs, pauseMs: 0, warmUp: 3 },
    ...more,
  });
  const trial = (id: string, workload: string, load: Load): Trial => ({
    id,
    family: id.split('/')[0] as Family,
    workload,
    load,
  });
  const all = [
    trial('javascript/idle', 'nothing', steady(50, 2_000, { pauseMs: 20 })),
    trial('javascript/nothing', 'nothing', steady(500, 1_000)),
    trial('javascript/data-1mb', 'data-1mb', steady(50, 1_500)),
    trial('javascript/output-10mb', 'output-10mb', steady(20, 2_000)),
    trial('javascript/concurrency-16', 'nothing', steady(10_000, 1_500, { concurrency: 16 })),
    trial('python/idle', 'nothing', steady(10, 6_000, { pauseMs: 500 })),
    trial('python/nothing', 'nothing', steady(20, 3_000)),
    trial('python/data-1mb', 'data-1mb', steady(20, 3_000)),
    trial('python/output-10mb', 'output-10mb', steady(10, 4_000)),
    trial('python/files-20', 'files-20', steady(20, 3_000)),
    trial('python/concurrency-16', 'nothing', steady(1_000, 4_000, { concurrency: 16 })),
    trial('bash/idle', 'nothing', steady(10, 6_000, { pauseMs: 500 })),
  ];
  if (only === undefined) return all;
  return all.filter(({ id, family }) => id === only || family === only || id.split('/')[1] === only);
}
