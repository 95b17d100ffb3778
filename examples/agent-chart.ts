/** Python as an agent would write it: a CSV file goes in, an SVG chart and the numbers behind it come out. */
import { createEngine } from 'hotcell';

const sales = 'month,revenue\nJan,120\nFeb,90\nMar,150\nApr,180\n';

const agentCode = `
import csv, os

rows = [(r["month"], float(r["revenue"])) for r in csv.DictReader(open("sales.csv"))]
best = max(value for _, value in rows)
bars = "".join(
    f'<rect x="{20 + i * 60}" y="{140 - value / best * 120:.0f}" width="40" height="{value / best * 120:.0f}"/>'
    f'<text x="{40 + i * 60}" y="158" text-anchor="middle">{month}</text>'
    for i, (month, value) in enumerate(rows)
)
os.makedirs("output", exist_ok=True)
with open("output/chart.svg", "w") as chart:
    chart.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 280 170">{bars}</svg>')

print(f"{len(rows)} months read")
{"total": sum(value for _, value in rows), "best": max(rows, key=lambda row: row[1])[0]}
`;

await using engine = createEngine();
const result = await engine.execute({
  language: 'python',
  code: agentCode,
  files: { 'sales.csv': sales },
  limits: { timeoutMs: 5_000 },
});

console.log(result.status, result.value);
console.log(result.stdout.trim());
for (const { path, mediaType, bytes } of result.artifacts) console.log(`${path}: ${mediaType}, ${bytes} bytes`);
