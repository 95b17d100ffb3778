/**
 * Theory of operation. Keywords are found in order of their ends; each is a hit, and hits are decided in that order. A
 * hit is decided once its rule's expression has all that can matter to it in sight: `longest` characters, or the end of
 * what `undecided` allows. The first hit that is not decided, or the keyword in progress, is where showing stops.
 * What was shown last stays at hand, since expressions look at what comes before a keyword.
 */
import { markerOf } from './marker.ts';
import { lookBehindMax, type PatternRule } from './pattern-rule.ts';
import type { RuleSet } from './pattern-rules.ts';
import type { Cursor } from './pattern-search.ts';
import { type StreamRedactor, wholeCharactersEnd } from './stream-redactor.ts';

interface Hit {
  start: number;
  readonly rule: PatternRule;
}

/** Replaces what pattern rules find in one text; `found` is called with the rule's name for each. */
export class RuleStream implements StreamRedactor {
  readonly #rules: RuleSet;
  readonly #found: (rule: string) => void;
  readonly #cursor: Cursor;
  /** The last characters shown, and all that is held back. */
  #text = '';
  /** Index in `#text` up to which everything is shown or replaced. */
  #covered = 0;
  #hits: Hit[] = [];
  /** Length of `#text` at which it is worth looking at the first hit again. */
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
    this.#rules.search.scan(text, from, this.#cursor, (end, id) => {
      const keyword = this.#rules.keywords[id];
      if (keyword) this.#hits.push({ start: end - keyword.length, rule: keyword.rule });
    });
    return text.length < this.#lookAgainAt ? '' : this.#decide(false);
  }

  end(): string {
    return this.#decide(true);
  }

  #decide(ended: boolean): string {
    let shown = '';
    let next = 0;
    for (let hit = this.#hits[next]; hit; hit = this.#hits[next]) {
      if (hit.start >= this.#covered) {
        if (!ended && this.#isUndecided(hit)) break;
        shown += this.#apply(hit);
      }
      next += 1;
    }
    this.#hits = this.#hits.slice(next);

    const length = this.#text.length;
    const waiting = this.#hits[0];
    // A held text is looked at again when it has grown by a 64th, so that single characters cost no more than long pieces.
    this.#lookAgainAt = waiting ? length + ((length - waiting.start) >> 6) : 0;
    const horizon = ended
      ? length
      : wholeCharactersEnd(
          this.#text,
          Math.min(waiting?.start ?? length, this.#rules.search.inProgressFrom(this.#text, this.#cursor)),
        );
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

  /** Shows the text up to the hit's secret, and the marker; nothing where the rule's expression does not match. */
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

  /** Drops what was shown, but for what expressions may still look back at. */
  #forget(): void {
    const dropped = Math.max(0, this.#covered - lookBehindMax);
    if (dropped === 0) return;
    this.#text = this.#text.slice(dropped);
    this.#covered -= dropped;
    this.#lookAgainAt -= dropped;
    for (const hit of this.#hits) hit.start -= dropped;
  }
}
