/**
 * Theory of operation. Finds any number of literal patterns in one pass, in time linear in any text. A filter over
 * blocks of characters (block-filter.ts) skips text in which no pattern can start. Elsewhere a trie with failure
 * links (Aho and Corasick, 1975) reads on, one character at a time, while the match in progress is at least a block
 * long. Then the filter takes over again, from the start of the match in progress; so no character is read more than
 * three times.
 *
 * Failure links are computed when they are first needed: most texts never reach most nodes, and each call makes its own
 * search. A node's link is set only once its target has one, so the links that the search follows are always complete.
 *
 * Letters are compared through a fold (ASCII only). A search with `lineEnds: 'ignored'` matches across single line
 * ends, which encoders put into long base64 text; the filter looks at each line separately.
 */
import { BlockFilter, blockLength, type Fold, folded } from './block-filter.ts';

/** The state of a search between two pieces of one text. */
export interface Cursor {
  /** Node of the trie; 0 is the root: no match is in progress. */
  node: number;
  /** Line-end characters passed since the last other character. */
  gap: number;
}

/** What to look for and how to compare; see {@link PatternSearch}. */
export interface PatternSearchOptions {
  /** Patterns are folded, too. */
  readonly fold: Fold;
  /** `ignored`: line ends inside a match do not count, at most {@link gapMax} characters of them in a row. */
  readonly lineEnds: 'ignored' | 'significant';
}

const root = 0;
const asciiSize = 128;
/** `\r\n` has two. */
const gapMax = 2;

/** An immutable set of patterns, numbered in the order given. */
export class PatternSearch {
  readonly #fold: Fold;
  readonly #filter: BlockFilter;
  readonly #ignoresLineEnds: boolean;
  /**
   * Per node: its character, parent, first child, next sibling and depth; its failure link plus 1, or 0 until it is
   * computed; and the longest pattern that ends here plus 1, which includes patterns of the link once that is computed.
   */
  readonly #character: Uint16Array;
  readonly #parent: Int32Array;
  readonly #child: Int32Array;
  readonly #sibling: Int32Array;
  readonly #failure: Int32Array;
  readonly #depth: Int32Array;
  readonly #pattern: Int32Array;
  readonly #rootChild = new Int32Array(asciiSize);

  /** @param patterns must not be empty strings; the first of equal patterns counts. */
  constructor(patterns: readonly string[], options: PatternSearchOptions) {
    this.#fold = options.fold;
    this.#ignoresLineEnds = options.lineEnds === 'ignored';
    const nodesMax = patterns.reduce((sum, pattern) => sum + pattern.length, 1);
    this.#character = new Uint16Array(nodesMax);
    this.#parent = new Int32Array(nodesMax);
    this.#child = new Int32Array(nodesMax);
    this.#sibling = new Int32Array(nodesMax);
    this.#failure = new Int32Array(nodesMax);
    this.#depth = new Int32Array(nodesMax);
    this.#pattern = new Int32Array(nodesMax);
    this.#failure[root] = root + 1;
    this.#filter = new BlockFilter(patterns, options.fold);
    let nodes = 1;
    for (const [id, pattern] of patterns.entries()) nodes = this.#insert(pattern, id, nodes);
  }

  /** A cursor for the start of a text. */
  begin(): Cursor {
    return { node: root, gap: 0 };
  }

