/** An agent's program that reads data through two tools of the host: pages of orders, and exchange rates as it needs them. */
import { createEngine, describeTools, type HostFunctions, hostFunction } from 'hotcell';
import { z } from 'zod';

const orders = Array.from({ length: 120 }, (_, id) => ({
  id,
  cents: 100 + id,
  currency: ['EUR', 'USD', 'GBP'][id % 3],
}));
const rates: Record<string, number> = { EUR: 1, USD: 0.9, GBP: 1.2 };

const tools: HostFunctions = {
  orders: hostFunction({
    description: 'A page of orders; an empty page is behind the last.',
    input: z.object({ page: z.number().int().min(0), size: z.number().int().max(50).default(20) }),
    run: ({ page, size }) => orders.slice(page * size, (page + 1) * size),
  }),
  rate: hostFunction({
    description: 'What one unit of a currency is in euros.',
    input: z.object({ currency: z.string() }),
    maxCalls: 10,
    approve: ({ input }) => input.currency in rates || `nobody here pays in ${input.currency}`,
    run: ({ currency }) => rates[currency] ?? 0,
  }),
};
// This is what the model is shown; the code below is what it might answer.
const declarations = describeTools(tools, 'python');

const agentCode = `
total, known, page = 0, {}, 0
while orders := tools.orders(page=page):
    for order in orders:
        currency = order["currency"]
        if currency not in known:
            known[currency] = tools.rate(currency=currency)
        total += order["cents"] * known[currency]
    page += 1
print(f"{page} pages read")
try:
    tools.rate(currency="XAU")
except ToolError as error:
    print(error.code, error)
round(total)
`;

await using engine = createEngine();
const result = await engine.execute({ language: 'python', code: agentCode, tools, limits: { timeoutMs: 5_000 } });

console.log(declarations.includes('def orders(*, page: int, size: int = 20)'));
console.log(result.status, result.value, result.usage.toolCalls, 'calls');
console.log(result.stdout.trim());
