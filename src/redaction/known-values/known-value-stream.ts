/**
 * Theory of operation. Every occurrence of every form is found as an interval of the text. Where the longest match in
 * progress begins is the horizon: of all that begins before it, everything is known, so what lies before it can be
 * decided for good, whatever comes next. Only text after the horizon is held back.
 *
 * Decided means: cover all intervals with as few as possible, left to right. The next marker goes to the longest match
 * at the next place where one begins; a match that overlaps it and reaches further gets a marker of its own, right after
 * it. So no part of any secret is left, and secrets inside one another become the outer one.
 *
 * A match reaches over the neighbours that hold bits of the secret. One whose neighbours are still to come is not
 * decided, and a character that can be such a neighbour of what begins after it is held back.
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
  /** Characters after `end` that are to be covered too, and are still to come. */
  missing: number;
}

/** Replaces known values in one text; `found` is called with the secret's name for each. */
export class KnownValueStream implements StreamRedactor {
  readonly #searches: readonly (KnownValueSearch & { readonly cursor: Cursor })[];
  readonly #found: (name: string) => void;
  readonly #bytes = new LowBytes();
  /** Text from the last horizon on. */
  #text = '';
  /** Index in `#text` up to which everything is shown or replaced; may lie beyond the horizon, at the end of a match. */
  #covered = 0;
  /** Matches not yet decided, in the order of their starts, the longest first. */
  #matches: Match[] = [];
  /** The last of what came before `#text`; see {@link headBefore}. */
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

  /** Where a form begins whose text begins at `start`: one character before it, where that can be its head. */
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

  /** Makes the horizon the begin of the text at hand, and drops the matches before `next`. */
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