  /**
   * Searches `text` from index `from` on; `bytes` are the {@link LowBytes} of that part. The cursor has already seen
   * the text before. Reports the longest pattern that ends at each index.
   */
  scan(
    text: string,
    bytes: Uint8Array,
    from: number,
    cursor: Cursor,
    found: (end: number, pattern: number) => void,
  ): void {
    const { codes } = this.#fold;
    let { node, gap } = cursor;
    let lineEnd = -1;
    /** Where the filter stopped last. */
    let stop = -1;
    for (let index = from; index < text.length; index += 1) {
      const depth = this.#depth[node] as number;
      const start = depth < blockLength ? this.startOf(text, index, depth) : stop;
      // Less than a block is in progress: the filter can tell whether a pattern may start there.
      if (start > stop && start >= from) {
        if (lineEnd < start) lineEnd = this.#lineEnd(text, start);
        stop = from + this.#filter.next(bytes, start - from, lineEnd - from);
        if (stop > start) {
          node = root;
          gap = 0;
          index = stop;
        }
      }
      const code = text.charCodeAt(index);
      if (this.#ignoresLineEnds && isLineEnd(code)) {
        gap += 1;
        if (gap > gapMax) node = root;
        continue;
      }
      gap = 0;
      node = this.#next(node, code < asciiSize ? (codes[code] as number) : code);
      if (this.#failure[node] === 0) this.#link(node);
      const pattern = this.#pattern[node] as number;
      if (pattern > 0) found(index + 1, pattern - 1);
    }
    cursor.node = node;
    cursor.gap = gap;
  }

  /**
   * Index in `text`, which ends at the cursor, of the start of the longest match in progress; the length of `text` if
   * there is none.
   */
  inProgressFrom(text: string, cursor: Cursor): number {
    return this.startOf(text, text.length, this.#depth[cursor.node] as number);
  }

  /** Start index of a match of `length` characters that ends before `end`. */
  startOf(text: string, end: number, length: number): number {
    if (!this.#ignoresLineEnds) return end - length;
    let start = end;
    for (let missing = length; missing > 0; missing -= 1) {
      start -= 1;
      while (isLineEnd(text.charCodeAt(start))) start -= 1;
    }
    return start;
  }

  /** How far the filter may look from `index` on: to the next line end, or to the end of the text. */
  #lineEnd(text: string, index: number): number {
    if (!this.#ignoresLineEnds) return text.length;
    const feed = text.indexOf('\n', index);
    if (feed < 0) return text.length;
    return feed > index && text.charCodeAt(feed - 1) === 13 ? feed - 1 : feed;
  }

  #next(from: number, character: number): number {
    let node = from;
    for (;;) {
      const child = this.#childOf(node, character);
      if (child !== root || node === root) return child;
      node = (this.#failure[node] as number) - 1;
    }
  }

  /** The child of `node` for a character, or the root. */
  #childOf(node: number, character: number): number {
    if (node === root && character < asciiSize) return this.#rootChild[character] as number;
    let child = this.#child[node] as number;
    while (child !== root && this.#character[child] !== character) child = this.#sibling[child] as number;
    return child;
  }

  /** Adds one pattern to the trie; returns the new number of nodes. */
  #insert(pattern: string, id: number, nodes: number): number {
    let node = root;
    let index = 0;
    for (; index < pattern.length; index += 1) {
      const child = this.#childOf(node, folded(pattern.charCodeAt(index), this.#fold));
      if (child === root) break;
      node = child;
    }
    let count = nodes;
    // Below a new node all nodes are new.
    for (; index < pattern.length; index += 1) {
      const character = folded(pattern.charCodeAt(index), this.#fold);
      this.#character[count] = character;
      this.#parent[count] = node;
      this.#depth[count] = index + 1;
      this.#sibling[count] = this.#child[node] as number;
      this.#child[node] = count;
      if (node === root && character < asciiSize) this.#rootChild[character] = count;
      node = count;
      count += 1;
    }
    if (this.#pattern[node] === 0) this.#pattern[node] = id + 1;
    return count;
  }

  /** Computes the failure link of a node whose parent has one, and the links that this needs. */
  #link(node: number): void {
    const pending = [node];
    for (let last = node; pending.length > 0; last = pending.at(-1) as number) {
      const parent = this.#parent[last] as number;
      const from = (this.#failure[parent] as number) - 1;
      const target = parent === root ? root : this.#next(from, this.#character[last] as number);
      if (this.#failure[target] === 0) {
        // The target's parent lies on the path from the parent's link, so it already has a link.
        pending.push(target);
        continue;
      }
      this.#failure[last] = target + 1;
      if (this.#pattern[last] === 0) this.#pattern[last] = this.#pattern[target] as number;
      pending.pop();
    }
  }
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}
