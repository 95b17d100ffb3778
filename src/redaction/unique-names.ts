/** The last part of a file's name that says what is in it: `.csv`, `.tar.gz`. */
const ending = /(?<=[^/])(?:\.tar)?\.[A-Za-z0-9]{1,10}$/u;
/** Numbers names that became equal through redaction: `name`, `name (2)`, `name (3)`, …; files keep their endings. */
export class UniqueNames {
  readonly #areFiles: boolean;
  readonly #taken: Set<string>;
  readonly #last = new Map<string, number>();

  /**
   * @param taken names that are already in use.
   * @param areFiles whether they are paths, which get the number before their ending: `a (2).csv`.
   */
  constructor(taken: Iterable<string>, { areFiles = false }: { readonly areFiles?: boolean } = {}) {
    this.#taken = new Set(taken);
    this.#areFiles = areFiles;
  }

  /** `name`, or its next numbered form that is free. */
  take(name: string): string {
    let unique = name;
    let number = this.#last.get(name) ?? 1;
    const last = (this.#areFiles && ending.exec(name)?.[0]) || '';
    const first = name.slice(0, name.length - last.length);
    while (this.#taken.has(unique)) {
      number += 1;
      unique = `${first} (${number})${last}`;
    }
    this.#last.set(name, number);
    this.#taken.add(unique);
    return unique;
  }
}
