/** Writes a report into docs/performance.md, between its markers, and the plots next to it. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NamedPlot } from './plots.ts';
import type { Report } from './report.ts';
import { goalsToMarkdown, toMarkdown } from './table.ts';

/** Replaces the text between the markers of the page; the other text is written by people. */
export async function writeDocs(page: string, report: Report, plots: readonly NamedPlot[]): Promise<void> {
  const text = await readFile(page, 'utf8');
  const folder = join(dirname(page), 'plots');
  await rm(folder, { recursive: true, force: true });
  await writePlots(folder, plots);
  const sections: Readonly<Record<string, string>> = {
    machine: describe(report),
    goals: goalsToMarkdown(report.goals),
    plots: plots.map(({ file, title }) => `![${title}](plots/${file})`).join('\n\n'),
    tables: toMarkdown(report),
  };
  await writeFile(page, fillMarkers(text, sections));
}

/** Writes each plot to its file. */
export async function writePlots(folder: string, plots: readonly NamedPlot[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { file, svg } of plots) await writeFile(join(folder, file), svg);
}

/**
 * Fills `<!-- bench:NAME -->` … `<!-- /bench:NAME -->`.
 * @throws {Error} if the text has no place for a section
 */
export function fillMarkers(text: string, sections: Readonly<Record<string, string>>): string {
  let filled = text;
  for (const [name, content] of Object.entries(sections)) {
    const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
    const [from, to] = [filled.indexOf(begin), filled.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`The page has no markers ${begin} … ${end}.`);
    filled = `${filled.slice(0, from + begin.length)}\n${content}\n${filled.slice(to)}`;
  }
  return filled;
}

function describe({ mode, startedAt, machine }: Report): string {
  const { cores, processor, memoryGb, system, node, docker } = machine;
  const run = mode === 'full' ? '' : ', a quick run: rough';
  return `Measured ${startedAt.slice(0, 10)} on ${cores} cores (${processor}), ${memoryGb} GB, ${system}, Node ${node}, Docker ${docker}${run}.`;
}
