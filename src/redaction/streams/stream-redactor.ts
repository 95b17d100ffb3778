/**
 * Redacts a text that arrives in pieces. However it is cut, the joined output is the redacted form of the whole text,
 * and no piece ends inside a surrogate pair.
 */
export interface StreamRedactor {
  /** Takes the next piece and returns the text that is safe to show; the rest is held back until more is known. */
  push(text: string): string;
  /** Returns the text that was held back. The redactor cannot be used after that. */
  end(): string;
}

/** Passes the output of `first` to `second`. */
export function chain(first: StreamRedactor, second: StreamRedactor): StreamRedactor {
  return {
    push: (text) => second.push(first.push(text)),
    end: () => second.push(first.end()) + second.end(),
  };
}

/** `end`, or one less if that would split a surrogate pair, even if its second half has not arrived. */
export function wholeCharactersEnd(text: string, end: number): number {
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}

/** The replacement for redacted text. `name` is the name of a secret or of a pattern rule. */
export function markerOf(name: string): string {
  return `[redacted:${name}]`;
}
