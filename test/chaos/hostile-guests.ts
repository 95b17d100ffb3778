import type { ErrorCode, Language, PartialLimits } from 'hotcell';
import type { Guest } from './guest.ts';

const outOfTime = ['WALL_TIMEOUT', 'CPU_TIMEOUT'] as const;
/** At the limit on processes, a bomb ends in a way that depends on its shell or interpreter. */
const bombed = [...outOfTime, 'NONZERO_EXIT', 'GUEST_ERROR'] as const;
const brief = { timeoutMs: 200 };

/**
 * Guests that try to do harm: they must end with the right verdict and harm nobody. None of them takes down its host
 * process by design (`test/attacks` has such guests), because the verdicts of its neighbours would then be a matter of
 * luck.
 */
export const hostileGuests: readonly Guest[] = [
  hostile('javascript', 'loop', 'for (;;);', outOfTime, brief),
  hostile('javascript', 'microtasks', 'const go = () => Promise.resolve().then(go); await go();', outOfTime, brief),
  hostile('javascript', 'expression', '/^(a+)+$/.test("a".repeat(40) + "!")', outOfTime, brief),
  hostile('javascript', 'memory', 'const all = []; for (;;) all.push(new Array(1e4).fill(1));', ['MEMORY_LIMIT'], {
    memoryMb: 16,
  }),
  hostile('javascript', 'flood', 'const text = "x".repeat(10_000); for (;;) console.log(text);', ['OUTPUT_LIMIT'], {
    outputKb: 16,
  }),
  hostile('javascript', 'recursion', 'const down = () => down() + 1; down();', ['GUEST_ERROR']),
  hostile('javascript', 'way out', 'this.constructor.constructor("return process")().exit()', ['GUEST_ERROR']),
  hostile('python', 'loop', 'while True: pass', outOfTime, { timeoutMs: 500 }),
  hostile('python', 'memory', 'all = []\nwhile True: all.append(b"x" * 10**6)', ['MEMORY_LIMIT'], { memoryMb: 32 }),
  hostile('python', 'flood', 'while True: print("x" * 10_000)', ['OUTPUT_LIMIT'], { outputKb: 16 }),
  hostile('python', 'exit', 'import os\nos._exit(3)', ['NONZERO_EXIT']),
  hostile('python', 'kill', 'import os\nos.kill(1, 9)', ['GUEST_ERROR']),
  hostile('python', 'disk', 'open("/workspace/f", "wb").write(b"x" * 100_000_000)', ['GUEST_ERROR']),
  hostile('python', 'fork bomb', 'import os\nwhile True:\n  if os.fork() == 0: os.setsid()', bombed, {
    timeoutMs: 1_000,
  }),
  hostile('bash', 'fork bomb', ':(){ :|:& };:\nsleep 60', bombed, { timeoutMs: 1_000 }),
  hostile('bash', 'flood', 'yes >&2', ['OUTPUT_LIMIT'], { outputKb: 16 }),
  hostile('bash', 'kill', 'kill -9 1; kill -9 -1; sleep 0.1; exit 5', ['NONZERO_EXIT']),
  hostile('bash', 'daemon', 'setsid sleep 600 & disown; exit 0', ['success']),
];

function hostile(
  language: Language,
  name: string,
  code: string,
  ends: readonly ('success' | ErrorCode)[],
  limits: PartialLimits = {},
): Guest {
  const request: Guest['request'] = (caller) => ({ code, inputs: caller, limits: { timeoutMs: 10_000, ...limits } });
  return { name, language, hostile: true, request, ends };
}
