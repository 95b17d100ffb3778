import type { Redaction } from '../contract/result.ts';

/** Counts what was redacted, by rule and place. */
export class Tally {
  readonly #entries = new Map<string, { readonly rule: string; count: number; readonly where: string }>();

  count(rule: string, where: string): void {
    const key = `${where}\n${rule}`;
    const entry = this.#entries.get(key);
    if (entry) entry.count += 1;
    else this.#entries.set(key, { rule, count: 1, where });
  }

  /** A copy, in the order in which each was first seen. */
  get redactions(): readonly Redaction[] {
    return [...this.#entries.values()].map((entry) => ({ ...entry }));
  }
}
