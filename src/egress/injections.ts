import type { HeaderInjection } from '../contract/network.ts';
import { type NetworkTarget, parseTarget } from '../contract/network-target.ts';
import { createRedactor, type Redactor } from '../redaction/redactor.ts';

/** A header as it goes over the wire. */
export type Header = readonly [name: string, value: string];

/** Schemes of `Authorization` that are no secret themselves, and what comes behind them. */
const credentialsPattern = /^(?:basic|bearer|token|apikey|api-key|bot|negotiate)[ \t]+(.+)$/i;

/** The headers that the guest's requests get and the guest never sees. */
export class Injections {
  readonly #headers: ReadonlyMap<string, readonly Header[]>;
  /** Takes their values out of what comes back; absent where there are none. */
  readonly redactor: Redactor | undefined;

  constructor(inject: readonly HeaderInjection[]) {
    const entries = inject.map(({ host, header, secret }) => ({ target: parseTarget(host), header, secret }));
    const grouped = Map.groupBy(entries, ({ target }) => keyOf(target));
    this.#headers = new Map(
      [...grouped].map(([key, group]) => [key, group.map(({ header, secret }): Header => [header, secret])]),
    );
    this.redactor = entries.length > 0 ? createRedactor(secretsOf(inject), { rules: false }) : undefined;
  }

  /** What requests to exactly this target get. */
  headersFor(target: NetworkTarget): readonly Header[] {
    return this.#headers.get(keyOf(target)) ?? [];
  }
}

/**
 * The secrets of injected headers as the redactor of a job wants them: name → value. The names are `header@host`, because
 * they have no others.
 */
export function secretsOf(inject: readonly HeaderInjection[]): Record<string, string> {
  return Object.fromEntries(
    inject.flatMap(({ host, header, secret }): [string, string][] => {
      const name = `${header.toLowerCase()}@${host}`;
      const [, credentials] = credentialsPattern.exec(secret) ?? [];
      if (credentials === undefined) return [[name, secret]];
      if (!/^basic/i.test(secret)) return [[name, credentials]];
      // Servers show what they decoded: the two together, and the password alone.
      const decoded = Buffer.from(credentials, 'base64').toString();
      return [
        [name, credentials],
        [`decoded-${name}`, decoded],
        [`password-${name}`, decoded.slice(decoded.indexOf(':') + 1)],
      ];
    }),
  );
}

function keyOf({ host, port }: NetworkTarget): string {
  return `${host} ${port}`;
}
