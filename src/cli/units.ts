/**
 * A duration with its unit (`500ms`, `5s`, `2m`, `1h`) in milliseconds; `undefined` for another text. A bare number is
 * not taken: it could mean seconds.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?(ms|s|m|h)$/i.exec(text.trim());
  const factor = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[match?.[2]?.toLowerCase() ?? ''];
  return match && factor !== undefined ? Math.round(Number(match[1]) * factor) : undefined;
}

/**
 * A size with its unit (`256m`, `64MiB`, `1g`) in MiB; `undefined` for another text, a bare number included. `m`, `mb`
 * and `mib` are the same.
 */
export function parseMemory(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?(m|g)(?:i?b)?$/i.exec(text.trim());
  return match ? Math.round(Number(match[1]) * (match[2]?.toLowerCase() === 'g' ? 1_024 : 1)) : undefined;
}
