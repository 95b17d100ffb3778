/** Rounds to microseconds: more digits are noise. */
export function roundMs(ms: number): number {
  return Math.max(0, Math.round(ms * 1000) / 1000);
}
