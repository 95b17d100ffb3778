import type { Cell } from '../../contract/spi/backend.ts';
import { engineKinds } from '../protocol/frame-codec.ts';
import {
  encodeToolResult,
  parseToolCall,
  type ToolAnswer,
  type ToolCallMessage,
  toolCallsAtOnce,
} from '../protocol/tool-messages.ts';

/** Whoever answers the tool calls of one job. */
export interface ToolCallHandler {
  /** Never rejects; answers soon after `signal` is aborted, and nobody hears it then. */
  answer(call: ToolCallMessage, signal: AbortSignal): Promise<ToolAnswer>;
}

/** The tool calls of one conversation: takes them from the cell, sends back what the handler answers, as it answers. */
export class ToolCallRelay {
  readonly #cell: Cell;
  readonly #handler: ToolCallHandler;
  readonly #over = new AbortController();
  #lastCall = 0;
  #open = 0;
  #idle: PromiseWithResolvers<void> | undefined;
  /** Settles when the cell takes the next answer: one is on its way at a time. */
  #sent: Promise<void> = Promise.resolve();

  constructor(cell: Cell, handler: ToolCallHandler) {
    this.#cell = cell;
    this.#handler = handler;
  }

  /** Takes a tool-call message; says what is wrong where the message breaks the protocol. */
  take(payload: Uint8Array): string | undefined {
    const message = parseToolCall(payload);
    if (!message) return 'The cell sent a malformed tool call.';
    if (message.call <= this.#lastCall) return `The cell sent tool call ${message.call} out of order.`;
    if (this.#open >= toolCallsAtOnce) return `The cell made more than ${toolCallsAtOnce} tool calls at one time.`;
    this.#lastCall = message.call;
    void this.#serve(message);
    return undefined;
  }

  /** Aborts the calls that are under way; the guest gets no answer any more. */
  close(): void {
    this.#over.abort();
  }

  /** Whether a call is under way. */
  get isBusy(): boolean {
    return this.#open > 0;
  }

  /** Settles when no call is under way. */
  get idle(): Promise<void> {
    if (this.#open === 0) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  async #serve(message: ToolCallMessage): Promise<void> {
    this.#open += 1;
    const answer = await this.#handler.answer(message, this.#over.signal);
    // The cell may make its next call as soon as it has this answer.
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
