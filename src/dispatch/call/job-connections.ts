import type { Duplex } from 'node:stream';
import type { NetworkHandler, NetworkRequest, NetworkResponse } from '../../cells/conversation/network-relay.ts';
import type { NetworkFailure } from '../../cells/protocol/network-messages.ts';
import type { NetworkUse } from '../../contract/api/network-use.ts';
import type { Redaction } from '../../contract/api/result.ts';
import type { JobNetwork } from '../../contract/spi/job.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { pause } from '../../support/pause.ts';

/** Makes the connections of one job: a `Broker` of `egress`, which the engine passes in. */
export interface JobBroker extends NetworkHandler, AsyncDisposable {
  readonly use: NetworkUse;
  /** Redactions that it made in answers. */
  readonly redactions: readonly Redaction[];
}

/** Makes the broker of a job. */
export type OpenBroker = (network: JobNetwork) => JobBroker;

/** Location under which the redactions are listed. */
const where = 'network';
/**
 * Delay of each refusal after a guest has used up its connections, in milliseconds, so that asking again costs the host
 * nothing.
 */
const refusalPaceMs = 100;

/** The connections of one job: limits their rate after the maximum, and redacts their failures and their record. */
export class JobConnections implements NetworkHandler, AsyncDisposable {
  readonly #broker: JobBroker;
  readonly #connectionsMax: number;
  readonly #redactor: Redactor;
  #count = 0;

  constructor(broker: JobBroker, { limits }: JobNetwork, redactor: Redactor) {
    this.#broker = broker;
    this.#connectionsMax = limits.connections;
    this.#redactor = redactor;
  }

  async connect(host: string, port: number, signal: AbortSignal): Promise<Duplex> {
    return await this.#ask(() => this.#broker.connect(host, port, signal), signal);
  }

  async forward(request: NetworkRequest, signal: AbortSignal, redirects: number): Promise<NetworkResponse> {
    return await this.#ask(() => this.#broker.forward(request, signal, redirects), signal);
  }

  /** Ends open connections and returns the record of all. */
  async finish(): Promise<{ readonly use: NetworkUse; readonly redactions: readonly Redaction[] }> {
    await this.#broker[Symbol.asyncDispose]();
    const { use, redactions } = this.#broker;
    const clean = new Map<string, string>();
    const text = (whole: string): string => {
      const known = clean.get(whole) ?? this.#redactor.text(where, whole);
      clean.set(whole, known);
      return known;
    };
    const connections = use.connections.map(({ host, address, reason, ...record }) => ({
      ...record,
      host: text(host),
      ...(address !== undefined && { address: text(address) }),
      ...(reason !== undefined && { reason: text(reason) }),
    }));
    return { use: { ...use, connections }, redactions };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#broker[Symbol.asyncDispose]();
  }

  async #ask<Answer>(ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
    this.#count += 1;
    if (this.#count > this.#connectionsMax) await pause(refusalPaceMs, signal);
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const { outcome } = error as { outcome?: NetworkFailure['outcome'] };
      const message = this.#redactor.text(where, error.message.toWellFormed());
      throw Object.assign(new Error(message), { outcome });
    }
  }
}
