import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** A build or pull that the daemon began and could not finish. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

/** A daemon that says nothing for so long while it builds, pulls or imports is taken for hung. */
export const imageIdleTimeoutMs = 300_000;
/** As long as a base may take to be made, which is while it is imported, and some minutes more. */
export const importTimeoutMs = 1_200_000;

const lineMaxChars = 1_048_576;

/**
 * Reads the daemon's report on a build, pull or import (one JSON object a line) to its end.
 * @throws {ImageError} with the daemon's words where it reports a failure or falls silent for `idleTimeoutMs`.
 */
export async function followProgress(
  report: Readable,
  onProgress: (line: string) => void,
  idleTimeoutMs: number = imageIdleTimeoutMs,
): Promise<void> {
  const silent = new ImageError(`it reported nothing for ${idleTimeoutMs} ms`);
  const idle = setTimeout(() => report.destroy(silent), idleTimeoutMs);
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for await (const chunk of report) {
      idle.refresh();
      const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > lineMaxChars) throw new ImageError('its report has a line of more than 1 MiB');
      for (const line of lines) readLine(line, onProgress);
    }
    readLine(rest, onProgress);
  } finally {
    clearTimeout(idle);
    report.destroy();
  }
}

interface ProgressMessage {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly progress?: string;
  readonly error?: string;
}

function readLine(line: string, onProgress: (line: string) => void): void {
  if (line.trim() === '') return;
  const message = JSON.parse(line) as ProgressMessage;
  if (message.error !== undefined) throw new ImageError(message.error.trim());
  const text = message.stream ?? [message.id, message.status, message.progress].filter(Boolean).join(' ');
  if (text.trim() !== '') onProgress(text.trimEnd());
}
