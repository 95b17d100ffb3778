/** Tells names apart that redaction made the same: `name`, `name (2)`, `name (3)`, … */
export class UniqueNames {
  readonly #taken: Set<string>;
  readonly #last = new Map<string, number>();

  /** @param taken names that are given already. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** `name`, or the next numbered form of it that nobody has. */
  take(name: string): string {
    let unique = name;
    let number = this.#last.get(name) ?? 1;
    while (this.#taken.has(unique)) {
      number += 1;
      unique = `${name} (${number})`;
    }
    this.#last.set(name, number);
    this.#taken.add(unique);
    return unique;
  }
}
