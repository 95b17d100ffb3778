import type { Limits } from '../../../../contract/api/limits.ts';
import type { Meter } from '../guest/meter.ts';
import type { Outcome } from './outcome.ts';

/** Watches a job's wall and processor time, and calls `usedUp` with the limit that is reached. Dispose it to stop. */
export function watchTime(limits: Limits, meter: Meter, usedUp: (outcome: Outcome) => void): Disposable {
  const wall = setTimeout(() => usedUp({ end: 'wall' }), limits.timeoutMs);
  // One thread cannot use processor time faster than the clock runs, so the next look is due when it could be used up.
  const look = (): void => {
    const leftMs = limits.cpuMs - meter.cpuMs;
    if (leftMs <= 0) usedUp({ end: 'cpu' });
    else cpu = setTimeout(look, Math.max(leftMs, 2));
  };
  let cpu = limits.cpuMs < limits.timeoutMs ? setTimeout(look, limits.cpuMs) : undefined;
  return {
    [Symbol.dispose]() {
      clearTimeout(wall);
      clearTimeout(cpu);
    },
  };
}
