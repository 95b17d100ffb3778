/**
 * Theory of operation. Every occurrence of every form is an interval of the text. The horizon is the start of the
 * longest match in progress: all matches that start before it are known, so the text before it can be decided, whatever
 * follows. Only text after the horizon is held back.
 *
 * Deciding covers all intervals with as few markers as possible, left to right. The next marker goes to the longest
 * match at the next start of a match; a match that overlaps it and reaches further gets its own marker right
 * after it. So no part of any secret is left, and of nested secrets the outer one is named.
 *
 * A match includes the neighbouring characters that hold bits of the secret. A match whose neighbours have not arrived
 * is not decided, and a character that can be such a neighbour of a match after it is held back.
 */
import { LowBytes } from '../search/block-filter.ts';
import type { Cursor } from '../search/pattern-search.ts';
import { markerOf, type StreamRedactor, wholeCharactersEnd } from '../streams/stream-redactor.ts';
import type { KnownValueSearch } from './known-values.ts';
import { contextMax, headBefore, tailFrom } from './neighbours.ts';

interface Match {
  start: number;
  end: number;
  readonly name: string;
  /** Number of characters after `end` that belong to the match and have not arrived. */
  missing: number;
}

/** Replaces known values in one text; calls `found` with the secret's name for each. */
export class KnownValueStream implements StreamRedactor {
  readonly #searches: readonly (KnownValueSearch & { readonly cursor: Cursor })[];
  readonly #found: (name: string) => void;
  readonly #bytes = new LowBytes();
  /** The text from the last horizon on. */
  #text = '';
  /** Index in `#text` up to which all is shown or replaced; may lie beyond the horizon, at the end of a match. */
  #covered = 0;
  /** Matches not yet decided, by start, the longest first. */
  #matches: Match[] = [];
  /** The last characters before `#text`; see {@link headBefore}. */
  #context = '';

  constructor(searches: readonly KnownValueSearch[], found: (name: string) => void) {
    this.#searches = searches.map((known) => ({ ...known, cursor: known.search.begin() }));
    this.#found = found;
  }

  push(piece: string): string {
    const from = this.#text.length;
    const text = this.#text + piece;
    this.#text = text;
    const bytes = this.#bytes.of(piece);
    let horizon = text.length;
    for (const { search, patterns, heads, cursor } of this.#searches) {
      search.scan(text, bytes, from, cursor, (end, id) => {
        const pattern = patterns[id];
        if (!pattern) return;
        const { name, length, head, tail } = pattern;
        const start = this.#startWithHead(search.startOf(text, end, length), (character) => head.includes(character));
        this.#matches.push({ start, end, name, missing: tail });
      });
      const begin = search.inProgressFrom(text, cursor);
      horizon = Math.min(
        horizon,
        this.#startWithHead(begin, (character) => heads.has(character)),
      );
    }
    for (const match of this.#matches) {
      if (match.missing === 0) continue;
      Object.assign(match, tailFrom(text, match.end, match.missing));
      if (match.missing > 0) horizon = Math.min(horizon, match.start);
    }
    if (this.#matches.length > 1) this.#matches.sort((one, other) => one.start - other.start || other.end - one.end);
    return this.#decide(wholeCharactersEnd(text, horizon));
  }

  end(): string {
    return this.#decide(this.#text.length);
  }

  /** The start of a form whose text starts at `start`: one character earlier, if that one can be its head. */
  #startWithHead(start: number, isHead: (character: string) => boolean): number {
    const head = headBefore(this.#text, start, this.#context);
    return head !== undefined && isHead(this.#text.charAt(head)) ? head : start;
  }

  #decide(horizon: number): string {
    let shown = '';
    let next = 0;
    while (this.#covered <= horizon) {
      let furthest: Match | undefined;
      let match = this.#matches[next];
      for (; match && match.start < this.#covered; match = this.#matches[next]) {
        if (match.end > (furthest?.end ?? this.#covered)) furthest = match;
        next += 1;
      }
      const decided = furthest ?? (match && match.start < horizon ? match : undefined);
      if (!decided) {
        shown += this.#text.slice(this.#covered, horizon);
        this.#covered = horizon;
        break;
      }
      shown += this.#text.slice(this.#covered, Math.max(this.#covered, decided.start)) + markerOf(decided.name);
      this.#covered = decided.end;
      this.#found(decided.name);
    }
    this.#moveTo(horizon, next);
    return shown;
  }

  /** Makes the horizon the start of the text in memory, and drops the matches before `next`. */
  #moveTo(horizon: number, next: number): void {
    this.#context = (this.#context + this.#text.slice(Math.max(0, horizon - contextMax), horizon)).slice(-contextMax);
    this.#text = this.#text.slice(horizon);
    this.#covered -= horizon;
    this.#matches = this.#matches.slice(next);
    for (const match of this.#matches) {
      match.start -= horizon;
      match.end -= horizon;
    }
  }
}
