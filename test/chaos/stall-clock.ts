/** Where this process was kept from running: stopped by a signal, or without a processor to run on. */
export interface StallClock extends Disposable {
  /** How much of the time since `sinceMs` (by `performance.now()`) it was held up for, in milliseconds. */
  since(sinceMs: number): number;
}

const everyMs = 50;
/** Shorter gaps are a scheduler's everyday. */
const gapMinMs = 100;
const forgetAfterMs = 300_000;

/** Starts to look. A gap in which the process itself used the processor is of its own making, and no excuse. */
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
