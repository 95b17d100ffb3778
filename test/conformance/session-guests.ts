import type { Language, SessionCall } from 'hotcell';

/** The guest code of the session cases in one language. */
export interface SessionGuest {
  /** Sets `x` to 5 and defines `f(n)`, which multiplies n by x. */
  readonly define: string;
  /** Prints f(3). */
  readonly use: string;
  /** Prints x. */
  readonly show: string;
  /** Sets x to 7 and fails. */
  readonly failAfterChange: string;
  /** Never ends, in one computation. */
  readonly spin: string;
  /** Never ends, and only waits. */
  readonly wait: string;
  /** Writes `output/NAME` with TEXT. */
  readonly write: (name: string, text: string) => string;
  /** Prints its stdin. */
  readonly readStdin: string;
  /** Prints the environment variable NAME. */
  readonly environment: (name: string) => string;
  /** Prints inputs.n. */
  readonly inputs: string;
  /** Prints without end, far more than 8 KiB. */
  readonly flood: string;
  /** Stores the tool `add` under another name; a later call uses that name and prints the answer. */
  readonly keepTool: string;
  readonly callKeptTool: string;
  /** Starts background work; a later call prints what that did between the calls. */
  readonly leave: string;
  readonly found: string;
  /** Makes the session unusable; `status` is that of this call. */
  readonly ruin: SessionCall & { readonly status: string };
}

const javascript: SessionGuest = {
  define: 'const x = 5; function f(n) { return n * x; }',
  use: 'console.log(f(3))',
  show: 'console.log(x)',
  failAfterChange: 'x = 7; throw new Error("on purpose")',
  spin: 'for (;;);',
  wait: 'await new Promise((resolve) => setTimeout(resolve, 60_000))',
  write: (name, text) => `context.files.write('output/${name}', '${text}')`,
  readStdin: 'console.log(context.stdin)',
  environment: (name) => `console.log(context.env.${name})`,
  inputs: 'console.log(inputs.n)',
  flood: 'for (;;) console.log("x".repeat(1000))',
  keepTool: 'const mine = tools.add',
  callKeptTool: 'console.log(await mine({ a: 1, b: 2 }))',
  leave: 'var ticks = 0; setTimeout(() => { ticks += 1; }, 20).unref(); Promise.resolve().then(() => { ticks += 10; })',
  found: 'console.log(ticks)',
  ruin: { code: 'const all = []; for (;;) all.push(new Array(1000).fill(1))', status: 'memory_limit' },
};

/** By language. */
export const sessionGuests: Readonly<Record<Language, SessionGuest>> = {
  javascript,
  typescript: { ...javascript, define: 'const x: number = 5; function f(n: number): number { return n * x; }' },
  python: {
    define: 'x = 5\ndef f(n): return n * x',
    use: 'print(f(3))',
    show: 'print(x)',
    failAfterChange: 'x = 7\nraise ValueError("on purpose")',
    spin: 'while True: pass',
    wait: 'import time; time.sleep(60)',
    write: (name, text) =>
      `import os; os.makedirs('/workspace/output', exist_ok=True); print(open('/workspace/output/${name}', 'w').write('${text}'), end='')`,
    readStdin: 'import sys; print(sys.stdin.read())',
    environment: (name) => `import os; print(os.environ["${name}"])`,
    inputs: 'print(inputs["n"])',
    flood: 'while True: print("x" * 1000)',
    keepTool: 'mine = tools.add\nmine(a=0, b=0)',
    callKeptTool: 'print(mine(a=1, b=2))',
    leave:
      'import threading, time\nlast, gap = time.monotonic(), 0\ndef tick():\n  global last, gap\n  while True:\n    now = time.monotonic()\n    gap = max(gap, now - last)\n    last = now\n    time.sleep(0.001)\nthreading.Thread(target=tick, daemon=True).start()',
    found:
      'seen = last\nwhile last == seen: time.sleep(0.001)\nprint("stood still" if gap > 0.6 else f"went on, with a pause of {gap} s at most")',
    ruin: {
      code: 'import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass',
      limits: { timeoutMs: 300 },
      status: 'timeout',
    },
  },
  bash: {
    define: 'x=5; f() { echo $(($1 * x)); }',
    use: 'f 3',
    show: 'echo $x',
    failAfterChange: 'x=7; false',
    spin: 'g() { while true; do :; done; echo never; }; g; echo never',
    wait: 'sleep 60 | cat; echo never',
    write: (name, text) => `mkdir -p /workspace/output; printf '${text}' > '/workspace/output/${name}'`,
    readStdin: 'cat',
    environment: (name) => `echo $${name}`,
    inputs: 'jq .n "$HOTCELL_INPUTS"',
    flood: 'while true; do printf "%01000d\\n" 1; done',
    keepTool: 'mine() { tool add "$1"; }',
    callKeptTool: `mine '{"a":1,"b":2}'`,
    leave:
      '(last=${EPOCHREALTIME/./}; gap=0; while :; do now=${EPOCHREALTIME/./}; ((now - last > gap)) && gap=$((now - last)); last=$now; echo $gap > /workspace/new; mv /workspace/new /workspace/gap; done) & until [ -s /workspace/gap ]; do sleep 0.01; done',
    // The process writes its longest pause a moment after it continues.
    found:
      'for n in {1..500}; do gap=$(cat /workspace/gap); ((gap > 600000)) && echo stood still && break; sleep 0.01; done',
    ruin: { code: "trap '' INT; while :; do :; done", limits: { timeoutMs: 300 }, status: 'timeout' },
  },
};

/** Code that ends a guest in WebAssembly that ignores signals; the others use the ordinary code. */
export const wasmGuests: Readonly<Partial<Record<Language, Partial<SessionGuest>>>> = {
  bash: { ruin: { code: 'x=a; while :; do x=$x$x; done', status: 'memory_limit' } },
};
