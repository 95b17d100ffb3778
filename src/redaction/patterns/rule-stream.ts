/**
 * Theory of operation. Each keyword found is a hit; hits are decided in the order of their starts. A hit is decided
 * once all text that can matter to its rule's expression has arrived: `longest` characters, or the end of what
 * `undecided` allows. The horizon is the start of the first undecided hit or of the longest keyword in progress: text
 * before it is shown. The last shown characters stay in memory, since expressions look at the text before a keyword.
 */
import { LowBytes } from '../search/block-filter.ts';
import type { Cursor } from '../search/pattern-search.ts';
import { markerOf, type StreamRedactor, wholeCharactersEnd } from '../streams/stream-redactor.ts';
import { lookBehindMax, type PatternRule } from './pattern-rule.ts';
import type { RuleSet } from './pattern-rules.ts';

interface Hit {
  start: number;
  readonly keywordLength: number;
  readonly rule: PatternRule;
}

/** Replaces the matches of pattern rules in one text; calls `found` with the rule's name for each. */
export class RuleStream implements StreamRedactor {
  readonly #rules: RuleSet;
  readonly #found: (rule: string) => void;
  readonly #cursor: Cursor;
  readonly #bytes = new LowBytes();
  /** The last characters shown, and all text that is held back. */
  #text = '';
  /** Index in `#text` up to which all is shown or replaced. */
  #covered = 0;
  /** Hits not yet decided, by start, the longest keyword first. */
  #hits: Hit[] = [];
  /** Length of `#text` from which the first hit is checked again. */
  #lookAgainAt = 0;

  constructor(rules: RuleSet, found: (rule: string) => void) {
    this.#rules = rules;
    this.#found = found;
    this.#cursor = rules.search.begin();
  }

  push(piece: string): string {
    const from = this.#text.length;
    const text = this.#text + piece;
    this.#text = text;
    this.#rules.search.scan(text, this.#bytes.of(piece), from, this.#cursor, (end, id) => {
      const keyword = this.#rules.keywords[id];
      if (keyword) this.#add({ start: end - keyword.length, keywordLength: keyword.length, rule: keyword.rule });
    });
    return text.length < this.#lookAgainAt ? '' : this.#decide(false);
  }

  end(): string {
    return this.#decide(true);
  }

  /** Keywords are found in the order of their ends, so a long one may belong before others. */
  #add(hit: Hit): void {
    const after = this.#hits.findLastIndex(
      ({ start, keywordLength }) => start < hit.start || (start === hit.start && keywordLength > hit.keywordLength),
    );
    this.#hits.splice(after + 1, 0, hit);
  }

  #decide(ended: boolean): string {
    const length = this.#text.length;
    let horizon = ended ? length : this.#rules.search.inProgressFrom(this.#text, this.#cursor);
    let shown = '';
    let next = 0;
    for (let hit = this.#hits[next]; hit; hit = this.#hits[next]) {
      if (hit.start >= horizon || (!ended && hit.start >= this.#covered && this.#isUndecided(hit))) break;
      if (hit.start >= this.#covered) shown += this.#apply(hit);
      next += 1;
    }
    this.#hits = this.#hits.slice(next);
    const waiting = this.#hits[0];
    horizon = Math.min(horizon, waiting?.start ?? length);
    if (!ended) horizon = wholeCharactersEnd(this.#text, horizon);
    // Held text is checked again after it has grown by a 64th, so that single characters cost no more than long pieces.
    this.#lookAgainAt = waiting ? length + ((length - waiting.start) >> 6) : 0;
    if (horizon > this.#covered) {
      shown += this.#text.slice(this.#covered, horizon);
      this.#covered = horizon;
    }
    this.#forget();
    return shown;
  }

  #isUndecided({ start, rule }: Hit): boolean {
    if (this.#text.length - start >= rule.longest) return false;
    rule.undecided.lastIndex = start;
    return rule.undecided.test(this.#text) && rule.undecided.lastIndex === this.#text.length;
  }

  /** Shows the text up to the hit's secret, and the marker; shows nothing if the rule's expression does not match. */
  #apply({ start, rule }: Hit): string {
    rule.expression.lastIndex = start;
    const match = rule.expression.exec(this.#text);
    if (!match) return '';
    const kept = (match[1]?.length ?? 0) + (match[2]?.length ?? 0);
    const shown = this.#text.slice(this.#covered, start + kept) + markerOf(rule.name);
    this.#covered = start + match[0].length;
    this.#found(rule.name);
    return shown;
  }

  /** Drops shown text, except for the characters that expressions may look back at. */
  #forget(): void {
    const dropped = Math.max(0, this.#covered - lookBehindMax);
    if (dropped === 0) return;
    this.#text = this.#text.slice(dropped);
    this.#covered -= dropped;
    this.#lookAgainAt -= dropped;
    for (const hit of this.#hits) hit.start -= dropped;
  }
}
