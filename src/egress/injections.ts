import type { HeaderInjection } from '../contract/api/network.ts';
import { type NetworkTarget, parseTarget } from '../contract/api/network-target.ts';
import { injectedSecrets } from '../redaction/injected-secrets.ts';
import { createRedactor, type Redactor } from '../redaction/redactor.ts';

/** A header as sent on the wire. */
export type Header = readonly [name: string, value: string];

/** The parts of a request that decide its headers. */
interface Secured {
  readonly isSecure: boolean;
  readonly target: NetworkTarget;
}

/** The headers that are added to the guest's requests and that the guest never sees. */
export class Injections {
  readonly #headers: ReadonlyMap<string, readonly Header[]>;
  /** Removes their values from answers; absent if there are no injections. */
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
   * The request as it is sent. A plain http request to a host that gets headers goes over https, which injected headers
   * need. If port 80 has no headers of its own, those for port 443 apply. So a guest that can only speak http to its
   * proxy gets them too.
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

  /** The headers for requests to exactly this target. */
  headersFor(target: NetworkTarget): readonly Header[] {
    return this.#headers.get(keyOf(target)) ?? [];
  }
}

function keyOf({ host, port }: NetworkTarget): string {
  return `${host} ${port}`;
}
