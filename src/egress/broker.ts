/**
 * Theory of operation. A cell has no network; its broker makes the connections that it may have. Each request takes the
 * same path: read the host strictly, look it up in the list, resolve it, check every address, and connect to one of the
 * checked addresses only. So neither a name whose address changes between check and use, nor a server that answers with
 * a redirect, leads to a target that was not checked. The bytes of a connection are counted and limited, and each
 * connection leaves one record.
 */

import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { AllowList } from '../contract/api/allow-list.ts';
import type { NetworkPolicy } from '../contract/api/network.ts';
import { defaultNetworkLimits } from '../contract/api/network-limits.ts';
import { type NetworkTarget, parseHost } from '../contract/api/network-target.ts';
import type { NetworkUse } from '../contract/api/network-use.ts';
import type { Redaction } from '../contract/api/result.ts';
import { textOfThrown } from '../contract/schema/thrown.ts';
import { Deadline } from '../support/deadline.ts';
import { whenAborted } from '../support/when-aborted.ts';
import { Account, type Entry } from './account.ts';
import { isLoopback } from './address-ranges.ts';
import { Connection } from './connection.ts';
import { dial } from './dial.ts';
import { EgressError, egressErrorOf } from './egress-error.ts';
import { exchange, type GuestResponse } from './exchange.ts';
import { checkRequest, type GuestRequest } from './http-request.ts';
import { type Header, Injections } from './injections.ts';
import { nextRequest } from './redirect.ts';
import { type ResolveOptions, resolveHost } from './resolve.ts';
import { secure } from './secure.ts';

/** Settings for the brokers of an engine. */
export interface EgressOptions extends ResolveOptions {
  /** Certificates in PEM that https requests trust in place of Node's own. */
  readonly ca?: string | undefined;
  /**
   * For tests: lets guests reach 127.0.0.0/8 and ::1, if `allow` names them; requests to such an address get their
   * headers over http, too.
   */
  readonly allowLoopbackForTests?: boolean | undefined;
}

/** The answer to a request that may have been redirected. */
export interface ForwardedResponse extends GuestResponse {
  /** URL of the request that got this answer. */
  readonly url: string;
  readonly isRedirected: boolean;
}

/** Makes the connections of one job. Close it with the job. */
export class Broker implements AsyncDisposable {
  readonly #options: EgressOptions;
  readonly #allowed: AllowList;
  readonly #injections: Injections;
  readonly #account: Account;
  readonly #open = new Set<Connection>();
  readonly #closing = new AbortController();

  /** @throws {TypeError} if the policy breaks the contract. */
  constructor(policy: NetworkPolicy, options: EgressOptions = {}) {
    const given = Object.entries(policy.limits ?? {}).filter(([, value]) => value !== undefined);
    this.#options = options;
    this.#allowed = new AllowList(policy.allow);
    this.#injections = new Injections(policy.inject ?? []);
    this.#account = new Account({ ...defaultNetworkLimits, ...Object.fromEntries(given) });
  }

  /** The record of each connection that has ended. */
  get use(): NetworkUse {
    return this.#account.use;
  }

  /** Injected secrets that were found in answers and removed. */
  get redactions(): readonly Redaction[] {
    return this.#injections.redactor?.redactions ?? [];
  }

