import type { ErrorCode, ExecutionResult, Language } from 'hotcell';
import { type Caller, checkAnswer, checkOutput, type Guest } from './guest.ts';

/** Long enough for a busy machine: an ordinary guest needs about 50 ms. */
const limits = { timeoutMs: 10_000 };

/** The code of the tools for guests named `tool`. */
export const toolCodes = {
  javascript: 'export default ({ mark, n }) => ({ mark, double: n * 2 })',
  python: 'def handler(inputs, context):\n    return {"mark": inputs["mark"], "double": inputs["n"] * 2}',
} as const;

const answers = {
  javascript: 'console.log(inputs.mark); ({ mark: inputs.mark, double: inputs.n * 2 })',
  typescript: 'const { mark, n }: { mark: string; n: number } = inputs;\nconsole.log(mark);\n({ mark, double: n * 2 })',
  late: 'await new Promise((done) => setTimeout(done, inputs.n % 400));\n({ mark: inputs.mark, double: inputs.n * 2 })',
  secret: 'console.log(inputs.turned); ({ mark: inputs.mark, double: inputs.n * 2 })',
  python: 'print(inputs["mark"])\n{"mark": inputs["mark"], "double": inputs["n"] * 2}',
  file: 'import os, time\ntime.sleep(0.7)\nopen("output/f.txt", "w").write(open("f.txt").read())',
  bash: `cat\njq -c '{mark: .mark, double: (.n * 2)}' "$HOTCELL_INPUTS" > "$HOTCELL_VALUE"`,
  exit: 'jq -r .mark "$HOTCELL_INPUTS"; sleep 0.5; exit 3',
} as const;

const checkBoth: Guest['check'] = (result, caller) => checkAnswer(result, caller) ?? checkOutput(result, caller);

const checkFile = (result: ExecutionResult, caller: Caller): string | undefined => {
  const [file, ...more] = result.artifacts.map(({ content }) => Buffer.from(content).toString());
  return file === caller.mark && more.length === 0 ? undefined : `the artifacts hold ${JSON.stringify(file)}`;
};

const checkMessage = (result: ExecutionResult, caller: Caller): string | undefined =>
  result.error?.message.includes(caller.mark) ? undefined : `the message is ${result.error?.message}`;

/** The secret of a call is its reversed mark, which is not a mark itself. It must not show in a result. */
const secretOf = ({ mark }: Caller): string => `secret-${[...mark].reverse().join('')}`;
const checkSecret = (result: ExecutionResult, caller: Caller): string | undefined =>
  result.stdout.includes(secretOf(caller)) ? 'stdout holds the secret' : checkAnswer(result, caller);

/** Guests that do their work, or fail like ordinary programs. */
export const ordinaryGuests: readonly Guest[] = [
  ordinary('javascript', 'answer', answers.javascript, checkBoth),
  ordinary('typescript', 'answer', answers.typescript, checkBoth),
  ordinary('javascript', 'late answer', answers.late, checkAnswer),
  ordinary('javascript', 'exception', 'throw new TypeError(inputs.mark)', checkMessage, ['GUEST_ERROR']),
  {
    ...ordinary('javascript', 'secret', answers.secret, checkSecret),
    request: (caller) => ({
      code: answers.secret,
      inputs: { ...caller, turned: secretOf(caller) },
      secrets: { KEY: secretOf(caller) },
      limits,
    }),
  },
  { ...ordinary('javascript', 'tool', toolCodes.javascript, checkAnswer), tool: 'double-javascript' },
  cancelled('javascript', 'await new Promise((done) => setTimeout(done, 9_000))'),
  ordinary('python', 'answer', answers.python, checkBoth),
  {
    ...ordinary('python', 'late file', answers.file, checkFile),
    request: (caller) => ({ code: answers.file, files: { 'f.txt': caller.mark }, limits }),
  },
  ordinary('python', 'exception', 'raise ValueError(inputs["mark"])', checkMessage, ['GUEST_ERROR']),
  { ...ordinary('python', 'tool', toolCodes.python, checkAnswer), tool: 'double-python' },
  cancelled('python', 'import time\ntime.sleep(9)'),
  {
    ...ordinary('bash', 'answer', answers.bash, checkBoth),
    request: (caller) => ({ code: answers.bash, inputs: caller, stdin: `${caller.mark}\n`, limits }),
  },
  ordinary('bash', 'late exit', answers.exit, checkOutput, ['NONZERO_EXIT']),
  {
    ...ordinary('bash', 'out of time', 'sleep 30', undefined, ['WALL_TIMEOUT']),
    request: () => ({ code: 'sleep 30', limits: { timeoutMs: 400 } }),
  },
];

function ordinary(
  language: Language,
  name: string,
  code: string,
  check: Guest['check'],
  ends: readonly ('success' | ErrorCode)[] = ['success'],
): Guest {
  const request: Guest['request'] = (caller) => ({ code, inputs: caller, limits });
  return { name, language, hostile: false, request, ends, ...(check && { check }) };
}

function cancelled(language: Language, code: string): Guest {
  return {
    ...ordinary(language, 'cancelled', code, undefined, ['CANCELLED', 'CANCELLED_BEFORE_START']),
    cancelled: true,
  };
}
