import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Styles text for a stream: only on a terminal, and never if NO_COLOR is set. */
export function paint(stream: NodeJS.WriteStream, format: Format, text: string): string {
  return styleText(format, text, { stream, validateStream: true });
}

/** A duration for people: `12 ms`, `1.2 s`. */
export function formatMs(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
