import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** A build, pull or import that the daemon started and could not finish. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

/** A daemon that reports nothing for this long during a build, pull or import counts as hung. */
export const imageIdleTimeoutMs = 300_000;
/** A base is made while it is imported: this is the time that making it may take, plus some minutes. */
export const importTimeoutMs = 1_200_000;

const lineMaxChars = 1_048_576;

/**
 * Reads the daemon's whole report on a build, pull or import (one JSON object per line).
 * @throws {ImageError} with the daemon's words if it reports a failure, or if it is silent for `idleTimeoutMs`.
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
