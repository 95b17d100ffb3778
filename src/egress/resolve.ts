import { Resolver } from 'node:dns/promises';
import type { NetworkHost } from '../contract/api/network-target.ts';
import { abortable } from '../support/abortable.ts';
import { isLoopback, refuseAddress } from './address-ranges.ts';
import { EgressError } from './egress-error.ts';
import { readOwnAddresses } from './own-addresses.ts';

/** How to resolve names. */
export interface ResolveOptions {
  /** DNS servers, `address` or `address:port`; by default the machine's own. */
  readonly dnsServers?: readonly string[] | undefined;
  readonly allowLoopbackForTests?: boolean | undefined;
}

/** Longest time for one try of a server; the caller's signal limits all tries together. */
const tryMs = 2_000;
const tries = 3;
/** Most addresses of one name that are tried. */
const addressesMax = 4;

/**
 * All current addresses of a host, checked. One refused address refuses the host: DNS rebinding starts with a name that
 * has addresses inside and outside. Uses DNS only, without a hosts file or search domains.
 * @throws {EgressError} if there is no address or one is refused; `signal.reason` once that is aborted.
 */
export async function resolveHost(
  { host, kind }: NetworkHost,
  options: ResolveOptions,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const addresses = kind === 'address' ? [host] : await lookUp(host, options.dnsServers, signal);
  for (const address of addresses) {
    if (options.allowLoopbackForTests && isLoopback(address)) continue;
    const refusal = refuseAddress(address) ?? (await refuseOwn(address, signal));
    if (refusal === undefined) continue;
    const what = kind === 'address' ? address : `${host} has the address ${address}, which`;
    throw new EgressError('refused', `${what} is ${refusal}; guests reach public addresses only.`);
  }
  return addresses.slice(0, addressesMax);
}

/** The machine's own addresses are refused because its firewall may hide services on them from others. */
async function refuseOwn(address: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const isOwn = readOwnAddresses().then((own) => own.includes(address));
    return (await abortable(isOwn, signal)) ? 'an address of this machine itself' : undefined;
  } catch (error) {
    signal.throwIfAborted();
    return `not known to be another machine's (${codeOf(error)})`;
  }
}

async function lookUp(
  name: string,
  servers: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  signal.throwIfAborted();
  // One resolver for each look-up, because cancelling a resolver cancels all of its queries.
  const resolver = new Resolver({ timeout: tryMs, tries });
  if (servers) resolver.setServers(servers);
  try {
    const answers = await abortable(Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]), signal);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length > 0) return addresses;
    const [failure] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    throw new EgressError('failed', `The name ${name} has no address (${codeOf(failure)}).`, failure);
  } finally {
    resolver.cancel();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
}
