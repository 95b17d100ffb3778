import { type NetworkTarget, parsePattern } from './network-target.ts';

/**
 * The hosts and ports that a guest may ask for. An empty list denies. Names are compared as a whole or from a dot on; an
 * address is allowed only by an entry that is this address, never by a wildcard.
 */
export class AllowList {
  readonly #targets = new Set<string>();
  readonly #parents = new Set<string>();
  readonly #portsOfNames = new Set<number>();

  /** @throws {TypeError} where an entry of `allow` breaks the contract. */
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
