/**
 * Line plots as SVG: one element per line, colours for light and dark backgrounds, no scripts and no external fonts.
 */

/** One line of a plot. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Drawn thicker, above the others. */
  readonly isMain?: boolean;
}

/** The content of a plot. */
export interface Plot {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/** An axis; its default range is that of the points. */
export interface Axis {
  readonly label: string;
  readonly scale: 'linear' | 'log';
  readonly ticks?: readonly number[];
  readonly format?: (value: number) => string;
}

const [width, height] = [900, 440];
const area = { left: 70, right: 560, top: 48, bottom: 380 };
/** The palette of Okabe and Ito, which colour-blind people can distinguish, without black and with a grey. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8a8a8a'];
/** Further series get the same colours, dashed. */
const dashes = ['', '6 3', '2 3'];

/** Draws a plot. Leaves out points that a logarithmic axis cannot show. */
export function toSvg(plot: Plot): string {
  const series = plot.series
    .map((one) => ({ ...one, points: one.points.filter(([x, y]) => isShown(x, plot.x) && isShown(y, plot.y)) }))
    .filter(({ points }) => points.length > 0);
  const points = series.flatMap((one) => one.points);
  const x = placement(
    plot.x,
    points.map((point) => point[0]),
    area.left,
    area.right,
  );
  const y = placement(
    plot.y,
    points.map((point) => point[1]),
    area.bottom,
    area.top,
  );
  const middle = { x: (area.left + area.right) / 2, y: (area.top + area.bottom) / 2 };
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(plot.title)}">`,
    '<style>',
    '  svg { background: #ffffff; font: 12px system-ui, sans-serif; }',
    '  text { fill: #24292f; } .title { font-size: 15px; font-weight: 600; } .grid { stroke: #d8dee4; }',
    '  path { fill: none; stroke-width: 1.5; stroke-linejoin: round; } .main { stroke-width: 3.5; }',
    '  @media (prefers-color-scheme: dark) {',
    '    svg { background: #0d1117; } text { fill: #e6edf3; } .grid { stroke: #30363d; }',
    '  }',
    '</style>',
    `<text class="title" x="${area.left}" y="26">${escapeXml(plot.title)}</text>`,
    ...x.ticks.flatMap(({ at, text }) => [
      `<line class="grid" x1="${at}" y1="${area.top}" x2="${at}" y2="${area.bottom}"/>`,
      `<text x="${at}" y="${area.bottom + 18}" text-anchor="middle">${escapeXml(text)}</text>`,
    ]),
    ...y.ticks.flatMap(({ at, text }) => [
      `<line class="grid" x1="${area.left}" y1="${at}" x2="${area.right}" y2="${at}"/>`,
      `<text x="${area.left - 8}" y="${number(Number(at) + 4)}" text-anchor="end">${escapeXml(text)}</text>`,
    ]),
    `<text x="${middle.x}" y="${height - 18}" text-anchor="middle">${escapeXml(plot.x.label)}</text>`,
    `<text transform="translate(16 ${middle.y}) rotate(-90)" text-anchor="middle">${escapeXml(plot.y.label)}</text>`,
    ...series.flatMap((one, index) => drawSeries(one, index, x.place, y.place)),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

function drawSeries(
  { name, points, isMain = false }: Series,
  index: number,
  x: (value: number) => number,
  y: (value: number) => number,
): string[] {
  const colour = colours[index % colours.length];
  const dash = dashes[Math.floor(index / colours.length) % dashes.length];
  const style = `stroke="${colour}"${dash ? ` stroke-dasharray="${dash}"` : ''}${isMain ? ' class="main"' : ''}`;
  const path = points.map(([px, py], at) => `${at === 0 ? 'M' : 'L'}${number(x(px))} ${number(y(py))}`).join(' ');
  const legendY = area.top + 8 + index * 20;
  // A line of one point has no length; a dot shows it.
  const dots = points.length > 12 ? [] : points.map(([px, py]) => dot(x(px), y(py), colour ?? ''));
  return [
    `<path ${style} d="${path}"/>`,
    ...dots,
    `<path ${style} d="M${area.right + 16} ${legendY} L${area.right + 40} ${legendY}"/>`,
    `<text x="${area.right + 48}" y="${legendY + 4}"${isMain ? ' font-weight="600"' : ''}>${escapeXml(name)}</text>`,
  ];
}

function dot(x: number, y: number, colour: string): string {
  return `<circle cx="${number(x)}" cy="${number(y)}" r="2.5" fill="${colour}"/>`;
}

/** Maps values to positions, and computes the ticks. */
function placement(axis: Axis, values: readonly number[], from: number, to: number) {
  const project = (value: number): number => (axis.scale === 'log' ? Math.log10(value) : value);
  const all = [...values, ...(axis.ticks ?? [])].map(project);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const span = high - low || 1;
  const place = (value: number): number => from + ((project(value) - low) / span) * (to - from);
  const format = axis.format ?? plain;
  const wanted = axis.ticks ?? ticksBetween(low, high, axis.scale);
  return { place, ticks: wanted.map((value) => ({ at: number(place(value)), text: format(value) })) };
}

function ticksBetween(low: number, high: number, scale: Axis['scale']): number[] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [];
  if (scale === 'linear') return Array.from({ length: 5 }, (_, step) => low + ((high - low) * step) / 4);
  const decades: number[] = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power += 1) {
    for (const factor of factorsFor(high - low)) decades.push(factor * 10 ** power);
  }
  return decades.filter((value) => Math.log10(value) >= low - 1e-9 && Math.log10(value) <= high + 1e-9);
}

/** Short axes get more ticks per decade. */
function factorsFor(decades: number): readonly number[] {
  if (decades > 3) return [1];
  return decades > 0.8 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 7];
}

function isShown(value: number, { scale }: Axis): boolean {
  return Number.isFinite(value) && (scale === 'linear' || value > 0);
}

/** Rounds to a tenth of a pixel. */
function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** As short as possible: `0.5`, `20`, `3 000`. */
function plain(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US').replaceAll(',', ' ');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
