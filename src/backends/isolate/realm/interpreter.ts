import type { JobMessage } from '../../../cells/protocol/messages.ts';

/** How a guest in another language than JavaScript ended: part of the verdict. */
export interface InterpreterOutcome {
  readonly end: 'completed' | 'threw' | 'exited' | 'no-answer' | 'unsettled' | 'value' | 'memory';
  /** The form of the value's text; absent if there is no value. */
  readonly value?: 'json' | 'repr';
  readonly exitCode?: number;
  /** Whether the interpreter ended with it, so that no further program can run. */
  readonly isGone?: boolean;
  readonly error?: {
    readonly name?: string;
    readonly message: string;
    readonly stack?: string;
    readonly line?: number;
  };
}

/** The job as it crosses, besides the code. */
export interface InterpreterStart {
  readonly id: string;
  readonly mode: 'script' | 'handler';
  readonly source: string;
  readonly inputs: string;
  readonly env: Readonly<Record<string, string>>;
  /** One character (0 to 255) per byte; '' for an interpreter that asks for it while it runs. */
  readonly stdin: string;
  readonly limits: {
    readonly memoryMb: number;
    readonly diskMb: number;
    readonly valueKb: number;
  };
  readonly tools: readonly { readonly name: string; readonly description: string }[];
  /** Tool calls at the host at one time. */
  readonly toolCallsAtOnce: number;
  /** Where further jobs come to the same guest: what this one is. */
  readonly session?: JobMessage['session'];
}
