import type { HeaderInjection } from '../contract/api/network.ts';
import { type NetworkTarget, parseTarget } from '../contract/api/network-target.ts';
import { injectedSecrets } from '../redaction/injected-secrets.ts';
import { createRedactor, type Redactor } from '../redaction/redactor.ts';

/** A header as it goes over the wire. */
export type Header = readonly [name: string, value: string];

/** What of a request decides over its headers. */
interface Secured {
  readonly isSecure: boolean;
  readonly target: NetworkTarget;
}

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
    this.redactor = entries.length > 0 ? createRedactor(injectedSecrets(inject), { rules: false }) : undefined;
  }

  /**
   * The request as it is made: one over http, to a host that gets headers, goes over https, because that is what they are
   * for. Where none are for its port 80, those for 443 are meant. So a guest whose proxy sees http alone has them too.
   */
  secured<Request extends Secured>(request: Request): Request {
    const { isSecure, target } = request;
    if (isSecure) return request;
    if (this.headersFor(target).length > 0) return { ...request, isSecure: true };
    const usual = { ...target, port: 443 };
    return target.port === 80 && this.headersFor(usual).length > 0
      ? { ...request, isSecure: true, target: usual }
      : request;
  }

  /** What requests to exactly this target get. */
  headersFor(target: NetworkTarget): readonly Header[] {
    return this.#headers.get(keyOf(target)) ?? [];
  }
}

function keyOf({ host, port }: NetworkTarget): string {
  return `${host} ${port}`;
}
