import { cellKinds } from '../../../cells/frame-codec.ts';
import { encodeToolCall, type ToolResultMessage } from '../../../cells/tool-messages.ts';
import type { Wire } from './wire.ts';

/** The tool calls of one job in this host, and the pause between its turns, which an answer ends. */
export class GuestCalls {
  readonly #wire: Wire;
  readonly #job: number;
  readonly #inputMaxBytes: number;
  readonly #answers: ToolResultMessage[] = [];
  #isAwake = false;
  #wake: () => void = () => undefined;

  constructor(wire: Wire, job: number, inputMaxBytes: number) {
    this.#wire = wire;
    this.#job = job;
    this.#inputMaxBytes = inputMaxBytes;
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

  take(answer: ToolResultMessage): void {
    this.#answers.push(answer);
    this.#wake();
  }

  /** Waits for an answer, unless there is one, or for {@link wake}, and no longer than `ms`. */
  wait(ms: number | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
    this.#wake = () => {
      clearTimeout(timer);
      resolve();
    };
    if (this.#isAwake || this.#answers.length > 0) this.#wake();
    return promise;
  }

  /** Ends the waiting for good: the job is over. */
  wake(): void {
    this.#isAwake = true;
    this.#wake();
  }

  /** Hands over the answers that came. */
  collect(): readonly ToolResultMessage[] {
    return this.#answers.splice(0);
  }
}
