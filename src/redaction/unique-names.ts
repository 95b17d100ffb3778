/** Numbers names that became equal through redaction: `name`, `name (2)`, `name (3)`, … */
export class UniqueNames {
  readonly #taken: Set<string>;
  readonly #last = new Map<string, number>();

  /** @param taken names that are already in use. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** `name`, or its next numbered form that is free. */
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
