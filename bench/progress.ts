/** Shows the current step on stderr: on a terminal in one updated line, elsewhere in separate lines. */
export function showProgress(line: string): void {
  const { isTTY, columns } = process.stderr;
  process.stderr.write(isTTY ? `\r\u001b[2K${line.slice(0, (columns || 80) - 1)}` : `${line}\n`);
}

/** Clears the line. */
export function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
}
