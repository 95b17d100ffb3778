/** Measures time during which this process could not run: stopped by a signal, or without a processor. */
export interface StallClock extends Disposable {
  /** Stalled time since `sinceMs` (by `performance.now()`), in milliseconds. */
  since(sinceMs: number): number;
}

const everyMs = 50;
/** Shorter gaps are normal scheduling. */
const gapMinMs = 100;
const forgetAfterMs = 300_000;

/** Starts to measure. A gap in which the process itself used the processor is its own fault and does not count. */
export function startStallClock(): StallClock {
  const stalls: { readonly fromMs: number; readonly toMs: number }[] = [];
  let lastMs = performance.now();
  let lastCpu = process.cpuUsage();
  const look = (): void => {
    const nowMs = performance.now();
    const used = process.cpuUsage(lastCpu);
    const idleMs = nowMs - lastMs - everyMs - (used.user + used.system) / 1_000;
    if (idleMs > gapMinMs) stalls.push({ fromMs: lastMs, toMs: nowMs });
    while (stalls[0] && stalls[0].toMs < nowMs - forgetAfterMs) stalls.shift();
    lastMs = nowMs;
    lastCpu = process.cpuUsage();
  };
  const timer = setInterval(look, everyMs).unref();
  return {
    since(sinceMs) {
      look();
      return stalls.reduce((sum, { fromMs, toMs }) => sum + Math.max(0, toMs - Math.max(fromMs, sinceMs)), 0);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
