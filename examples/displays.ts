/** What an agent's program shows while it runs: progress, a table and a chart, without any file. */
import { createEngine } from 'hotcell';

const agentCode = `
class Table:
    """Anything with IPython's methods can be shown; so can DataFrames and figures where pandas and matplotlib are there."""
    def __init__(self, rows):
        self.rows = rows
    def _repr_html_(self):
        cells = "".join(f"<tr><td>{month}</td><td>{value}</td></tr>" for month, value in self.rows)
        return f"<table>{cells}</table>"
    def __repr__(self):
        return " ".join(f"{month} {value}" for month, value in self.rows)

rows = []
for n, (month, value) in enumerate(inputs.items()):
    hotcell.progress((n + 1) / len(inputs), f"reading {month}")
    rows.append((month, value))

bars = "".join(f'<rect x="{n * 20}" y="{100 - value}" width="16" height="{value}"/>' for n, (_, value) in enumerate(rows))
display(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 100">{bars}</svg>', media_type="image/svg+xml")
Table(rows)
`;

await using engine = createEngine();
const request = { language: 'python', code: agentCode, inputs: { Jan: 40, Feb: 90, Mar: 70 } } as const;

for await (const event of engine.stream(request)) {
  if (event.type === 'progress' && event.fraction === 1) console.log(`100 % ${event.text}`);
  if (event.type !== 'finished') continue;
  for (const { group, mediaType, data } of event.result.displays) console.log(group, mediaType, data.length);
}
