import { defaultLimits, type Limits, type PartialLimits } from '../contract/limits.ts';

/** The limits of a job: what was asked for, else the default, and never above the ceiling. `cpuMs` follows `timeoutMs`. */
export function clampLimits(asked: PartialLimits, ceilings: Limits): Limits {
  const timeoutMs = Math.min(asked.timeoutMs ?? defaultLimits.timeoutMs, ceilings.timeoutMs);
  const clamp = (name: keyof Limits): number => Math.min(asked[name] ?? defaultLimits[name], ceilings[name]);
  return Object.freeze({
    timeoutMs,
    cpuMs: Math.min(asked.cpuMs ?? timeoutMs, ceilings.cpuMs),
    memoryMb: clamp('memoryMb'),
    processes: clamp('processes'),
    diskMb: clamp('diskMb'),
    fileMb: clamp('fileMb'),
    outputKb: clamp('outputKb'),
    valueKb: clamp('valueKb'),
    openFiles: clamp('openFiles'),
    toolCalls: clamp('toolCalls'),
  });
}
