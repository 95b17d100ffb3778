import { collectGarbage } from '../support/garbage.ts';

/**
 * Resident memory of this process in MiB, after a garbage collection that releases free memory: otherwise V8 keeps a
 * young generation of up to 100 MiB for the next flood of output, which is not a leak.
 */
export function measureMemory(): number {
  collectGarbage();
  return process.memoryUsage().rss / 1_048_576;
}

/** With fewer samples, the process is still warming up when the run ends. */
const samplesMin = 150;

/**
 * Growth of a process's memory: the median of the last tenth of the samples relative to that of the second tenth (the
 * first warms caches), minus 1. `undefined` for fewer than {@link samplesMin} samples.
 */
export function memoryDrift(samplesMb: readonly number[]): number | undefined {
  if (samplesMb.length < samplesMin) return undefined;
  const tenth = Math.floor(samplesMb.length / 10);
  return median(samplesMb.slice(-tenth)) / median(samplesMb.slice(tenth, 2 * tenth)) - 1;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
