import type { ErrorCode, ExecutionRequest, ExecutionResult, JsonValue, Language } from 'hotcell';

/** Who calls: what makes one call's answer different from every other's. */
export interface Caller {
  /** Matches {@link markPattern}; no two calls have the same. Not a "token": values of that name are redacted. */
  readonly mark: string;
  readonly n: number;
}

/** How marks look, wherever they turn up. */
export const markPattern: RegExp = /mk-[0-9a-z]+-\d+-mk/g;

/** One kind of guest: what it does, and how it must end. */
export interface Guest {
  readonly name: string;
  readonly language: Language;
  readonly hostile: boolean;
  /** Called by the name of a tool, which the engine has to know. */
  readonly tool?: string;
  /** The call is cancelled after a while. */
  readonly cancelled?: boolean;
  request(caller: Caller): Omit<ExecutionRequest, 'language'>;
  /** How it may end where nothing disturbs it. */
  readonly ends: readonly ('success' | ErrorCode)[];
  /** What a result that ended so must hold; answers what is wrong with it. */
  check?(result: ExecutionResult, caller: Caller): string | undefined;
}

/** The answer of most guests: it names its caller, and what was computed for it. */
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
