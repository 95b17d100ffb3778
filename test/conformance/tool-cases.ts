import { expect } from 'vitest';
import { z } from 'zod';
import type { ConformanceCase } from './case.ts';
import { aborted, tools } from './case-tools.ts';

const failing = ['refuses', 'once', 'once', 'slow', 'throws', 'lies', 'date', 'big'];
const codes = [
  'INVALID_ARGUMENTS The input of tool "add" is invalid: a: expected number, received string.',
  'PERMISSION_DENIED The call of tool "refuses" was refused: ask Ada first',
  'CALL_LIMIT The calls of tool "once" are used up: it allows 1.',
  'TOOL_TIMEOUT Tool "slow" took longer than 20 ms.',
  'TOOL_FAILED out of stock',
  'INVALID_ANSWER The answer of tool "lies" is invalid: expected number, received string.',
  'INVALID_ANSWER The answer of tool "date" is invalid: it.at must be JSON, but is an instance of Date.',
  'VALUE_LIMIT The answer of tool "big" is larger than limits.valueKb = 1024 KiB.',
];

/** Host functions, called in the same way in every language. */
export const toolCases: readonly ConformanceCase[] = [
  {
    name: 'a host function takes JSON and answers JSON, its schema’s defaults filled in',
    request: { tools },
    guests: {
      javascript: {
        code: 'const { sum } = await tools.add({ a: 41 });\n[sum, await tools.echo([null, "é\\u2028"]), await tools["a-b"](), await tools.constructor(1)]',
      },
      python: {
        code: 'sum = tools.add(a=41)["sum"]\n[sum, await tools.aio.echo([None, "é\\u2028"]), tools["a-b"](), tools.constructor(1)]',
      },
      bash: {
        code: 'jq -cn --argjson a "$(tool add \'{"a": 41}\')" --argjson b "$(tool echo \'[null, "é\\u2028"]\')" --argjson c "$(tool a-b)" --argjson d "$(tool constructor 1)" \'[$a.sum, $b, $c, $d]\' >"$HOTCELL_VALUE"',
      },
    },
    check(result) {
      expect(result).toMatchObject({
        status: 'success',
        value: [42, [null, 'é\u2028'], ['a', 'b'], 'constructed'],
        stderr: '',
        toolCalls: [{ tool: 'add' }, { tool: 'echo' }, { tool: 'a-b' }, { tool: 'constructor' }],
        usage: { toolCalls: 4 },
      });
      expect(result.usage.hostMs).toBeGreaterThan(0);
      expect(result.usage.hostMs).toBeLessThan(result.usage.wallMs);
    },
  },
  {
    name: 'an agent’s task: a table is read, two tools are called in a loop of 50, a chart and JSON come back',
    request: {
      tools: {
        price: { description: 'A price.', input: z.object({ item: z.string() }), run: ({ item }) => item.length * 10 },
        stock: { description: 'A stock.', input: z.object({ item: z.string() }), run: ({ item }) => item.length % 3 },
      },
      files: { 'items.csv': `item\n${Array.from({ length: 25 }, (_, n) => 'x'.repeat(n + 1)).join('\n')}\n` },
      limits: { timeoutMs: 120_000 },
    },
    guests: {
      javascript: {
        code: `const [, ...items] = context.files.read('items.csv').trim().split('\\n');
let worth = 0, bars = '';
for (const item of items) {
  const value = await tools.price({ item }) * await tools.stock({ item });
  worth += value;
  bars += \`<rect height="\${value}"/>\`;
}
context.files.write('output/chart.svg', \`<svg xmlns="http://www.w3.org/2000/svg">\${bars}</svg>\`);
({ items: items.length, worth })`,
      },
      python: {
        code: `import csv, os
worth, bars = 0, ""
items = [row["item"] for row in csv.DictReader(open("items.csv"))]
for item in items:
    value = tools.price(item=item) * tools.stock(item=item)
    worth += value
    bars += f'<rect height="{value}"/>'
with open("output/chart.svg", "w") as chart:
    chart.write(f'<svg xmlns="http://www.w3.org/2000/svg">{bars}</svg>')
{"items": len(items), "worth": worth}`,
      },
      bash: {
        code: `while read -r item; do
  value=$(($(tool price "{\\"item\\":\\"$item\\"}") * $(tool stock "{\\"item\\":\\"$item\\"}")))
  worth=$((worth + value)) items=$((items + 1)) bars="$bars<rect height=\\"$value\\"/>"
done < <(tail -n +2 items.csv)
printf '<svg xmlns="http://www.w3.org/2000/svg">%s</svg>' "$bars" >output/chart.svg
echo "{\\"items\\":$items,\\"worth\\":$worth}" >"$HOTCELL_VALUE"`,
      },
    },
    // just-bash loses the quotes of a command inside an arithmetic expression.
    wasm: {
      bash: {
        code: `while read -r item; do
  price=$(tool price "{\\"item\\":\\"$item\\"}") stock=$(tool stock "{\\"item\\":\\"$item\\"}") value=$((price * stock))
  worth=$((worth + value)) items=$((items + 1)) bars="$bars<rect height=\\"$value\\"/>"
done < <(tail -n +2 items.csv)
printf '<svg xmlns="http://www.w3.org/2000/svg">%s</svg>' "$bars" >output/chart.svg
echo "{\\"items\\":$items,\\"worth\\":$worth}" >"$HOTCELL_VALUE"`,
      },
    },
    check(result) {
      const worths = Array.from({ length: 25 }, (_, n) => (n + 1) * 10 * ((n + 1) % 3));
      const worth = worths.reduce((sum, value) => sum + value, 0);
      expect(result).toMatchObject({ status: 'success', value: { items: 25, worth }, usage: { toolCalls: 50 } });
      const [chart, ...others] = result.artifacts;
      expect([chart?.path, chart?.mediaType, others]).toEqual(['output/chart.svg', 'image/svg+xml', []]);
      expect(Buffer.from(chart?.content ?? []).toString()).toContain(
        worths.map((w) => `<rect height="${w}"/>`).join(''),
      );
    },
  },
  {
    name: 'a call that fails throws with the name of its tool, a code and a sentence',
    request: { tools, inputs: failing },
    guests: {
      javascript: {
        code: `const said = [];
const attempt = async (name, input) => {
  try { await tools[name](input) } catch (error) {
    if (!(error instanceof ToolError) || error.tool !== name) said.push('wrong');
    said.push(error.code + ' ' + error.message);
  }
};
await attempt('add', { a: 'one' });
for (const name of inputs) await attempt(name, 1);
said`,
      },
      python: {
        code: `said = []
def attempt(name, input):
    try: tools[name](input)
    except ToolError as error:
        if error.tool != name or str(error) != error.message: said.append("wrong")
        said.append(f"{error.code} {error.message}")
attempt("add", {"a": "one"})
for name in inputs: attempt(name, 1)
said`,
      },
      bash: {
        code: `attempt() {
  tool "$@" 2>said >/dev/null && return
  [ $? = 1 ] || echo wrong
  sed "s/^tool $1: \\([A-Z_]*\\):/\\1/" said
}
{ attempt add '{"a":"one"}'; jq -r '.[]' "$HOTCELL_INPUTS" | while read -r name; do attempt "$name" 1; done; } | jq -Rn '[inputs]' >"$HOTCELL_VALUE"`,
      },
    },
    // Its jq has no inputs.
    wasm: {
      bash: {
        code: `attempt() {
  tool "$@" 2>said >/dev/null && return
  [ $? = 1 ] || echo wrong
  sed "s/^tool $1: \\([A-Z_]*\\):/\\1/" said
}
{ attempt add '{"a":"one"}'; jq -r '.[]' "$HOTCELL_INPUTS" | while read -r name; do attempt "$name" 1; done; } | jq -R . | jq -s . >"$HOTCELL_VALUE"`,
      },
    },
    check(result) {
      expect(result).toMatchObject({ status: 'success', value: codes });
      expect(result.toolCalls.map(({ tool, error }) => [tool, error])).toEqual(
        ['add', ...failing]
          .map((tool, index) => [tool, codes[index > 2 ? index - 1 : index]?.split(' ')[0]])
          .with(2, ['once', undefined]),
      );
    },
  },
  {
    name: 'an uncaught failed call ends the program at that call',
    request: { tools },
    guests: {
      javascript: { code: 'const before = 1;\nasync function inner() {\n  await tools.throws();\n}\nawait inner()' },
      python: { code: 'before = 1\ndef inner():\n    tools.throws()\ninner()' },
      bash: { skip: 'Bash has no exceptions' },
    },
    check(result) {
      expect(result).toMatchObject({
        status: 'error',
        error: { code: 'GUEST_ERROR', name: 'ToolError', message: 'out of stock', line: 3 },
      });
      expect(result.error?.stack).toContain('inner');
      expect(result.error?.stack).not.toMatch(/hotcell|RangeError|tool-cases/);
    },
  },
  {
    name: '64 calls are at the host at one time, and others wait',
    request: { tools, limits: { timeoutMs: 120_000 } },
    guests: {
      javascript: { code: '(await Promise.all(Array.from({ length: 150 }, (_, n) => tools.gather(n)))).length' },
      python: {
        code: 'import asyncio\nlen(await asyncio.gather(*(tools.aio.gather(n) for n in range(150))))',
      },
      bash: {
        code: 'for n in {1..64}; do tool gather "$n" & done >said; wait; jq -s length said >"$HOTCELL_VALUE"',
        limits: { processes: 200, memoryMb: 1_024 },
      },
    },
    wasm: { bash: { skip: 'just-bash runs one command after the other' } },
    check: (result, language) =>
      expect(result).toMatchObject({ status: 'success', value: language === 'bash' ? 64 : 150, stderr: '' }),
  },
  {
    name: 'a thousand calls in one job, and not one more',
    request: { tools, limits: { timeoutMs: 120_000 } },
    guests: {
      javascript: {
        code: 'let sum = 0; for (let n = 0; n < 1000; n += 1) sum += await tools.echo(n);\n[sum, await tools.echo(1).catch((error) => error.code)]',
      },
      python: {
        code: 'sum = 0\nfor n in range(1000): sum += tools.echo(n)\ntry: tools.echo(1)\nexcept ToolError as error: code = error.code\n[sum, code]',
      },
      bash: { skip: 'a process for each call takes its time' },
    },
    check(result) {
      expect(result).toMatchObject({ status: 'success', value: [499_500, 'CALL_LIMIT'], usage: { toolCalls: 1_001 } });
      expect(result.toolCalls).toHaveLength(1_000);
    },
  },
  {
    name: 'secrets pass through no tool in either direction',
    request: {
      tools: {
        ...tools,
        tell: {
          description: 'Says what it heard, and a key of its own.',
          input: z.object({ heard: z.string() }),
          run({ heard }) {
            if (heard === 'throw') throw new Error('no: correct-horse-battery');
            return { heard, keys: ['correct-horse-battery'], 'correct-horse-battery': 1 };
          },
        },
      },
      secrets: { KEY: 'correct-horse-battery' },
    },
    guests: {
      javascript: {
        code: 'const told = await tools.tell({ heard: context.env.KEY });\n[told.heard, ...Object.keys(told), ...told.keys, await tools.tell({ heard: "throw" }).catch(String)].map((text) => text.replace(/[[\\]]/g, "|"))',
      },
      python: {
        code: 'import os, re\ntold = tools.tell(heard=os.environ["KEY"])\ntry: tools.tell(heard="throw")\nexcept ToolError as error: failure = f"ToolError: {error}"\n[re.sub(r"[\\[\\]]", "|", text) for text in (told["heard"], *told, *told["keys"], failure)]',
      },
      bash: {
        code: 'failure=$(tool tell \'{"heard":"throw"}\' 2>&1 | sed "s/.*FAILED/ToolError/"); tool tell "{\\"heard\\":\\"$KEY\\"}" | jq --arg failure "$failure" \'[.heard, keys_unsorted[], .keys[], $failure] | map(gsub("[\\\\[\\\\]]"; "|"))\' >"$HOTCELL_VALUE"',
      },
    },
    check(result) {
      const marker = '|redacted:KEY|';
      expect(result).toMatchObject({
        status: 'success',
        value: [marker, 'heard', 'keys', marker, marker, `ToolError: no: ${marker}`],
        redactions: expect.arrayContaining([
          { rule: 'secret:KEY', count: 1, where: 'tool-input' },
          { rule: 'secret:KEY', count: 3, where: 'tool-answer' },
        ]),
      });
    },
  },
  {
    name: 'time at the host is wall time and host time, but not processor time',
    request: { tools },
    guests: {
      javascript: { code: 'await Promise.all([tools.nap(1000), tools.nap(1000)]); await tools.nap(200)' },
      python: {
        code: 'import asyncio\nawait asyncio.gather(tools.aio.nap(1000), tools.aio.nap(1000))\ntools.nap(200)',
      },
      bash: { code: 'tool nap 1000 >/dev/null & tool nap 1000 >/dev/null; wait; tool nap 200 >"$HOTCELL_VALUE"' },
    },
    // just-bash runs commands one after the other.
    wasm: { bash: { code: 'tool nap 1000 >/dev/null; tool nap 200 >"$HOTCELL_VALUE"' } },
    check(result) {
      expect(result).toMatchObject({ status: 'success', value: 200 });
      const { hostMs, wallMs, cpuMs } = result.usage;
      // Two concurrent calls count once: they took 1 200 ms, of which the guest used a fraction. On a slow machine all
      // three figures grow, but keep their order.
      expect(hostMs).toBeGreaterThan(1_190);
      expect(hostMs).toBeLessThanOrEqual(wallMs + 1);
      expect(cpuMs).toBeLessThan(wallMs - 500);
    },
  },
  {
    name: 'a call that is under way when the job ends is aborted',
    request: { tools, limits: { timeoutMs: 5_000 } },
    guests: {
      javascript: { code: 'console.log("before"); await tools.hang()' },
      python: { code: 'print("before")\ntools.hang()' },
      bash: { code: 'echo before; tool hang' },
    },
    check(result) {
      expect(result).toMatchObject({
        status: 'timeout',
        error: { code: 'WALL_TIMEOUT' },
        stdout: 'before\n',
        toolCalls: [{ tool: 'hang', error: 'CANCELLED' }],
      });
      expect(aborted.get(result.id)).toBeInstanceOf(Error);
    },
  },
  {
    name: 'a tool answers while most of stdin is unread',
    request: { tools, stdin: `first\n${'x'.repeat(3_000_000)}` },
    guests: {
      javascript: { code: 'const { length } = context.stdin; [await tools.echo("hi"), length]' },
      python: {
        code: 'import sys\nsys.stdin.buffer.raw.read(6)\ntold = [tools.echo("hi") for _ in range(3)]\n[told[2], 6 + len(sys.stdin.read())]',
      },
      bash: { code: 'read -r line; told=$(tool echo \'"hi"\'); echo "[$told, $((6 + $(wc -c)))]" >"$HOTCELL_VALUE"' },
    },
    // A command inside an arithmetic expression has no input in just-bash.
    wasm: {
      bash: {
        code: 'read -r line; told=$(tool echo \'"hi"\'); n=$(wc -c); echo "[$told, $((6 + n))]" >"$HOTCELL_VALUE"',
      },
    },
    check: (result) => expect(result).toMatchObject({ status: 'success', value: ['hi', 3_000_006] }),
  },
  {
    name: 'a job without tools has none, and an unknown tool is not called',
    request: { inputs: ['__proto__', 'valueOf'] },
    guests: {
      javascript: { code: '[typeof tools, typeof ToolError]' },
      python: { code: '["undefined" if name not in globals() else "there" for name in ("tools", "ToolError")]' },
      bash: {
        code: 'tool echo 1 2>said; [ $? = 1 ] && grep -qx "tool echo: UNKNOWN_TOOL: This job has no tools." said && echo \'["undefined","undefined"]\' >"$HOTCELL_VALUE"',
      },
    },
    check: (result) =>
      expect(result).toMatchObject({ status: 'success', value: ['undefined', 'undefined'], toolCalls: [] }),
  },
];
