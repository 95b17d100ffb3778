import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { ConformanceCase } from './case.ts';

const bigText = 'x'.repeat(1_000_000);

/** The cases of all backends. Guests print before they fail, so that every case also shows that output is kept. */
export const cases: readonly ConformanceCase[] = [
  {
    name: 'the value of a script is its last expression, computed from the inputs',
    request: { inputs: { numbers: [1, 2, 3] } },
    guests: {
      javascript: { code: 'const squares = inputs.numbers.map((n) => n * n);\nsquares.reduce((a, b) => a + b)' },
      python: { code: 'squares = [n * n for n in inputs["numbers"]]\nsum(squares)' },
      bash: { code: 'jq "[.numbers[] | . * .] | add" "$HOTCELL_INPUTS" > "$HOTCELL_VALUE"' },
    },
    check(result) {
      expect(result).toMatchObject({ status: 'success', value: 14, valueType: 'json', stdout: '', stderr: '' });
      expect(result.error).toBeUndefined();
      expect(result.usage.wallMs).toBeGreaterThan(0);
      expect(result.usage.peakMemoryBytes).toBeGreaterThan(100_000);
    },
  },
  {
    name: 'top-level await',
    guests: {
      javascript: { code: 'const n = await new Promise((resolve) => setTimeout(() => resolve(20), 5));\nn + 1' },
      python: { code: 'import asyncio\nawait asyncio.sleep(0.005)\n21' },
      bash: { skip: 'Bash has no await' },
    },
    check: (result) => expect(result).toMatchObject({ status: 'success', value: 21 }),
  },
  {
    name: 'waiting for input with a time limit',
    guests: {
      javascript: {
        code: 'await Promise.race([new Promise(() => {}), new Promise((r) => setTimeout(r, 20, "waited"))])',
      },
      python: {
        code: 'import os, select\nends = os.pipe()\n"waited" if select.select(ends[:1], [], [], 0.02)[0] == [] else "read"',
      },
      bash: { code: 'mkfifo f; exec 3<>f; read -t 0.02 -u 3; [ $? -gt 128 ] && echo \'"waited"\' > "$HOTCELL_VALUE"' },
    },
    wasm: { bash: { skip: 'there are no named pipes and no descriptors that wait' } },
    check: (result) => expect(result).toMatchObject({ status: 'success', value: 'waited', stderr: '' }),
  },
  {
    name: 'stdout and stderr are kept apart and in order',
    guests: {
      javascript: { code: 'console.log("one"); console.error("bad"); console.log("two");' },
      python: { code: 'import sys\nprint("one")\nprint("bad", file=sys.stderr)\nprint("two")' },
      bash: { code: 'echo one; echo bad >&2; echo two' },
    },
    check(result) {
      expect(result).toMatchObject({ status: 'success', valueType: 'none', stdout: 'one\ntwo\n', stderr: 'bad\n' });
      expect(result.usage).toMatchObject({ stdoutBytes: 8, stderrBytes: 4 });
    },
  },
  {
    name: 'a guest that throws is an error with its name, message and line',
    guests: {
      javascript: {
        code: 'console.log("before");\nfunction inner() {\n  throw new TypeError("no such thing");\n}\ninner();',
      },
      python: { code: 'print("before")\ndef inner():\n    raise TypeError("no such thing")\n\ninner()' },
      bash: { skip: 'Bash has no exceptions; see exit codes' },
    },
    check(result) {
      expect(result).toMatchObject({
        status: 'error',
        error: { code: 'GUEST_ERROR', name: 'TypeError', message: 'no such thing', line: 3, ran: 'yes' },
        stdout: 'before\n',
      });
      expect(result.error?.stack).toContain('inner');
      expect(result.error?.stack).not.toMatch(/hotcell|node:|isolated|importlib/);
    },
  },
  {
    name: 'files with names like the cell’s own are ordinary files',
    request: {
      files: {
        '.tmpx': 'a',
        'in/.tmp': 'b',
        'in/.hotcell/x': 'c',
        output: 'd',
        'main.sh': 'e',
        'main.py': 'f',
        '__main__.py': 'g',
      },
    },
    guests: {
      javascript: {
        code: `[".tmpx", "in/.tmp", "in/.hotcell/x", "output", "main.sh", "main.py", "__main__.py"].map((path) => context.files.read(path)).join("")`,
      },
      python: {
        code: `"".join(open(path).read() for path in (".tmpx", "in/.tmp", "in/.hotcell/x", "output", "main.sh", "main.py", "__main__.py"))`,
      },
      bash: {
        code: `printf '"%s"' "$(cat .tmpx in/.tmp in/.hotcell/x output main.sh main.py __main__.py)" > "$HOTCELL_VALUE"`,
      },
    },
    check: (result) => expect(result).toMatchObject({ status: 'success', value: 'abcdefg' }),
  },
  {
    name: 'the folder output is there, and is a file if the request brings it as one',
    guests: {
      javascript: { code: 'context.files.write("output/a.txt", "a"); 1' },
      python: { code: 'open("output/a.txt", "w").write("a")' },
      bash: { code: 'printf a > output/a.txt; echo 1 > "$HOTCELL_VALUE"' },
    },
    check(result) {
      expect(result).toMatchObject({ status: 'success', value: 1 });
      expect(result.artifacts.map(({ path }) => path)).toEqual(['output/a.txt']);
    },
  },
  {
    name: 'a byte order mark before the code is no part of it',
    guests: {
      javascript: { code: '\uFEFFconst one = 1;\none + 1' },
      python: { code: '\uFEFFone = 1\none + 1' },
      bash: { code: '\uFEFFone=1\necho $((one + 1)) > "$HOTCELL_VALUE"' },
    },
    check: (result) => expect(result).toMatchObject({ status: 'success', value: 2, stderr: '' }),
  },
  {
    name: 'the message of an exit code has the last line of stderr',
    guests: {
      javascript: { skip: 'an isolate has no process to exit' },
      python: { code: 'import sys\nprint("first", file=sys.stderr)\nsys.exit("the disk is on fire")' },
      bash: { code: 'echo first >&2; echo "the disk is on fire" >&2; exit 1' },
    },
    check: (result) =>
      expect(result.error).toMatchObject({
        code: 'NONZERO_EXIT',
        message: 'The guest exited with code 1. The last line of its stderr: the disk is on fire',
      }),
  },
  {
    name: 'code that does not parse is the error of its guest',
    guests: {
      javascript: { code: 'const fine = 1;\nconst = 2;' },
      python: { code: 'fine = 1\ndef (:\n' },
      bash: { code: 'echo fine\nif then' },
    },
    check(result, language) {
      if (language === 'bash')
        expect(result).toMatchObject({ status: 'error', error: { code: 'NONZERO_EXIT' }, exitCode: 2 });
      else
        expect(result).toMatchObject({ status: 'error', error: { code: 'GUEST_ERROR', name: 'SyntaxError', line: 2 } });
    },
  },
  {
    name: 'exit codes are the guest’s own',
    guests: {
      javascript: { code: 'console.log("before");\nprocess.exit(7);\nconsole.log("after")' },
      python: { code: 'import sys\nprint("before")\nsys.exit(7)' },
      bash: { code: 'echo before\nexit 7' },
    },
    check: (result) =>
      expect(result).toMatchObject({
        status: 'error',
        error: { code: 'NONZERO_EXIT', ran: 'yes' },
        exitCode: 7,
        stdout: 'before\n',
      }),
  },
  {
    name: 'an endless loop ends with the wall clock',
    request: { limits: { timeoutMs: 3_000, cpuMs: 60_000 } },
    guests: {
      javascript: { code: 'console.log("before");\nfor (;;) {}' },
      python: { code: 'print("before")\nwhile True: pass' },
      bash: { code: 'echo before\nwhile :; do :; done' },
    },
    check(result) {
      expect(result).toMatchObject({
        status: 'timeout',
        // A cell that gets no processor is given up, and then nobody knows.
        error: { code: 'WALL_TIMEOUT', ran: expect.stringMatching(/^(yes|unknown)$/) as string },
        stdout: 'before\n',
      });
      expect(result.timings.runMs).toBeGreaterThan(2_900);
    },
  },
  {
    name: 'a sleeper ends with the wall clock',
    request: { limits: { timeoutMs: 3_000 } },
    guests: {
      javascript: { code: 'console.log("before");\nawait new Promise((resolve) => setTimeout(resolve, 60_000));' },
      python: { code: 'import time\nprint("before")\ntime.sleep(60)' },
      bash: { code: 'echo before\nsleep 60' },
    },
    check: (result) =>
      expect(result).toMatchObject({ status: 'timeout', error: { code: 'WALL_TIMEOUT' }, stdout: 'before\n' }),
  },
  {
    name: 'processor time has a separate limit',
    request: { limits: { timeoutMs: 120_000, cpuMs: 400 } },
    guests: {
      javascript: { code: 'console.log("before");\nfor (;;) {}' },
      python: { code: 'print("before")\nwhile True: pass' },
      bash: { code: 'echo before\nwhile :; do :; done' },
    },
    check(result) {
      expect(result).toMatchObject({ status: 'timeout', error: { code: 'CPU_TIMEOUT' }, stdout: 'before\n' });
      expect(result.usage.cpuMs).toBeGreaterThan(300);
    },
  },
  {
    name: 'a memory bomb ends at the memory limit',
    request: { limits: { memoryMb: 48, timeoutMs: 120_000 } },
    guests: {
      javascript: {
        code: 'console.log("before");\nconst all = [];\nfor (;;) all.push(new Array(10_000).fill(all.length));',
      },
      python: { code: 'print("before")\nall = []\nwhile True: all.append(bytearray(1_000_000))' },
      bash: { code: 'echo before\nx=0123456789abcdef\nwhile :; do x=$x$x; done' },
    },
    check: (result) =>
      expect(result).toMatchObject({
        status: 'memory_limit',
        error: { code: 'MEMORY_LIMIT', ran: 'yes' },
        stdout: 'before\n',
      }),
  },
  {
    name: 'output above the limit keeps head and tail and says what was cut',
    request: { limits: { outputKb: 4 } },
    guests: {
      javascript: { code: 'console.log("head"); console.log("y".repeat(16_000)); console.log("tail"); "done"' },
      python: { code: 'print("head"); print("y" * 16_000); print("tail")\n"done"' },
      bash: {
        code: 'echo head; head -c 16000 /dev/zero | tr "\\0" y; echo; echo tail; echo \'"done"\' > "$HOTCELL_VALUE"',
      },
    },
    wasm: {
      bash: {
        code: 'echo head; printf "y%.0s" $(seq 16000); echo; echo tail; echo \'"done"\' > "$HOTCELL_VALUE"',
      },
    },
    check(result) {
      expect(result).toMatchObject({ status: 'success', value: 'done', usage: { stdoutBytes: 16_011 } });
      expect(result.stdout).toMatch(/^head\ny+[^y]*\d+ bytes[^y]*y+\ntail\n$/);
      expect(Buffer.byteLength(result.stdout)).toBeLessThan(4_300);
      expect(result.truncated.stdoutBytes).toBeGreaterThan(11_000);
    },
  },
  {
    name: 'a flood of output is stopped',
    request: { limits: { outputKb: 64, timeoutMs: 120_000 } },
    guests: {
      javascript: { code: 'for (;;) console.log("flood ".repeat(1_000));' },
      python: { code: 'while True: print("flood " * 1_000)' },
      bash: { code: 'yes "flood flood flood"' },
    },
    wasm: { bash: { code: 'while :; do echo "flood flood flood"; done' } },
    check(result) {
      expect(result).toMatchObject({ status: 'output_limit', error: { code: 'OUTPUT_LIMIT', ran: 'yes' } });
      expect(result.stdout.startsWith('flood ')).toBe(true);
      expect(result.truncated.stdoutBytes).toBeGreaterThan(0);
    },
  },
  {
    name: 'a value above the limit is dropped with a reason',
    request: { limits: { valueKb: 8 } },
    guests: {
      javascript: { code: '"v".repeat(100_000)' },
      python: { code: '"v" * 100_000' },
      bash: { code: '(printf \'"\'; head -c 100000 /dev/zero | tr "\\0" v; printf \'"\') > "$HOTCELL_VALUE"' },
    },
    wasm: {
      bash: { code: '(printf \'"\'; printf "v%.0s" $(seq 100000); printf \'"\') > "$HOTCELL_VALUE"' },
    },
    check: (result) =>
      expect(result).toMatchObject({ status: 'output_limit', error: { code: 'VALUE_LIMIT' }, valueType: 'none' }),
  },
  {
    name: 'handler mode answers with the handler’s return value',
    request: { mode: 'handler', inputs: { name: 'Ada' } },
    guests: {
      javascript: {
        code: 'export default async (inputs, context) => ({ greeting: `Hello ${inputs.name}`, context: typeof context });',
      },
      python: {
        code: 'async def handler(inputs, context):\n    return {"greeting": f"Hello {inputs[\'name\']}", "context": "object"}',
      },
      bash: { code: 'jq \'{greeting: ("Hello " + .name), context: "object"}\'' },
    },
    check: (result) =>
      expect(result).toMatchObject({ status: 'success', value: { greeting: 'Hello Ada', context: 'object' } }),
  },
  {
    name: 'handler mode without an answer says so',
    request: { mode: 'handler' },
    guests: {
      javascript: { code: 'const handle = () => 1;' },
      python: { code: 'def handle(inputs, context): return 1' },
      bash: { code: 'cat > /dev/null' },
    },
    check: (result) => expect(result).toMatchObject({ status: 'error', error: { code: 'NO_ANSWER' } }),
  },
  {
    name: 'a value that JSON cannot represent comes back as its text',
    guests: {
      javascript: { code: 'new Map([["answer", 42n]])' },
      python: { code: '{"answer", "answer"}' },
      bash: { code: 'printf "{answer" > "$HOTCELL_VALUE"' },
    },
    check(result) {
      expect(result).toMatchObject({ status: 'success', valueType: 'repr' });
      expect(result.value).toContain('answer');
    },
  },
  {
    name: 'a value that JSON cannot say inside comes back whole, as text',
    guests: {
      javascript: { code: '[1, { answer: [new Map([["a", 1]])] }, undefined, NaN]' },
      python: { code: '[1, {"answer": [{"a", "b"}]}, float("nan")]' },
      bash: { skip: 'a value of Bash is JSON or text as a whole' },
    },
    check(result) {
      expect(result).toMatchObject({ status: 'success', valueType: 'repr' });
      expect(result.value).toMatch(/answer.*\{.*a.*\}.*nan/is);
    },
  },
  {
    name: 'environment and secrets reach the guest, and no secret leaves it',
    request: { env: { COLOUR: 'green' }, secrets: { API_KEY: 'correct-horse-battery' }, collect: ['*.txt'] },
    guests: {
      javascript: {
        code: [
          'const { COLOUR, API_KEY } = context.env;',
          'console.log(COLOUR, API_KEY, btoa(API_KEY));',
          'console.error([...API_KEY].map((c) => c.charCodeAt(0).toString(16)).join(""));',
          'context.files.write("note.txt", API_KEY);',
          '({ key: API_KEY, nested: [{ [API_KEY]: 1 }], length: API_KEY.length })',
        ].join('\n'),
      },
      python: {
        code: [
          'import base64, os, sys',
          'key = os.environ["API_KEY"]',
          'print(os.environ["COLOUR"], key, base64.b64encode(key.encode()).decode())',
          'print(key.encode().hex(), file=sys.stderr)',
          'open("note.txt", "w").write(key)',
          '{"key": key, "nested": [{key: 1}], "length": len(key)}',
        ].join('\n'),
      },
      bash: {
        code: [
          'echo "$COLOUR" "$API_KEY" "$(printf %s "$API_KEY" | base64)"',
          'printf "%s\\n" "$(printf %s "$API_KEY" | xxd -p)" >&2',
          'printf %s "$API_KEY" > note.txt',
          'jq -n --arg k "$API_KEY" \'{key: $k, nested: [{($k): 1}], length: ($k | length)}\' > "$HOTCELL_VALUE"',
        ].join('\n'),
      },
    },
    wasm: {
      bash: {
        code: [
          'echo "$COLOUR" "$API_KEY" "$(printf %s "$API_KEY" | base64)"',
          'printf "%s\\n" "$(printf %s "$API_KEY" | base64)" >&2',
          'printf %s "$API_KEY" > note.txt',
          'jq -n --arg k "$API_KEY" \'{key: $k, nested: [{($k): 1}], length: ($k | length)}\' > "$HOTCELL_VALUE"',
        ].join('\n'),
      },
    },
    check(result) {
      expect(result).toMatchObject({
        status: 'success',
        stdout: 'green [redacted:API_KEY] [redacted:API_KEY]\n',
        stderr: '[redacted:API_KEY]\n',
        value: { key: '[redacted:API_KEY]', nested: [{ '[redacted:API_KEY]': 1 }], length: 21 },
      });
      expect(Buffer.from(result.artifacts[0]?.content ?? []).toString()).toBe('[redacted:API_KEY]');
      expect(result.redactions.map(({ where }) => where).sort()).toEqual(
        expect.arrayContaining(['artifact', 'stderr', 'stdout', 'value']),
      );
    },
  },
  {
    name: 'stdin reaches the guest',
    request: { stdin: 'first\nsecond\n' },
    guests: {
      javascript: { code: 'context.stdin.split("\\n")[1]' },
      python: { code: 'import sys\nsys.stdin.readline()\nsys.stdin.readline().strip()' },
      bash: { code: 'read -r _; read -r line; jq -n --arg l "$line" \'$l\' > "$HOTCELL_VALUE"' },
    },
    check: (result) => expect(result).toMatchObject({ status: 'success', value: 'second' }),
  },
  {
    name: 'files go in, artifacts come out with type, size and hash',
    request: { files: { 'data/in.csv': 'a,b\n1,2\n', 'raw.bin': Uint8Array.of(0, 255, 128) } },
    guests: {
      javascript: {
        code: [
          'const text = context.files.read("data/in.csv");',
          'context.files.write("output/deep/out.json", JSON.stringify({ lines: text.trim().split("\\n").length }));',
          'context.files.write("ignored.txt", "no");',
          '[...context.files.readBytes("raw.bin")]',
        ].join('\n'),
      },
      python: {
        code: [
          'import json, os',
          'text = open("data/in.csv").read()',
          'os.makedirs("output/deep")',
          'open("output/deep/out.json", "w").write(json.dumps({"lines": 2}, separators=(",", ":")))',
          'open("ignored.txt", "w").write("no")',
          'list(open("raw.bin", "rb").read())',
        ].join('\n'),
      },
      bash: {
        code: [
          'mkdir -p output/deep',
          'printf \'{"lines":%d}\' "$(wc -l < data/in.csv)" > output/deep/out.json',
          'echo no > ignored.txt',
          'printf "[%s]" "$(od -An -tu1 raw.bin | xargs | tr " " ,)" > "$HOTCELL_VALUE"',
        ].join('\n'),
      },
    },
    wasm: {
      bash: {
        code: [
          'mkdir -p output/deep',
          'printf \'{"lines":%d}\' "$(wc -l < data/in.csv)" > output/deep/out.json',
          'echo no > ignored.txt',
          'for octal in $(od -An raw.bin); do all="$all,$((8#$octal))"; done',
          'echo "[${all#,}]" > "$HOTCELL_VALUE"',
        ].join('\n'),
      },
    },
    check(result) {
      const content = Buffer.from('{"lines":2}');
      expect(result).toMatchObject({ status: 'success', value: [0, 255, 128], truncated: { artifacts: 0 } });
      expect(result.artifacts).toEqual([
        {
          path: 'output/deep/out.json',
          mediaType: 'application/json',
          bytes: content.length,
          sha256: createHash('sha256').update(content).digest('hex'),
          content: expect.any(Uint8Array),
        },
      ]);
      expect(Buffer.from(result.artifacts[0]?.content ?? []).toString()).toBe('{"lines":2}');
    },
  },
  {
    name: 'a file in the place of the folder of artifacts is counted',
    request: {},
    guests: {
      javascript: { code: 'context.files.write("output", "no folder");' },
      python: {
        code: [
          'import os',
          'if os.path.isdir("output"): os.rmdir("output")',
          'with open("output", "w") as f: print("no folder", file=f)',
        ].join('\n'),
      },
      bash: { code: 'rm -rf output; echo "no folder" > output' },
    },
    wasm: {
      python: { skip: 'the guest hands over what matches, and counts nothing' },
      bash: { skip: 'the guest hands over what matches, and counts nothing' },
    },
    check(result) {
      expect(result).toMatchObject({ status: 'success', artifacts: [], truncated: { artifacts: 1 } });
    },
  },
  {
    name: 'globs choose the artifacts',
    request: { collect: ['*.txt', '**/keep/*', 'd[0-9]/**'] },
    guests: {
      javascript: {
        code: 'for (const p of ["a.txt", "x/a.txt", "x/y/keep/b", "x/y/keep/c/d", "d1/e/f", "dx/g", ".h.txt"]) context.files.write(p, p);',
      },
      python: {
        code: [
          'import os',
          'for p in ["a.txt", "x/a.txt", "x/y/keep/b", "x/y/keep/c/d", "d1/e/f", "dx/g", ".h.txt"]:',
          '    os.makedirs(os.path.dirname(p) or ".", exist_ok=True)',
          '    with open(p, "w") as f: print(p, end="", file=f)',
        ].join('\n'),
      },
      bash: {
        code: 'for p in a.txt x/a.txt x/y/keep/b x/y/keep/c/d d1/e/f dx/g .h.txt; do mkdir -p "$(dirname $p)"; printf %s $p > $p; done',
      },
    },
    check(result) {
      const found = result.artifacts.map(({ path, content }) => [path, Buffer.from(content).toString()]);
      const wanted = ['.h.txt', 'a.txt', 'd1/e/f', 'x/y/keep/b'];
      expect(found.sort()).toEqual(wanted.map((path) => [path, path]));
    },
  },
  {
    name: 'a disk that is full is the guest’s error and nobody else’s',
    request: { limits: { diskMb: 4, timeoutMs: 120_000 } },
    guests: {
      javascript: {
        code: 'console.log("before");\nfor (let i = 0; ; i += 1) context.files.write(`f${i}`, "x".repeat(500_000));',
      },
      python: { code: 'print("before")\nopen("/tmp/f", "wb").write(b"x" * 8_000_000)' },
      bash: { code: 'echo before\nhead -c 8000000 /dev/zero > /tmp/f' },
    },
    wasm: { bash: { code: 'echo before\nfor i in 1 2 3 4 5 6; do printf "%1000000s" x >> /tmp/f || exit 1; done' } },
    check: (result) => expect(result).toMatchObject({ status: 'error', stdout: 'before\n' }),
  },
  {
    name: 'a megabyte goes in and out unchanged',
    request: { inputs: { text: bigText }, limits: { valueKb: 2_048 } },
    guests: {
      javascript: { code: 'inputs.text + "é"' },
      python: { code: 'inputs["text"] + "é"' },
      bash: { code: 'jq \'.text + "é"\' "$HOTCELL_INPUTS" > "$HOTCELL_VALUE"' },
    },
    check(result) {
      expect(result.status).toBe('success');
      expect(result.value === `${bigText}é`).toBe(true);
    },
  },
  {
    name: 'names with a meaning elsewhere are only names',
    request: { inputs: JSON.parse('{"__proto__":{"polluted":true},"constructor":1}') as unknown },
    guests: {
      javascript: { code: 'inputs' },
      python: { code: 'inputs' },
      bash: { code: 'cp "$HOTCELL_INPUTS" "$HOTCELL_VALUE"' },
    },
    check(result) {
      expect(result.status).toBe('success');
      expect(JSON.stringify(result.value)).toBe('{"__proto__":{"polluted":true},"constructor":1}');
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    },
  },
  {
    name: 'text of all planes survives',
    request: { inputs: 'ß𝄞\u0000\ud83d\ude00 end' },
    guests: {
      javascript: { code: 'console.log("ß𝄞😀");\ninputs' },
      python: { code: 'print("ß𝄞😀")\ninputs' },
      bash: { code: 'echo "ß𝄞😀"\ncp "$HOTCELL_INPUTS" "$HOTCELL_VALUE"' },
    },
    check: (result) =>
      expect(result).toMatchObject({ status: 'success', stdout: 'ß𝄞😀\n', value: 'ß𝄞\u0000\ud83d\ude00 end' }),
  },
];
