import { type NetworkTarget, parsePattern } from './network-target.ts';

/**
 * The hosts and ports that a guest may connect to. An empty list allows nothing. An entry matches a whole name, or all
 * names below it (`*.name`). An address needs its own entry; no wildcard allows it.
 */
export class AllowList {
  readonly #targets = new Set<string>();
  readonly #parents = new Set<string>();
  readonly #portsOfNames = new Set<number>();

  /** @throws {TypeError} if an entry of `allow` breaks the contract. */
  constructor(allow: readonly string[]) {
    for (const { scope, host, port } of allow.map(parsePattern)) {
      if (scope === 'names') this.#portsOfNames.add(port);
      else (scope === 'below' ? this.#parents : this.#targets).add(`${host} ${port}`);
    }
  }

  allows({ host, kind, port }: NetworkTarget): boolean {
    if (this.#targets.has(`${host} ${port}`)) return true;
    if (kind === 'address') return false;
    if (this.#portsOfNames.has(port)) return true;
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
      if (this.#parents.has(`${host.slice(dot + 1)} ${port}`)) return true;
    }
    return false;
  }
}
