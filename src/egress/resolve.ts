import { Resolver } from 'node:dns/promises';
import type { NetworkHost } from '../contract/api/network-target.ts';
import { abortable } from '../support/abortable.ts';
import { isLoopback, refuseAddress } from './address-ranges.ts';
import { EgressError } from './egress-error.ts';
import { readOwnAddresses } from './own-addresses.ts';

/** How names become addresses. */
export interface ResolveOptions {
  /** DNS servers, `address` or `address:port`; the machine's own where absent. */
  readonly dnsServers?: readonly string[] | undefined;
  readonly allowLoopbackForTests?: boolean | undefined;
}

/** One try of a server takes so long at most; the caller's signal bounds all tries together. */
const tryMs = 2_000;
const tries = 3;
/** More addresses of one name are not tried. */
const addressesMax = 4;

/**
 * The addresses that a host has now, all of them checked. One address that is refused refuses the host: a name with
 * addresses inside and outside is how rebinding begins. The engine asks DNS alone: no hosts file, no search domains.
 * @throws {EgressError} where there is none or one is refused; `signal.reason` once that is aborted.
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

/** The machine's own addresses are refused because services listen there that its firewall hides from others. */
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
  // One for each look-up, because a resolver is cancelled as a whole.
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
