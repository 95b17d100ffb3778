import type { Cell } from '../../contract/spi/backend.ts';
import { engineKinds } from '../protocol/frame-codec.ts';
import {
  encodeToolResult,
  parseToolCall,
  type ToolAnswer,
  type ToolCallMessage,
  toolCallsAtOnce,
} from '../protocol/tool-messages.ts';

/** Answers the tool calls of one job. */
export interface ToolCallHandler {
  /** Never rejects. Answers soon after `signal` is aborted; that answer is ignored. */
  answer(call: ToolCallMessage, signal: AbortSignal): Promise<ToolAnswer>;
}

/** The tool calls of one conversation: takes them from the cell and sends the handler's answers as they arrive. */
export class ToolCallRelay {
  readonly #cell: Cell;
  readonly #handler: ToolCallHandler;
  readonly #over = new AbortController();
  #lastCall = 0;
  #open = 0;
  #idle: PromiseWithResolvers<void> | undefined;
  /** Resolves when the cell can take the next answer: answers are sent one at a time. */
  #sent: Promise<void> = Promise.resolve();

  constructor(cell: Cell, handler: ToolCallHandler) {
    this.#cell = cell;
    this.#handler = handler;
  }

  /** Takes a tool-call message; returns an error message if it breaks the protocol. */
  take(payload: Uint8Array): string | undefined {
    const message = parseToolCall(payload);
    if (!message) return 'The cell sent a malformed tool call.';
    if (message.call <= this.#lastCall) return `The cell sent tool call ${message.call} out of order.`;
    if (this.#open >= toolCallsAtOnce) return `The cell made more than ${toolCallsAtOnce} tool calls at one time.`;
    this.#lastCall = message.call;
    void this.#serve(message);
    return undefined;
  }

  /** Aborts open calls; the guest gets no more answers. */
  close(): void {
    this.#over.abort();
  }

  /** Whether a call is open. */
  get isBusy(): boolean {
    return this.#open > 0;
  }

  /** Resolves when no call is open. */
  get idle(): Promise<void> {
    if (this.#open === 0) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  async #serve(message: ToolCallMessage): Promise<void> {
    this.#open += 1;
    const answer = await this.#handler.answer(message, this.#over.signal);
    // Before sending: the cell may make its next call as soon as it has this answer.
    this.#open -= 1;
    this.#sent = this.#sent.then(() => this.#send(message.call, answer));
    if (this.#open > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  #send(call: number, answer: ToolAnswer): Promise<void> | undefined {
    return this.#over.signal.aborted
      ? undefined
      : this.#cell.send(engineKinds.toolResult, encodeToolResult(call, answer));
  }
}
