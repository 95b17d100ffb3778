/** Output arrives while the guest runs, and the caller can answer questions. */
import { createEngine, type ExecutionRequest, type ExecutionResult, hostFunction } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const engine = createEngine();
afterAll(() => engine.close());

describe('output as it is written', () => {
  const lines = 5;
  const guests = {
    python: `for n in range(${lines}):\n    print(n)\n    tools.heard(n)`,
    bash: `for ((n = 0; n < ${lines}; n++)); do echo $n; tool heard $n >/dev/null; done`,
    javascript: `for (let n = 0; n < ${lines}; n += 1) {\n  console.log(n);\n  await tools.heard(n);\n}`,
  } as const;

  // The benchmark `line-to-event` measures how soon.
  test.each(Object.entries(guests))(
    'a line from %s is an event before the guest writes the next',
    async (name, code) => {
      let heard = '';
      const run = async (n: number) => {
        await expect.poll(() => heard).toMatch(new RegExp(`^${n}$`, 'm'));
      };
      const tools = { heard: hostFunction({ description: 'Waits for a line.', input: z.number(), run }) };
      const language = name as keyof typeof guests;
      for await (const event of engine.stream({ language, code, tools, limits: { timeoutMs: 150_000 } })) {
        if (event.type === 'stdout') heard += event.text;
        if (event.type === 'finished') expect(event.result.status, event.result.error?.message).toBe('success');
      }
      expect(heard).toBe(Array.from({ length: lines }, (_, n) => `${n}\n`).join(''));
    },
  );
});

describe('a program that asks', () => {
  /** Answers each question after it was asked, as a person would. */
  async function talk(request: ExecutionRequest, answers: readonly (readonly [prompt: string, answer: string])[]) {
    let heard = '';
    let wake = Promise.withResolvers<void>();
    const stdin = async function* (): AsyncGenerator<string> {
      for (const [prompt, answer] of answers) {
        while (!heard.endsWith(prompt)) {
          await wake.promise;
          wake = Promise.withResolvers();
        }
        yield `${answer}\n`;
      }
    };
    let result: ExecutionResult | undefined;
    for await (const event of engine.stream({ ...request, stdin: stdin(), limits: { timeoutMs: 8_000 } })) {
      if (event.type === 'stdout') heard += event.text;
      if (event.type === 'finished') result = event.result;
      wake.resolve();
    }
    return result;
  }

  const answers = [
    ['Name? ', 'Ada'],
    ['Hello Ada, your age? ', '36'],
    ['Sure? ', 'yes'],
  ] as const;
  const python = 'name = input("Name? ")\nage = int(input(f"Hello {name}, your age? "))\n[name, age, input("Sure? ")]';
  test.each<[string, ExecutionRequest]>([
    ['Python', { language: 'python', code: python }],
    ['Python in WebAssembly', { language: 'python', code: python, backend: 'wasm' }],
    [
      'Bash',
      {
        language: 'bash',
        code: [
          'printf "Name? "; read -r name; printf "Hello %s, your age? " "$name"; read -r age; printf "Sure? "; read -r sure',
          'printf \'["%s",%d,"%s"]\' "$name" "$age" "$sure" > "$HOTCELL_VALUE"',
        ].join('\n'),
      },
    ],
  ])('in %s hears each answer when it has asked', async (_, request) => {
    expect(await talk(request, answers)).toMatchObject({ status: 'success', value: ['Ada', 36, 'yes'] });
  });

  test('in JavaScript asks by a host function: all of its stdin is there before it starts', async () => {
    const asked: string[] = [];
    const result = await engine.execute({
      language: 'javascript',
      code: 'const name = await tools.ask({ prompt: "Name? " });\nconst age = await tools.ask({ prompt: `Hello ${name}, your age? ` });\n[name, Number(age), await tools.ask({ prompt: "Sure? " })]',
      tools: {
        ask: hostFunction({
          description: 'Asks the user.',
          input: z.object({ prompt: z.string() }),
          run({ prompt }) {
            asked.push(prompt);
            return answers.find(([question]) => question === prompt)?.[1] ?? '';
          },
        }),
      },
    });
    expect(result).toMatchObject({ status: 'success', value: ['Ada', 36, 'yes'] });
    expect(asked).toEqual(answers.map(([prompt]) => prompt));
  });

  test('is cancelled in the middle of a question, and keeps what it wrote', async () => {
    const abort = new AbortController();
    let result: ExecutionResult | undefined;
    const open = async function* (): AsyncGenerator<string> {
      await new Promise(() => undefined);
      yield '';
    };
    const request: ExecutionRequest = {
      language: 'python',
      code: 'input("Name? ")',
      stdin: open(),
      signal: abort.signal,
    };
    for await (const event of engine.stream(request)) {
      if (event.type === 'stdout' && event.text.includes('Name? ')) abort.abort();
      if (event.type === 'finished') result = event.result;
    }
    expect(result).toMatchObject({ status: 'cancelled', stdout: 'Name? ', error: { code: 'CANCELLED', ran: 'yes' } });
    expect(result?.usage.wallMs).toBeGreaterThan(0);
  });
});
