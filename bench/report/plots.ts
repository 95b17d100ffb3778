/** The plots of a report. */
import { catalog } from '../catalog.ts';
import type { Metric, Row } from '../rows.ts';
import { type Axis, type Plot, type Series, toSvg } from './svg.ts';

/** A plot and its file name. */
export interface NamedPlot {
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

const milliseconds: Axis = { label: 'milliseconds', scale: 'log' };
const families = [
  { family: 'javascript', title: 'JavaScript' },
  { family: 'python', title: 'Python' },
] as const;
const sizes: Readonly<Record<string, number>> = { '1kb': 1e3, '10kb': 1e4, '100kb': 1e5, '1mb': 1e6, '10mb': 1e7 };
const sizeNames = new Map(Object.entries(sizes).map(([name, bytes]) => [bytes, name.toUpperCase()]));

/** All plots for which there are rows. */
export function drawPlots(rows: readonly Row[]): NamedPlot[] {
  return families
    .flatMap(({ family, title }) => [
      named(`${family}-latency-idle.svg`, distribution(rows, `${family}/idle`, `${title}: latency of an idle engine`)),
      named(`${family}-latency.svg`, distribution(rows, `${family}/nothing`, `${title}: latency, calls back to back`)),
      named(`${family}-concurrency.svg`, throughput(rows, family, `${title}: calls a second, by calls in flight`)),
      named(`${family}-input.svg`, bySize(rows, `${family}/data-`, `${title}: p50 by size of input and value`)),
      named(`${family}-output.svg`, bySize(rows, `${family}/output-`, `${title}: p50 by size of output`)),
    ])
    .filter((plot) => plot !== undefined);
}

function named(file: string, plot: Plot): NamedPlot | undefined {
  return plot.series.length === 0 ? undefined : { file, title: plot.title, svg: toSvg(plot) };
}

/** Share of calls that ended within a time. */
function distribution(rows: readonly Row[], scenario: string, title: string): Plot {
  const series = rows
    .filter((row) => row.scenario === scenario && row.figures !== undefined)
    .map(({ contestant, figures }) => ({
      ...label(contestant),
      points: (figures?.percentilesMs ?? []).map((time, percent) => [time, percent] as const),
    }));
  const share: Axis = {
    label: 'share of calls that are done',
    scale: 'linear',
    ticks: [0, 25, 50, 75, 100],
    format: (value) => `${value} %`,
  };
  return { title, x: milliseconds, y: share, series };
}

function throughput(rows: readonly Row[], family: string, title: string): Plot {
  const prefix = `${family}/concurrency-`;
  const series = seriesBy(rows, prefix, 'perSecond', Number);
  const ticks = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))];
  const x: Axis = { label: 'calls in flight', scale: 'log', ticks, format: String };
  return { title, x, y: { label: 'calls a second', scale: 'log' }, series };
}

function bySize(rows: readonly Row[], prefix: string, title: string): Plot {
  const series = seriesBy(rows, prefix, 'p50Ms', (size) => sizes[size] ?? Number.NaN);
  const ticks = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))];
  const x: Axis = { label: 'size', scale: 'log', ticks, format: (bytes) => sizeNames.get(bytes) ?? String(bytes) };
  return { title, x, y: milliseconds, series };
}

/** One line for each contestant; the part of the scenario's name after the prefix gives the x value. */
function seriesBy(rows: readonly Row[], prefix: string, metric: Metric, x: (rest: string) => number): Series[] {
  const measured = rows.filter(({ scenario, figures }) => scenario.startsWith(prefix) && figures !== undefined);
  return [...Map.groupBy(measured, ({ contestant }) => contestant)].map(([contestant, found]) => ({
    ...label(contestant),
    points: found
      .map(({ scenario, figures }) => [x(scenario.slice(prefix.length)), figures?.[metric] ?? Number.NaN] as const)
      .sort(([one], [other]) => one - other),
  }));
}

function label(contestant: string): { readonly name: string; readonly isMain: boolean } {
  return { name: catalog[contestant]?.title ?? contestant, isMain: contestant.startsWith('hotcell') };
}
