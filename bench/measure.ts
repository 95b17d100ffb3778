/** One contestant: what it does once, in how many milliseconds, or why it could not. */
export interface Contestant {
  readonly name: string;
  /** What the number leaves out. */
  readonly leavesOut: string;
  /** One timed call; it throws where the answer is wrong. */
  readonly call: () => Promise<void>;
  /** Waits, untimed, until nothing of the call is left over. */
  readonly settle?: () => Promise<void>;
}

/** The times of one contestant, in milliseconds, ascending. */
export interface Measured {
  readonly name: string;
  readonly leavesOut: string;
  readonly times: readonly number[];
  readonly failures: number;
}

/** Times contestants in turn, the order reversed each round, so that a machine that drifts harms all alike. */
export async function measure(
  contestants: readonly Contestant[],
  rounds: number,
  onRound: (round: number) => void,
): Promise<Measured[]> {
  const times = new Map<Contestant, number[]>(contestants.map((contestant) => [contestant, []]));
  const failures = new Map<Contestant, number>();
  for (let round = -2; round < rounds; round += 1) {
    onRound(Math.max(0, round));
    for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
      const startMs = performance.now();
      try {
        await contestant.call();
        // The first two rounds warm caches and are not counted.
        if (round >= 0) times.get(contestant)?.push(performance.now() - startMs);
      } catch {
        failures.set(contestant, (failures.get(contestant) ?? 0) + 1);
      }
      await contestant.settle?.();
    }
  }
  return contestants.map((contestant) => ({
    name: contestant.name,
    leavesOut: contestant.leavesOut,
    times: (times.get(contestant) ?? []).sort((a, b) => a - b),
    failures: failures.get(contestant) ?? 0,
  }));
}

/** The time below which `share` of the calls stayed. */
export function quantile(times: readonly number[], share: number): number {
  return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
}
