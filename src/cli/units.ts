/** `5s`, `500ms`, `2m` or plain milliseconds, in milliseconds; `undefined` for another text. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text);
  const factor = { ms: 1, s: 1_000, m: 60_000 }[match?.[2] ?? 'ms'];
  return match && factor !== undefined ? Math.round(Number(match[1]) * factor) : undefined;
}

/** `256m`, `1g` or plain MiB, in MiB; `undefined` for another text. */
export function parseMemory(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(m|g|mb|gb|mib|gib)?$/i.exec(text);
  return match ? Math.round(Number(match[1]) * (match[2]?.toLowerCase().startsWith('g') ? 1_024 : 1)) : undefined;
}
