/** A long file goes in while it is read, and what the guest makes of it goes out while it is sent: neither is in memory. */
import { createWriteStream } from 'node:fs';
import { mkdtempDisposable, readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSandboxed } from 'hotcell';

/** A million measurements, as a database or a download would give them. */
async function* measurements(): AsyncGenerator<string> {
  yield 'station,degrees\n';
  for (let page = 0; page < 1_000; page += 1) {
    yield Array.from({ length: 1_000 }, (_, row) => `s${row % 4},${(page + row) % 40}\n`).join('');
  }
}

await using folder = await mkdtempDisposable(join(tmpdir(), 'large-files-'));
const result = await runSandboxed({
  language: 'python',
  code: `
import csv, os
totals, files = {}, {}
for row in csv.DictReader(open("measurements.csv")):
    station = row["station"]
    if station not in files:
        files[station] = open(f"output/{station}.txt", "w")
    totals[station] = totals.get(station, 0) + int(row["degrees"])
    files[station].write(row["degrees"] + "\\n")
totals
`,
  files: { 'measurements.csv': measurements() },
  artifactSink: ({ path }) => createWriteStream(join(folder.path, path.replace('output/', '')), { flags: 'wx' }),
});

console.log(result.status, result.value);
for (const { path, bytes, mediaType } of result.deliveredArtifacts ?? []) console.log(path, mediaType, bytes);
const sizes = (await readdir(folder.path)).map(async (name) => (await stat(join(folder.path, name))).size);
console.log(
  'on the disk:',
  (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0),
);
