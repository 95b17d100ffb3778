import { cellKinds } from '../../../cells/frame-codec.ts';
import { encodeToolCall, type ToolResultMessage } from '../../../cells/tool-messages.ts';
import type { GuestInbox } from './guest-inbox.ts';
import type { Wire } from './wire.ts';

/** The tool calls of one job in this host. */
export class GuestCalls {
  readonly #wire: Wire;
  readonly #job: number;
  readonly #inputMaxBytes: number;
  readonly #inbox: GuestInbox;

  constructor(wire: Wire, job: number, inputMaxBytes: number, inbox: GuestInbox) {
    this.#wire = wire;
    this.#job = job;
    this.#inputMaxBytes = inputMaxBytes;
    this.#inbox = inbox;
  }

  /** Passes a call on; the realm counts characters, and only here is it known how many bytes they are. */
  call(call: number, name: string, input: string): void {
    if (Buffer.byteLength(input) <= this.#inputMaxBytes) {
      this.#wire.send(this.#job, cellKinds.toolCall, encodeToolCall({ call, name, input }));
      return;
    }
    const message = `The input is larger than limits.valueKb = ${this.#inputMaxBytes / 1024} KiB.`;
    this.take({ call, isOk: false, json: JSON.stringify({ code: 'VALUE_LIMIT', message }) });
  }

  take({ call, isOk, json }: ToolResultMessage): void {
    this.#inbox.push(['answer', call, isOk, json]);
  }
}