  /**
   * Connects to a host for raw bytes, as a proxy does for `CONNECT`. Either side may end its direction; an error of the
   * stream is an {@link EgressError}. `signal` cuts the connection at any time.
   * @throws {EgressError} if the connection is refused or fails.
   */
  async connect(host: string, port: number, signal: AbortSignal): Promise<Duplex> {
    const entry = this.#account.begin(host, port);
    try {
      const target = readTarget(host, port);
      return (await this.#reach(target, { entry, signal, isSecure: false })).connection;
    } catch (error) {
      throw this.#fail(entry, error, signal);
    }
  }

  /**
   * Makes one request over its own connection, with the headers that are injected for its host. Returns redirects as
   * answers, unless `redirects` is above 0: then it follows that many, each checked like a request of the guest's, and
   * refuses more. `signal` cuts the connection at any time, also while the body is read.
   * @throws {EgressError} if it is refused or fails before the response's headers arrive.
   */
  async forward(request: GuestRequest, signal: AbortSignal, redirects = 0): Promise<ForwardedResponse> {
    let current = request;
    for (let left = redirects; ; left -= 1) {
      const response = await this.#forwardOnce(current, signal);
      const next = redirects > 0 ? nextRequest(current, response) : undefined;
      if (!next) return { ...response, url: current.url, isRedirected: current !== request };
      response.body.destroy();
      if (left === 0)
        throw new EgressError('refused', `The request is refused: it led to more than ${redirects} redirects.`);
      current = next;
    }
  }

  /** Cuts open connections, refuses new ones, and resolves when all sockets are closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new EgressError('cut', 'The job has ended.'));
    await Promise.all([...this.#open].map((connection) => closed(connection)));
  }

  async #forwardOnce(request: GuestRequest, signal: AbortSignal): Promise<GuestResponse> {
    const [, authority = ''] = /^[^/]*\/\/([^/?#]*)/.exec(request.url) ?? [];
    const entry = this.#account.begin(authority, 0);
    try {
      const asked = checkRequest(request);
      const checked = this.#isForTests(asked.target) ? asked : this.#injections.secured(asked);
      const { target, isSecure } = checked;
      entry.named(target);
      const injected = this.#injections.headersFor(target);
      refuseDoubles(checked.headers, injected);
      const reached = await this.#reach(target, { entry, signal, isSecure });
      return await exchange(checked, injected, { ...reached, redactor: this.#injections.redactor });
    } catch (error) {
      throw this.#fail(entry, error, signal);
    }
  }

  /** The whole path from a request to a connection; a failure leaves only the entry's record. */
  async #reach(target: NetworkTarget, { entry, signal, isSecure }: Wish): Promise<Reached> {
    this.#closing.signal.throwIfAborted();
    const refusal = this.#account.refuse();
    if (refusal) throw refusal;
    const { host, port } = target;
    if (!this.#allowed.allows(target)) {
      throw new EgressError('refused', `The network of this job does not allow ${host}, port ${port}.`);
    }
    const { connectTimeoutMs, idleTimeoutMs, connectionTimeoutMs } = this.#account.limits;
    const late = (): Error =>
      new EgressError('failed', `The connection to ${host}, port ${port}, was not made within ${connectTimeoutMs} ms.`);
    const life = AbortSignal.any([signal, this.#closing.signal]);
    using deadline = new Deadline(connectTimeoutMs, late, life);
    const startedAt = performance.now();
    const spentMs = (): number => performance.now() - startedAt;
    const addresses = await resolveHost(target, this.#options, deadline.signal);
    const { socket, address } = await dial(addresses, port, connectTimeoutMs - spentMs(), deadline.signal);
    entry.connected(address);
    const connection = new Connection(socket, entry, { idleTimeoutMs, lifeMs: connectionTimeoutMs - spentMs() });
    this.#hold(connection, life);
    if (!isSecure) return { connection, stream: connection };
    try {
      return { connection, stream: await secure(connection, target, this.#options.ca, deadline.signal) };
    } catch (error) {
      const failure = connection.failure ?? egressErrorOf(error, `TLS with ${host}`);
      connection.destroy(failure);
      throw failure;
    }
  }

  #isForTests({ kind, host }: NetworkTarget): boolean {
    return this.#options.allowLoopbackForTests === true && kind === 'address' && isLoopback(host);
  }

  #hold(connection: Connection, life: AbortSignal): void {
    this.#open.add(connection);
    const listening = whenAborted(life, () => {
      // If the server ended the connection and everything was passed on, a missing close on this side is not a cut.
      const isWhole = connection.readableEnded && connection.owed === undefined;
      connection.destroy(isWhole ? undefined : cutBy(life));
    });
    connection.once('close', () => {
      this.#open.delete(connection);
      listening[Symbol.dispose]();
    });
  }

  /** The same error for the guest and for the record. */
  #fail(entry: Entry, error: unknown, signal: AbortSignal): EgressError {
    const failure = signal.aborted && error === signal.reason ? cutBy(signal) : egressErrorOf(error, 'The connection');
    entry.end(failure);
    return failure;
  }
}

interface Wish {
  readonly entry: Entry;
  readonly signal: AbortSignal;
  readonly isSecure: boolean;
}

interface Reached {
  readonly connection: Connection;
  /** The stream for the payload: the connection itself, or TLS over it. */
  readonly stream: Duplex;
}

function readTarget(host: string, port: number): NetworkTarget {
  try {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new TypeError('must have a port from 1 to 65535');
    return { ...parseHost(host), port };
  } catch (error) {
    const reason = textOfThrown(error);
    throw new EgressError('refused', `The connection is refused: its target ${reason}.`);
  }
}

/** Servers that put headers into variables treat `-` and `_` as equal. */
function refuseDoubles(headers: readonly Header[], injected: readonly Header[]): void {
  const plain = (name: string): string => name.toLowerCase().replaceAll('_', '-');
  const taken = new Set(injected.map(([name]) => plain(name)));
  const double = headers.find(([name]) => taken.has(plain(name)));
  if (double) {
    const name = double[0].toLowerCase();
    throw new EgressError(
      'refused',
      `The request is refused: the engine itself sets the header ${name} for this host.`,
    );
  }
}

/** The error for a connection whose signal was aborted; without a reason, the guest closed it. */
function cutBy({ reason }: AbortSignal): EgressError {
  if (reason instanceof EgressError) return reason;
  // The default reasons of `abort` and `AbortSignal.timeout` say nothing.
  const isNamed = reason instanceof Error && !(reason instanceof DOMException);
  return new EgressError('cut', isNamed ? reason.message : 'The guest closed the connection.');
}

async function closed(connection: Connection): Promise<void> {
  if (!connection.closed) await once(connection, 'close');
}
