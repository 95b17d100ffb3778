/** The demand of one profile, for sharing out cells. */
export interface Demand {
  /** Recent arrivals per second. */
  readonly rate: number;
  /** Time to make a cell, in milliseconds. */
  readonly makeMs: number;
  /** Number of cells to keep ready at any rate. */
  readonly floor: number;
  /** Memory of one waiting cell, in MiB. */
  readonly memoryMb: number;
}

/** Limits for all waiting cells of a pool. */
export interface PlanBounds {
  readonly ceiling: number;
  readonly memoryBudgetMb: number;
}

/**
 * Number of cells to keep ready if calls arrive at `rate` and each cell takes `makeMs` to make: the arrivals expected
 * in that time, plus two standard deviations for independent arrivals (Poisson: the variance is the mean). So about 2
 * calls in 100 find no cell.
 */
export function cellsFor({ rate, makeMs, floor }: Pick<Demand, 'rate' | 'makeMs' | 'floor'>): number {
  const comingMeanwhile = (rate * makeMs) / 1_000;
  return Math.max(floor, Math.ceil(comingMeanwhile + 2 * Math.sqrt(comingMeanwhile)));
}

/**
 * Shares out the cells within the bounds: first the floors, then the demand of each rate, one cell each in turn, so
 * that every profile gets its first cell before a busy one gets its second. The result has the order of `demands`.
 */
export function shareOut(demands: readonly Demand[], bounds: PlanBounds): number[] {
  const shares = demands.map(() => 0);
  let cells = 0;
  let memoryMb = 0;
  const grow = (wanted: readonly number[]): void => {
    for (let grew = true; grew; ) {
      grew = false;
      for (const [index, demand] of demands.entries()) {
        const share = shares[index] ?? 0;
        const fits = cells < bounds.ceiling && memoryMb + demand.memoryMb <= bounds.memoryBudgetMb;
        if (!fits || share >= (wanted[index] ?? 0)) continue;
        shares[index] = share + 1;
        cells += 1;
        memoryMb += demand.memoryMb;
        grew = true;
      }
    }
  };
  grow(demands.map(({ floor }) => floor));
  grow(demands.map(cellsFor));
  return shares;
}
