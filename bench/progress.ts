/** Shows what is being done on stderr: one line that is renewed on a terminal, a line each elsewhere. */
export function showProgress(line: string): void {
  const { isTTY, columns } = process.stderr;
  process.stderr.write(isTTY ? `\r\u001b[2K${line.slice(0, (columns || 80) - 1)}` : `${line}\n`);
}

/** Takes the line away. */
export function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
}
