/** A tool that a stranger wrote: called by name, its arguments and its answer checked, its secret never shown. */
import { createEngine, defineTool } from 'hotcell';
import { z } from 'zod';

const priceTool = defineTool({
  name: 'price',
  version: '2.1.0',
  description: 'Adds up a cart and applies a discount.',
  input: z.object({
    items: z.array(z.object({ name: z.string(), cents: z.number().int().min(0), count: z.number().int().default(1) })),
    discountPercent: z.number().min(0).max(100).default(0),
  }),
  output: z.object({ totalCents: z.number().int() }),
  language: 'javascript',
  code: `
    export default async ({ items, discountPercent }, { env }) => {
      console.log('signing with', env.SIGNING_KEY);
      const sum = items.reduce((total, { cents, count }) => total + cents * count, 0);
      return { totalCents: Math.round(sum * (1 - discountPercent / 100)) };
    };`,
  secrets: { SIGNING_KEY: 'the-key-of-the-author' },
  limits: { timeoutMs: 1_000, memoryMb: 64 },
});

await using engine = createEngine({ tools: [priceTool] });
const [good, bad, unknown] = await engine.callTools([
  { name: 'price', arguments: { items: [{ name: 'tea', cents: 450, count: 2 }], discountPercent: 10 } },
  { name: 'price', arguments: { items: [{ name: 'tea', cents: 'free' }] } },
  { name: 'prize' },
]);

console.log(good?.status, good?.value, good?.stdout.trim());
console.log(bad?.status, bad?.error?.message);
console.log(unknown?.status, unknown?.error?.code);
