/** What is known of one profile when cells are shared out. */
export interface Demand {
  /** Arrivals a second, lately. */
  readonly rate: number;
  /** How long a cell takes to make, in milliseconds. */
  readonly makeMs: number;
  /** Cells that are to wait whatever the rate is. */
  readonly floor: number;
  /** What one waiting cell takes, in MiB. */
  readonly memoryMb: number;
}

/** What all waiting cells of a pool may come to. */
export interface PlanBounds {
  readonly ceiling: number;
  readonly memoryBudgetMb: number;
}

/**
 * How many cells are to wait for calls that come at `rate` while each takes `makeMs` to make: as many as come meanwhile,
 * and two standard deviations more, for arrivals that know nothing of each other (Poisson: the variance is the mean). So
 * about 2 calls in 100 find none.
 */
export function cellsFor({ rate, makeMs, floor }: Pick<Demand, 'rate' | 'makeMs' | 'floor'>): number {
  const comingMeanwhile = (rate * makeMs) / 1_000;
  return Math.max(floor, Math.ceil(comingMeanwhile + 2 * Math.sqrt(comingMeanwhile)));
}

/**
 * Shares the bounds out: floors first, then what each rate asks for, cell by cell in turn, so that a busy profile takes
 * nothing from a quiet one before that has its first. The answer has the order of `demands`.
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
