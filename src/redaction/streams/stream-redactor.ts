/**
 * Redacts a text that comes in pieces. However it is cut, the pieces that come out are, put together, what the whole
 * text would have become; and no piece ends inside a surrogate pair.
 */
export interface StreamRedactor {
  /** Takes the next piece and returns what is safe to show now; the rest is held back until more is known. */
  push(text: string): string;
  /** Returns what was held back. The stream is of no use after that. */
  end(): string;
}

/** Feeds what `first` lets out to `second`. */
export function chain(first: StreamRedactor, second: StreamRedactor): StreamRedactor {
  return {
    push: (text) => second.push(first.push(text)),
    end: () => second.push(first.end()) + second.end(),
  };
}

/** `end`, or one less where that would part the halves of a surrogate pair, also of one that is still to come. */
export function wholeCharactersEnd(text: string, end: number): number {
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}

/** What stands in the place of redacted text. `name` is a secret's name or a pattern rule's. */
export function markerOf(name: string): string {
  return `[redacted:${name}]`;
}
