import { cellKinds } from '../../../cells/frame-codec.ts';
import { encodeToolCall, type ToolResultMessage } from '../../../cells/tool-messages.ts';
import type { ToolErrorCode } from '../../../contract/tool-errors.ts';
import type { GuestInbox } from './guest-inbox.ts';
import type { Wire } from './wire.ts';

/** What a tool-call message has room for. */
const nameMaxBytes = 255;

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
    if (Buffer.byteLength(input) > this.#inputMaxBytes) {
      this.#refuse(call, 'VALUE_LIMIT', `The input is larger than limits.valueKb = ${this.#inputMaxBytes / 1024} KiB.`);
    } else if (Buffer.byteLength(name) > nameMaxBytes)
      this.#refuse(call, 'UNKNOWN_TOOL', 'The name of the tool is too long.');
    else this.#wire.send(this.#job, cellKinds.toolCall, encodeToolCall({ call, name, input }));
  }

  take({ call, isOk, json }: ToolResultMessage): void {
    this.#inbox.push(['answer', call, isOk, json]);
  }

  #refuse(call: number, code: ToolErrorCode, message: string): void {
    this.take({ call, isOk: false, json: JSON.stringify({ code, message }) });
  }
}
