import { bashHints } from './bash-hints.ts';
import type { FailedCall, Hint } from './hint.ts';
import { pythonHints } from './python-hints.ts';

const hintsOf: Readonly<Partial<Record<FailedCall['language'], readonly Hint[]>>> = {
  python: pythonHints,
  bash: bashHints,
};
/** Characters of the end of stderr, and of an exception's message, in which mistakes are looked for. */
const tailMax = 2_000;

/** What to do about a call that failed in a way that is frequent; `undefined` if it is not. */
export function findHint(call: FailedCall): string | undefined {
  const text =
    call.name === undefined ? call.stderr.slice(-tailMax) : `${call.name}: ${call.message.slice(0, tailMax)}`;
  for (const { when, only, say } of hintsOf[call.language] ?? []) {
    const found = when.exec(text);
    if (found && (only?.(call) ?? true)) return typeof say === 'string' ? say : say(found, call);
  }
  return undefined;
}
