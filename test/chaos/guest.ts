import type { ErrorCode, ExecutionRequest, ExecutionResult, JsonValue, Language } from 'hotcell';

/** Identifies a call and makes its answer different from all others. */
export interface Caller {
  /** Unique; matches {@link markPattern}. Not called a "token", because values of that name are redacted. */
  readonly mark: string;
  readonly n: number;
}

/** Matches a mark in any text. */
export const markPattern: RegExp = /mk-[0-9a-z]+-\d+-mk/g;

/** One kind of guest, and how it must end. */
export interface Guest {
  readonly name: string;
  readonly language: Language;
  readonly hostile: boolean;
  /** Name of the tool to call, which the engine must define. */
  readonly tool?: string;
  /** Whether the call is cancelled after a while. */
  readonly cancelled?: boolean;
  request(caller: Caller): Omit<ExecutionRequest, 'language'>;
  /** Allowed ends if no fault disturbs it. */
  readonly ends: readonly ('success' | ErrorCode)[];
  /** Checks a result with an allowed end; returns an error text if it is wrong. */
  check?(result: ExecutionResult, caller: Caller): string | undefined;
}

/** The answer of most guests: the caller's mark, and a value computed from it. */
export function answerOf({ mark, n }: Caller): JsonValue {
  return { mark, double: n * 2 };
}

/** Checks a value that must be {@link answerOf} the caller. */
export function checkAnswer(result: ExecutionResult, caller: Caller): string | undefined {
  const [got, wanted] = [JSON.stringify(result.value), JSON.stringify(answerOf(caller))];
  return got === wanted ? undefined : `the value is ${got}, not ${wanted}`;
}

/** Checks an output that must be the caller's mark. */
export function checkOutput(result: ExecutionResult, caller: Caller): string | undefined {
  return result.stdout === `${caller.mark}\n` ? undefined : `stdout is ${JSON.stringify(result.stdout.slice(0, 200))}`;
}
