import { InvalidArgumentError } from 'commander';

/** `5s`, `500ms`, `2m` or plain milliseconds, in milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text);
  const factor = { ms: 1, s: 1_000, m: 60_000 }[match?.[2] ?? 'ms'];
  if (!match || factor === undefined) throw new InvalidArgumentError('Give a duration such as 500ms, 5s or 2m.');
  return Math.round(Number(match[1]) * factor);
}

/** `256m`, `1g` or plain MiB, in MiB. */
export function parseMemory(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(m|g|mb|gb|mib|gib)?$/i.exec(text);
  if (!match) throw new InvalidArgumentError('Give a size such as 256m or 1g.');
  return Math.round(Number(match[1]) * (match[2]?.toLowerCase().startsWith('g') ? 1_024 : 1));
}
