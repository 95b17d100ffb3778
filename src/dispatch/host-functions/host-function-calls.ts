import type { ToolCallHandler } from '../../cells/conversation/tool-call-relay.ts';
import type { ToolAnswer, ToolCallMessage } from '../../cells/protocol/tool-messages.ts';
import type { Emit } from '../../contract/api/events.ts';
import { outputFloodFactor } from '../../contract/api/limits.ts';
import type { ExecutionResult, ToolCallRecord } from '../../contract/api/result.ts';
import type { ToolErrorCode } from '../../contract/api/tool-errors.ts';
import type { Job } from '../../contract/spi/job.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { pause } from '../../support/pause.ts';
import { roundMs } from '../../support/round-ms.ts';
import { callHostFunction, ToolFailure } from './call-host-function.ts';

/** Record of a job's calls of host functions. */
export interface HostFunctionUse {
  readonly toolCalls: ExecutionResult['toolCalls'];
  readonly count: number;
  /** Time during which the host ran at least one call, in milliseconds. */
  readonly hostMs: number;
}

/** Most calls that a result lists. */
const recordsMax = 1_000;
/** Longest message of a failure for the guest, in characters. */
const messageMax = 4_096;
/**
 * Delay of each refusal after a guest has used up its calls, in milliseconds, so that asking again costs the host
 * nothing.
 */
const refusalPaceMs = 100;

/** A call that the host runs. */
interface OpenCall {
  readonly number: number;
  readonly tool: string;
  readonly startMs: number;
}

/** The tool calls of one job: their budget, record and time, and the messages of their failures. */
export class HostFunctionCalls implements ToolCallHandler {
  readonly #job: Job;
  readonly #redactor: Redactor;
  readonly #emit: Emit | undefined;
  readonly #open = new Set<OpenCall>();
  readonly #records: ToolCallRecord[] = [];
  /** Calls of each tool that reached its `approve` and `run`. */
  readonly #used = new Map<string, number>();
  #count = 0;
  #inputBytes = 0;
  #hostMs = 0;
  #busySinceMs = 0;

  constructor(job: Job, redactor: Redactor, emit: Emit | undefined) {
    this.#job = job;
    this.#redactor = redactor;
    this.#emit = emit;
  }

  async answer({ name, input }: ToolCallMessage, signal: AbortSignal): Promise<ToolAnswer> {
    this.#count += 1;
    this.#inputBytes += Buffer.byteLength(input);
    const usedUp = this.#usedUp();
    if (usedUp !== undefined) {
      await pause(refusalPaceMs, signal);
      return this.#refusal(new ToolFailure('CALL_LIMIT', usedUp));
    }
    const call = this.#begin(name);
    try {
      const tools = { job: this.#job, redactor: this.#redactor, admit: () => this.#admit(name) };
      const json = await callHostFunction(tools, name, input, signal);
      this.#end(call, undefined);
      return { isOk: true, json };
    } catch (error) {
      const failure = ToolFailure.of(error);
      this.#end(call, failure.code);
      return this.#refusal(failure);
    }
  }

  /** Ends open calls and returns the record. Called once, when the conversation is over. */
  finish(): HostFunctionUse {
    for (const call of this.#open) this.#end(call, 'CANCELLED');
    return { toolCalls: this.#records, count: this.#count, hostMs: roundMs(this.#hostMs) };
  }

  /**
   * Why no call is answered any more. The inputs are limited like a stream, because reading them is work for the host.
   */
  #usedUp(): string | undefined {
    const { toolCalls, outputKb } = this.#job.limits;
    if (this.#count > toolCalls) return `The job has used all of its tool calls: limits.toolCalls is ${toolCalls}.`;
    if (this.#inputBytes <= outputKb * 1024 * outputFloodFactor) return undefined;
    return `The inputs of the job's tool calls are more than ${outputFloodFactor} times limits.outputKb = ${outputKb} KiB.`;
  }

  /** Takes one of the tool's `maxCalls` at once, so that concurrent calls cannot share it. */
  #admit(name: string): boolean {
    const used = this.#used.get(name) ?? 0;
    if (used >= (this.#job.tools.get(name)?.maxCalls ?? Number.POSITIVE_INFINITY)) return false;
    this.#used.set(name, used + 1);
    return true;
  }

  #begin(name: string): OpenCall {
    const startMs = performance.now();
    // The name of a tool that does not exist is the guest's own text.
    const tool = this.#job.tools.has(name) ? name : this.#redactor.text('tool-input', name.toWellFormed());
    const call = { number: this.#count, tool, startMs };
    if (this.#open.size === 0) this.#busySinceMs = startMs;
    this.#open.add(call);
    this.#emit?.({ type: 'tool-started', id: this.#job.id, call: call.number, tool });
    return call;
  }

  /** Does nothing the second time: a call that the end of the job cancelled also ends by itself later. */
  #end(call: OpenCall, error: ToolErrorCode | undefined): void {
    if (!this.#open.delete(call)) return;
    const nowMs = performance.now();
    if (this.#open.size === 0) this.#hostMs += nowMs - this.#busySinceMs;
    const record = { tool: call.tool, ms: roundMs(nowMs - call.startMs), ...(error && { error }) };
    if (this.#records.length < recordsMax) this.#records.push(record);
    this.#emit?.({ type: 'tool-finished', id: this.#job.id, call: call.number, ...record });
  }

  #refusal({ code, message }: ToolFailure): ToolAnswer {
    const text = this.#redactor.text('tool-answer', message.toWellFormed());
    return { isOk: false, code, message: text.slice(0, messageMax) };
  }
}
