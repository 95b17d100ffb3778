import { cellKinds } from '../../../../cells/protocol/frame-codec.ts';
import { encodeToolCall, type ToolResultMessage } from '../../../../cells/protocol/tool-messages.ts';
import type { ToolErrorCode } from '../../../../contract/api/tool-errors.ts';
import type { HostChannel } from '../channel/host-channel.ts';
import type { StepQueue } from '../guest/step-queue.ts';

/** Longest name in a tool-call message, in bytes. */
const nameMaxBytes = 255;

/** The tool calls of one job in this host. */
export class GuestToolCalls {
  readonly #channel: HostChannel;
  readonly #job: number;
  readonly #inputMaxBytes: number;
  readonly #steps: StepQueue;

  constructor(channel: HostChannel, job: number, inputMaxBytes: number, steps: StepQueue) {
    this.#channel = channel;
    this.#job = job;
    this.#inputMaxBytes = inputMaxBytes;
    this.#steps = steps;
  }

  /** Passes a call on. The realm counts characters, so the size in bytes is checked only here. */
  call(call: number, name: string, input: string): void {
    if (Buffer.byteLength(input) > this.#inputMaxBytes) {
      this.#refuse(call, 'VALUE_LIMIT', `The input is larger than limits.valueKb = ${this.#inputMaxBytes / 1024} KiB.`);
    } else if (Buffer.byteLength(name) > nameMaxBytes)
      this.#refuse(call, 'UNKNOWN_TOOL', 'The name of the tool is too long.');
    else this.#channel.send(this.#job, cellKinds.toolCall, encodeToolCall({ call, name, input }));
  }

  take({ call, isOk, json }: ToolResultMessage): void {
    this.#steps.push(['answer', call, isOk, json]);
  }

  #refuse(call: number, code: ToolErrorCode, message: string): void {
    this.take({ call, isOk: false, json: JSON.stringify({ code, message }) });
  }
}
