import type { NetworkLimits } from '../contract/api/network-limits.ts';
import type { ConnectionRecord, NetworkUse } from '../contract/api/network-use.ts';
import { printable } from '../contract/schema/issues.ts';
import { EgressError } from './egress-error.ts';

const mebibyte = 1_048_576;
/** Most records kept for one job. */
const recordsMax = 1_000;

/** What all connections of one job have used, and the outcome of each. */
export class Account {
  readonly limits: NetworkLimits;
  readonly #records: ConnectionRecord[] = [];
  #unrecorded = 0;
  #begun = 0;
  #open = 0;
  #bytesIn = 0;
  #bytesOut = 0;

  constructor(limits: NetworkLimits) {
    this.limits = limits;
  }

  get use(): NetworkUse {
    return { connections: [...this.#records], unrecorded: this.#unrecorded, limits: this.limits };
  }

  /** Starts the entry of one connection, with the guest's spelling of its target. Call {@link Entry.end} on each. */
  begin(host: string, port: number): Entry {
    this.#begun += 1;
    this.#open += 1;
    return new Entry(this, printable(host).slice(0, 253), Number.isInteger(port) && port > 0 ? port : 0);
  }

  /** The reason why the job may not open another connection, if there is one. */
  refuse(): EgressError | undefined {
    const { connections, openConnections } = this.limits;
    if (this.#begun > connections) {
      return new EgressError('refused', `The job has used all of its ${connections} connections.`);
    }
    if (this.#open > openConnections) {
      return new EgressError('refused', `The job has ${openConnections} connections open, the most that it may have.`);
    }
    const overdrawn = this.#overdrawn();
    return overdrawn && new EgressError('refused', overdrawn.message);
  }

  /** Counts the bytes of one connection. Returns an error if the job has used up its allowance. */
  add(bytesIn: number, bytesOut: number): EgressError | undefined {
    this.#bytesIn += bytesIn;
    this.#bytesOut += bytesOut;
    return this.#overdrawn();
  }

  record(record: ConnectionRecord): void {
    this.#open -= 1;
    if (this.#records.length < recordsMax) this.#records.push(record);
    else this.#unrecorded += 1;
  }

  #overdrawn(): EgressError | undefined {
    const { receivedMb, sentMb } = this.limits;
    if (this.#bytesIn > receivedMb * mebibyte) {
      return new EgressError('cut', `The job has received the ${receivedMb} MiB that it is allowed.`);
    }
    if (this.#bytesOut > sentMb * mebibyte)
      return new EgressError('cut', `The job has sent the ${sentMb} MiB that it is allowed.`);
    return undefined;
  }
}

/** The account of one connection, from the guest's request to the end. */
export class Entry {
  readonly #account: Account;
  #host: string;
  #port: number;
  readonly #begunAt = performance.now();
  #address: string | undefined;
  #bytesIn = 0;
  #bytesOut = 0;
  #hasEnded = false;

  constructor(account: Account, host: string, port: number) {
    this.#account = account;
    this.#host = host;
    this.#port = port;
  }

  /** Replaces the guest's spelling of the target by the normalized one. */
  named({ host, port }: { readonly host: string; readonly port: number }): void {
    this.#host = host;
    this.#port = port;
  }

  connected(address: string): void {
    this.#address = address;
  }

  /** Counts bytes. Returns an error if the connection must be cut now, before these bytes are passed on. */
  add(bytesIn: number, bytesOut: number): EgressError | undefined {
    this.#bytesIn += bytesIn;
    this.#bytesOut += bytesOut;
    const { connectionReceivedMb, connectionSentMb } = this.#account.limits;
    const overdrawn = this.#account.add(bytesIn, bytesOut);
    if (overdrawn) return overdrawn;
    if (this.#bytesIn > connectionReceivedMb * mebibyte) {
      return new EgressError('cut', `The connection has received the ${connectionReceivedMb} MiB that it is allowed.`);
    }
    if (this.#bytesOut > connectionSentMb * mebibyte) {
      return new EgressError('cut', `The connection has sent the ${connectionSentMb} MiB that it is allowed.`);
    }
    return undefined;
  }

  /** Writes the record; only the first call counts. */
  end(error: EgressError | undefined): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#account.record({
      host: this.#host,
      port: this.#port,
      ...(this.#address === undefined ? {} : { address: this.#address }),
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      ms: Math.round(performance.now() - this.#begunAt),
      outcome: error?.outcome ?? 'ended',
      ...(error === undefined ? {} : { reason: error.message }),
    });
  }
}
