/** A notebook in three calls: data is loaded once, worked on, and what is made comes back as it is made. */
import { createEngine } from 'hotcell';

await using engine = createEngine();
await using session = await engine.openSession({
  language: 'python',
  files: { 'sales.csv': 'month,units\nJan,120\nFeb,95\nMar,143\n' },
  limits: { timeoutMs: 5_000 },
});

await session.execute(`
import csv
with open('sales.csv') as file:
    sales = {row['month']: int(row['units']) for row in csv.DictReader(file)}
`);
const best = await session.execute('max(sales, key=sales.get)');
console.log(best.value, best.session?.call);

const stuck = await session.execute({ code: 'while True: pass', limits: { timeoutMs: 200 } });
console.log(stuck.status, stuck.session?.state);

const written = await session.execute(`
import os
os.makedirs('output', exist_ok=True)
with open('output/total.txt', 'w') as file:
    print(sum(sales.values()), file=file)
`);
for (const { path, content } of written.artifacts) console.log(path, Buffer.from(content).toString().trim());
