import type { Intrinsics } from './intrinsics.ts';

/** Sends output to the host in pieces, and waits if the host cannot keep up. */
export type Writer = (stream: 'stdout' | 'stderr', text: string) => void;

/** Makes the writer of a realm from the host's function that takes output and the one that answers questions. */
export function createWriter(
  { slice, codeAt, sleep }: Intrinsics,
  host: { readonly ask: (question: 'drained', subject: '') => string; readonly write: Writer },
): Writer {
  const { min } = Math;
  // What may be on its way to the host at one time, in characters; a call counts for 64 more. When it is used up, the
  // guest sleeps until the host has passed it on: this is what holds back a flood.
  const creditFull = 262_144;
  const pieceMax = 65_536;
  let credit = creditFull;
  return (stream, text) => {
    for (let at = 0; at < text.length; ) {
      let end = min(at + pieceMax, text.length);
      const unit = codeAt(text, end - 1);
      if (end < text.length && unit >= 0xd800 && unit <= 0xdbff) end -= 1;
      host.write(stream, slice(text, at, end));
      credit -= end - at + 64;
      at = end;
      while (credit <= 0) {
        if (host.ask('drained', '') === 'yes') credit = creditFull;
        else sleep(2);
      }
    }
  };
}
