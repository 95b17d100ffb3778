import { type Duplex, PassThrough, type Readable } from 'node:stream';
import { connectionsAtOnce } from '../../contract/api/network-limits.ts';
import { textOfThrown } from '../../contract/schema/thrown.ts';
import type { Cell } from '../../contract/spi/backend.ts';
import { engineKinds } from '../protocol/frame-codec.ts';
import {
  type NetworkFailure,
  type NetworkRequestHead,
  type NetworkResponseHead,
  networkVerbs,
  openingMaxBytes,
  parseCredit,
  parseNetwork,
  parseRequestHead,
  stdinConnection,
  windowBytes,
} from '../protocol/network-messages.ts';
import { Flow, Window } from './network-flow.ts';

/** A request with its body. */
export interface NetworkRequest extends Pick<NetworkRequestHead, 'method' | 'url' | 'headers'> {
  readonly body?: Readable | undefined;
}

/** An answer with its body; an error of the body says why it was cut. */
export interface NetworkResponse extends NetworkResponseHead {
  readonly body: Readable;
}

/** Makes the connections of one job. Its rejections and the errors of its streams have an `outcome`. */
export interface NetworkHandler {
  /** Opens a connection for raw bytes. `signal` cuts it at any time. */
  connect(host: string, port: number, signal: AbortSignal): Promise<Duplex>;
  /** Makes one request, and follows up to `redirects` redirects. */
  forward(request: NetworkRequest, signal: AbortSignal, redirects: number): Promise<NetworkResponse>;
}

/** The connections of one conversation; `network-messages` describes the protocol. */
export class NetworkRelay {
  readonly #cell: Cell;
  readonly #handler: NetworkHandler;
  readonly #flows = new Map<number, Flow>();
  readonly #stdin = new Window();
  #last = stdinConnection;
  #isOver = false;

  constructor(cell: Cell, handler: NetworkHandler) {
    this.#cell = cell;
    this.#handler = handler;
  }

  /** Takes a network message; returns an error message if it breaks the protocol. */
  take(payload: Uint8Array): string | undefined {
    const message = parseNetwork(payload);
    if (!message) return 'The cell sent a malformed network message.';
    const { connection, verb, rest } = message;
    if (verb === networkVerbs.connect || verb === networkVerbs.request) return this.#open(connection, verb, rest);
    if (connection === stdinConnection) {
      const isCredit = verb === networkVerbs.credit && this.#stdin.give(parseCredit(rest));
      return isCredit ? undefined : 'The cell sent a network message for stdin that is not credit.';
    }
    if (connection > this.#last) return `The cell sent a message for connection ${connection}, which it never opened.`;
    const flow = this.#flows.get(connection);
    return flow && takeBy(flow, verb, rest);
  }

  /** Cuts all connections and stops sending. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stdin.close();
    for (const flow of [...this.#flows.values()]) flow.end(new Error('The job has ended.'));
  }

  /** Number of bytes of stdin that may be sent now, at most `bytes`; waits for room. 0 once the job is over. */
  stdinRoom(bytes: number): Promise<number> {
    return this.#stdin.take(Math.min(bytes, windowBytes));
  }

  #open(number: number, verb: number, rest: Uint8Array): string | undefined {
    if (number <= this.#last) return `The cell opened connection ${number} out of order.`;
    if (this.#flows.size >= connectionsAtOnce) return `The cell opened more than ${connectionsAtOnce} connections.`;
    if (rest.length > openingMaxBytes) return `The cell opened a connection with more than ${openingMaxBytes} bytes.`;
    const text = Buffer.from(rest.buffer, rest.byteOffset, rest.length).toString();
    const head = verb === networkVerbs.request ? parseRequestHead(text) : undefined;
    if (verb === networkVerbs.request && !head) return 'The cell opened a malformed request.';
    this.#last = number;
    const send = async (message: Uint8Array): Promise<void> => {
      if (!this.#isOver) await this.#cell.send(engineKinds.network, message);
    };
    const flow = new Flow(number, send, () => this.#flows.delete(number));
    this.#flows.set(number, flow);
    // The flow must be open for the body before the next message: `#request` opens it synchronously.
    const served = head ? this.#request(flow, head) : this.#connect(flow, text);
    void served.catch((error: unknown) => flow.fail(failureOf(error)));
    return undefined;
  }

  async #connect(flow: Flow, authority: string): Promise<void> {
    const colon = authority.lastIndexOf(':');
    const port = /^\d{1,5}$/.test(authority.slice(colon + 1)) ? Number(authority.slice(colon + 1)) : 0;
    const host = colon < 0 ? authority : authority.slice(0, colon);
    const stream = await this.#handler.connect(host, port, flow.over.signal);
    flow.open(stream);
    await flow.say(networkVerbs.opened);
    await flow.carry(stream, false);
  }

  async #request(flow: Flow, { redirects, hasBody, ...head }: NetworkRequestHead): Promise<void> {
    const body = hasBody ? new PassThrough() : undefined;
    if (body) flow.open(body);
    const answer = await this.#handler.forward({ ...head, body }, flow.over.signal, redirects);
    const { status, url, isRedirected, headers } = answer;
    await flow.say(
      networkVerbs.opened,
      JSON.stringify({ status, url, isRedirected, headers } satisfies NetworkResponseHead),
    );
    await flow.carry(answer.body, true);
  }
}

function takeBy(flow: Flow, verb: number, rest: Uint8Array): string | undefined {
  switch (verb) {
    case networkVerbs.data:
      return flow.take(rest);
    case networkVerbs.end:
      return flow.takeEnd();
    case networkVerbs.reset:
      return void flow.end();
    case networkVerbs.credit:
      return flow.window.give(parseCredit(rest))
        ? undefined
        : 'The cell gave a connection more credit than its window allows.';
    default:
      return `The cell sent a network message of unknown verb ${verb}.`;
  }
}

const outcomes: readonly unknown[] = ['refused', 'failed', 'cut'] satisfies NetworkFailure['outcome'][];

function failureOf(error: unknown): NetworkFailure {
  const message = textOfThrown(error);
  const outcome = error instanceof Error && 'outcome' in error ? error.outcome : undefined;
  return { outcome: outcomes.includes(outcome) ? (outcome as NetworkFailure['outcome']) : 'failed', message };
}
