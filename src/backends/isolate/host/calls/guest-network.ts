import { cellKinds } from '../../../../cells/protocol/frame-codec.ts';
import {
  encodeCredit,
  encodeNetwork,
  type NetworkFailure,
  networkVerbs,
  openingMaxBytes,
  parseCredit,
  parseNetwork,
  parseRequestHead,
  stdinConnection,
  windowBytes,
} from '../../../../cells/protocol/network-messages.ts';
import { connectionsAtOnce } from '../../../../contract/api/network-limits.ts';
import type { RealmNetworkVerb } from '../../realm/requests.ts';
import type { HostChannel } from '../channel/host-channel.ts';
import type { StepQueue } from '../guest/step-queue.ts';

/** An open request. */
interface Open {
  /** Whether the guest may still send parts of its body, and how many bytes. */
  isUploading: boolean;
  window: number;
  /** Bytes of the answer that the realm has and has given no credit for. */
  owed: number;
}

/**
 * The network of one job in this host. A realm's messages may come from its guest: those that would break the cell
 * protocol stop here.
 */
export class GuestNetwork {
  readonly #channel: HostChannel;
  readonly #job: number;
  readonly #steps: StepQueue;
  readonly #open = new Map<number, Open>();
  #last = stdinConnection;

  constructor(channel: HostChannel, job: number, steps: StepQueue) {
    this.#channel = channel;
    this.#job = job;
    this.#steps = steps;
  }

  /** Takes a message from the realm. */
  say(connection: number, verb: string, text: string, bytes: number): void {
    if (verb === 'request') {
      this.#request(connection, text);
      return;
    }
    const open = this.#open.get(connection);
    if (!open) return;
    if (verb === 'data') this.#upload(connection, open, Buffer.from(text, 'latin1'));
    else if (verb === 'end' && open.isUploading) {
      open.isUploading = false;
      this.#send(encodeNetwork(connection, networkVerbs.end));
    } else if (verb === 'credit' && Number.isInteger(bytes) && bytes > 0 && bytes <= open.owed) {
      open.owed -= bytes;
      this.#send(encodeCredit(connection, bytes));
    } else if (verb === 'reset') {
      this.#open.delete(connection);
      this.#send(encodeNetwork(connection, networkVerbs.reset));
    }
  }

  /** Takes a message from the engine. */
  take(payload: Uint8Array): void {
    const message = parseNetwork(payload);
    const open = message && this.#open.get(message.connection);
    if (!message || !open) return;
    const { connection, verb, rest } = message;
    const text = (encoding: 'utf8' | 'latin1'): string =>
      Buffer.from(rest.buffer, rest.byteOffset, rest.length).toString(encoding);
    if (verb === networkVerbs.opened) this.#push(connection, 'opened', text('utf8'));
    else if (verb === networkVerbs.data) {
      open.owed += rest.length;
      this.#push(connection, 'data', text('latin1'));
    } else if (verb === networkVerbs.credit) {
      open.window += parseCredit(rest);
      this.#push(connection, 'credit', '', parseCredit(rest));
    } else {
      this.#open.delete(connection);
      if (verb === networkVerbs.end) this.#push(connection, 'end', '');
      else this.#push(connection, 'reset', text('utf8'));
    }
  }

  /**
   * Gives credit for stdin: on arrival if the guest starts after all of stdin has arrived, else when the guest reads
   * it.
   */
  tookStdin(bytes: number): void {
    if (bytes > 0) this.#send(encodeCredit(stdinConnection, bytes));
  }

  #request(connection: number, text: string): void {
    if (!Number.isInteger(connection) || connection <= this.#last || connection > 0xffff_ffff) return;
    const head = parseRequestHead(text);
    if (!head || this.#open.size >= connectionsAtOnce || Buffer.byteLength(text) > openingMaxBytes) {
      const failure: NetworkFailure = {
        outcome: 'refused',
        message: 'The request is refused: it is malformed or too long.',
      };
      this.#push(connection, 'reset', JSON.stringify(failure));
      return;
    }
    this.#last = connection;
    this.#open.set(connection, { isUploading: head.hasBody, window: windowBytes, owed: 0 });
    this.#send(encodeNetwork(connection, networkVerbs.request, text));
  }

  #upload(connection: number, open: Open, bytes: Buffer): void {
    if (!open.isUploading || bytes.length === 0 || bytes.length > open.window) return;
    open.window -= bytes.length;
    this.#send(encodeNetwork(connection, networkVerbs.data, bytes));
  }

  #push(connection: number, verb: RealmNetworkVerb, text: string, bytes = 0): void {
    this.#steps.push(['receive', connection, verb, text, bytes]);
  }

  #send(message: Uint8Array): void {
    this.#channel.send(this.#job, cellKinds.network, message);
  }
}
