/** A complete agent task: read a CSV, call two host functions in a loop, draw a chart, answer in JSON. */
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createEngine, type ExecutionResult, hostFunction, type Language } from '../../src/index.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May'];
const rows = Array.from({ length: 50 }, (_, n) => `${n},${months[n % 5]},${n * 3}`);
const files = { 'orders.csv': `${['id,month,cents', ...rows].join('\n')}\n` };

const tools = {
  rate: hostFunction({
    description: 'What a month is weighted with.',
    input: z.object({ month: z.string() }),
    run: ({ month }) => months.indexOf(month) + 1,
  }),
  book: hostFunction({
    description: 'Books an amount; answers with the number of the booking.',
    input: z.object({ id: z.number().int(), cents: z.number().int() }),
    run: ({ id }) => ({ booking: 1_000 + id }),
  }),
};

const answer = { total: 11_325, last: 1_049, best: 'May' };
const svg =
  '<svg xmlns="http://www.w3.org/2000/svg"><rect height="675"/><rect height="1410"/><rect height="2205"/><rect height="3060"/><rect height="3975"/></svg>';

const guests: Readonly<Partial<Record<Language, string>>> = {
  javascript: `
const [, ...lines] = context.files.read('orders.csv').trim().split('\\n');
const sums = new Map();
let last;
for (const line of lines) {
  const [id, month, cents] = line.split(',');
  const amount = Number(cents) * (await tools.rate({ month }));
  last = (await tools.book({ id: Number(id), cents: amount })).booking;
  sums.set(month, (sums.get(month) ?? 0) + amount);
}
const bars = [...sums.values()].map((sum) => '<rect height="' + sum + '"/>').join('');
display('<svg xmlns="http://www.w3.org/2000/svg">' + bars + '</svg>', 'image/svg+xml');
const [best] = [...sums].sort(([, a], [, b]) => b - a)[0];
({ total: [...sums.values()].reduce((a, b) => a + b), last, best });
`,
  python: `
import csv
sums = {}
for row in csv.DictReader(open("orders.csv")):
    amount = int(row["cents"]) * tools.rate(month=row["month"])
    last = tools.book(id=int(row["id"]), cents=amount)["booking"]
    sums[row["month"]] = sums.get(row["month"], 0) + amount
bars = "".join(f'<rect height="{each}"/>' for each in sums.values())
display(f'<svg xmlns="http://www.w3.org/2000/svg">{bars}</svg>', media_type="image/svg+xml")
{"total": sum(sums.values()), "last": last, "best": max(sums, key=sums.get)}
`,
  bash: `
unset sums
declare -A sums
total=0
while IFS=, read -r id month cents; do
  amount=$((cents * $(tool rate "{\\"month\\":\\"$month\\"}")))
  last=$(tool book "{\\"id\\":$id,\\"cents\\":$amount}" | tr -dc 0-9)
  sums[$month]=$((\${sums[$month]:-0} + amount))
  total=$((total + amount))
done < <(tail -n +2 orders.csv)
{
  printf '<svg xmlns="http://www.w3.org/2000/svg">'
  for month in ${months.join(' ')}; do printf '<rect height="%s"/>' "\${sums[$month]}"; done
  printf '</svg>'
} > chart.svg
hotcell display chart.svg image/svg+xml
best=$(for month in "\${!sums[@]}"; do echo "\${sums[$month]} $month"; done | sort -n | tail -1)
printf '{"total":%s,"last":%s,"best":"%s"}' "$total" "$last" "\${best#* }" > "$HOTCELL_VALUE"
`,
};

function expectTask(result: ExecutionResult): void {
  expect({
    status: result.status,
    error: result.error?.message,
    value: result.value,
    displays: result.displays,
    calls: result.usage.toolCalls,
  }).toEqual({
    status: 'success',
    error: undefined,
    value: answer,
    displays: [{ group: 1, mediaType: 'image/svg+xml', data: svg }],
    calls: 100,
  });
}

describe.each(Object.keys(guests) as Language[])('an agent task in %s', (language) => {
  const engine = createEngine();
  afterAll(() => engine.close());
  const task = { language, code: guests[language] ?? '', files, tools, limits: { timeoutMs: 120_000 } };

  test.each(['fresh', 'tenant'] as const)('%s', async (isolation) => {
    expectTask(await engine.execute({ ...task, isolation, tenant: 'acme' }));
  });

  test('in a session, twice', async () => {
    await using session = await engine.openSession({ language, files, tools });
    for (const call of [1, 2]) {
      const result = await session.execute({ code: task.code });
      expectTask(result);
      expect(result.session).toMatchObject({ call, state: 'kept' });
    }
  });
});
