/** One updated line on a terminal; in a pipe, a line now and then. */
export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

/** Interval of lines in a pipe: a log should move, but stay short. */
const pipedEveryMs = 30_000;

/** Writes to stderr, so that a report on stdout stays clean. */
export function createProgressLine(): ProgressLine {
  const { stderr } = process;
  if (stderr.isTTY) {
    return {
      show: (text) => void stderr.write(`\r\u001b[2K${text.slice(0, (stderr.columns ?? 80) - 1)}`),
      clear: () => void stderr.write('\r\u001b[2K'),
    };
  }
  let writtenAt = performance.now();
  return {
    show(text) {
      if (performance.now() - writtenAt < pipedEveryMs) return;
      writtenAt = performance.now();
      stderr.write(`${text}\n`);
    },
    clear: () => undefined,
  };
}
