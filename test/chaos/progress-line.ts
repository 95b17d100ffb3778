/** One line on a terminal that is written over; silent in a pipe. */
export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

/** Writes to stderr, so that a report on stdout stays clean. */
export function createProgressLine(): ProgressLine {
  const { stderr } = process;
  if (!stderr.isTTY) return { show: () => undefined, clear: () => undefined };
  return {
    show: (text) => void stderr.write(`\r\u001b[2K${text.slice(0, (stderr.columns ?? 80) - 1)}`),
    clear: () => void stderr.write('\r\u001b[2K'),
  };
}
