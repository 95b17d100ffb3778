import { InvalidArgumentError } from 'commander';

/** A duration with its unit (`500ms`, `5s`, `2m`, `1h`) in milliseconds. A bare number could mean seconds, so it is refused. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?(ms|s|m|h)$/i.exec(text.trim());
  const factor = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[match?.[2]?.toLowerCase() ?? ''];
  if (!match || factor === undefined)
    throw new InvalidArgumentError('Give a duration with its unit, such as 500ms, 5s or 2m.');
  return Math.round(Number(match[1]) * factor);
}

/** A size with its unit (`256m`, `64MiB`, `1g`) in MiB; `m`, `mb` and `mib` are the same. A bare number is refused. */
export function parseMemory(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?(m|g)(?:i?b)?$/i.exec(text.trim());
  if (!match) throw new InvalidArgumentError('Give a size with its unit, such as 256m, 64MiB or 1g.');
  return Math.round(Number(match[1]) * (match[2]?.toLowerCase() === 'g' ? 1_024 : 1));
}
