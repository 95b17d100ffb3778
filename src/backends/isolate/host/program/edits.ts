/** A place in a text: line from 1, column from 0. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Changes to a text that keep its lines, with the mapping from positions in the result back to the original. */
export class Edits {
  readonly #source: string;
  readonly #edits: Edit[] = [];
  /** Computed at the first {@link locate}, because a guest may ask for many positions in a long text. */
  #ordered: readonly Edit[] | undefined;
  #lineStarts: readonly number[] | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  /** Whether nothing is changed. */
  get isEmpty(): boolean {
    return this.#edits.length === 0;
  }

  replace(start: number, end: number, text: string): void {
    this.#edits.push({ start, end, text });
  }

  insert(at: number, text: string): void {
    this.replace(at, at, text);
  }

  /** Inserts at the start, before all earlier insertions there. */
  prepend(text: string): void {
    this.#edits.unshift({ start: 0, end: 0, text });
  }

  /** Replaces everything except line ends by spaces. */
  blank(start: number, end: number): void {
    this.replace(start, end, this.#source.slice(start, end).replace(/[^\r\n\u2028\u2029]/gu, ' '));
  }

  /** The changed text. */
  apply(): string {
    let result = '';
    let at = 0;
    for (const { start, end, text } of this.#order()) {
      result += this.#source.slice(at, start) + text;
      at = end;
    }
    return result + this.#source.slice(at);
  }

  /** The position in the original for `position` in the changed text. No edits are allowed after the first call. */
  locate({ line, column }: Position): Position {
    this.#ordered ??= this.#order();
    this.#lineStarts ??= startsOfLines(this.#source);
    const lineStart = this.#lineStarts[line - 1];
    if (lineStart === undefined) return { line, column };
    let original = lineStart + column;
    for (let index = firstFrom(this.#ordered, lineStart); index < this.#ordered.length; index += 1) {
      const { start, end, text } = this.#ordered[index] as Edit;
      if (text.length === end - start) continue;
      if (start >= original) break;
      original = Math.max(start, original - (text.length - (end - start)));
    }
    return { line, column: original - lineStart };
  }

  #order(): readonly Edit[] {
    return this.#edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  }
}

/** Index of the first edit that starts at a place or after it. */
function firstFrom(edits: readonly Edit[], start: number): number {
  let low = 0;
  let high = edits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edits[middle] as Edit).start < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

function startsOfLines(text: string): readonly number[] {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return starts;
}
