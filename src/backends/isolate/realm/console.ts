import type { Intrinsics } from './intrinsics.ts';

/** Texts of values as Node's `util` makes them. */
export interface Formatter {
  /** `util.formatWithOptions` with the default options. */
  format(values: readonly unknown[]): string;
  /** `util.inspect`. */
  inspect(value: unknown, options?: object): string;
}

/** The functions of node-inspect-extracted that are used. */
export interface InspectModule {
  format(...values: readonly unknown[]): string;
  inspect(value: unknown, options?: object): string;
}

/** Loads the formatter at its first use only: most guests print plain text, and loading costs a millisecond. */
export function createFormatter({ indexOf }: Intrinsics, load: () => InspectModule): Formatter {
  let loaded: InspectModule | undefined;
  const module = (): InspectModule => {
    loaded ??= load();
    return loaded;
  };
  const isPlain = (value: unknown): boolean =>
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    value === null ||
    value === undefined ||
    (typeof value === 'number' && value !== 0);
  const { apply } = Reflect;
  return {
    format(values) {
      const first = values[0];
      let text = '';
      if (typeof first !== 'string' || values.length === 1 || indexOf(first, '%') < 0) {
        let index = 0;
        for (; index < values.length && isPlain(values[index]); index += 1) {
          text += index === 0 ? `${values[index]}` : ` ${values[index]}`;
        }
        if (index === values.length) return text;
      }
      return apply(module().format, undefined, values);
    },
    inspect: (value, options) => module().inspect(value, options),
  };
}

/** Defines `console`. `write` takes whole lines. */
export function installConsole(
  { define, slice, indexOf, split, join, now, isArray }: Intrinsics,
  { format, inspect }: Formatter,
  write: (stream: 'stdout' | 'stderr', text: string) => void,
): void {
  const counts: Record<string, number> = { __proto__: null } as never;
  const times: Record<string, number> = { __proto__: null } as never;
  const label = (name: unknown): string => (name === undefined ? 'default' : `${name as string}`);
  let indent = '';

  const print = (stream: 'stdout' | 'stderr', text: string): void => {
    if (indent === '') write(stream, `${text}\n`);
    else write(stream, `${indent}${indexOf(text, '\n') < 0 ? text : join(split(text, '\n'), `\n${indent}`)}\n`);
  };
  const elapsed = (name: string): string => {
    const ms = now() - (times[name] ?? 0);
    return ms >= 1000 ? `${(ms / 1000).toFixed(3)}s` : `${ms}ms`;
  };
  const table = (rows: object): string => {
    const cell = (value: unknown): string =>
      inspect(value, { maxArrayLength: 3, breakLength: Number.POSITIVE_INFINITY, depth: 0 });
    const lines: string[][] = [];
    const columns: string[] = [];
    let hasValues = false;
    for (const key of Object.keys(rows)) {
      const row: unknown = (rows as Record<string, unknown>)[key];
      const line: Record<string, string> = { __proto__: null } as never;
      if (typeof row === 'object' && row !== null) {
        for (const column of Object.keys(row)) {
          if (!columns.includes(column)) columns.push(column);
          line[column] = cell((row as Record<string, unknown>)[column]);
        }
      } else {
        hasValues = true;
        line['\0value'] = cell(row);
      }
      lines.push([key, ...columns.map((column) => line[column] ?? ''), line['\0value'] ?? '']);
    }
    const head = ['(index)', ...columns, ...(hasValues ? ['Values'] : [])];
    const cells = lines.map((line) => {
      const value = line.at(-1) ?? '';
      const texts = [...line.slice(0, -1), ...columns.slice(line.length - 2).map(() => '')];
      return hasValues ? [...texts, value] : texts;
    });
    const widths = head.map((title, column) =>
      Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)),
    );
    const rule = (left: string, middle: string, right: string): string =>
      left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right;
    const text = (line: readonly string[]): string =>
      `│${widths.map((width, column) => ` ${(line[column] ?? '').padEnd(width)} `).join('│')}│`;
    return [rule('┌', '┬', '┐'), text(head), rule('├', '┼', '┤'), ...cells.map(text), rule('└', '┴', '┘')].join('\n');
  };

  const log = (...values: unknown[]): void => print('stdout', format(values));
  const warn = (...values: unknown[]): void => print('stderr', format(values));
  const group = (...values: unknown[]): void => {
    if (values.length > 0) print('stdout', format(values));
    indent += '  ';
  };
  const methods = {
    log,
    info: log,
    debug: log,
    error: warn,
    warn,
    trace(...values: unknown[]) {
      const { stack } = new Error();
      const frames = typeof stack === 'string' ? slice(stack, indexOf(stack, '\n', indexOf(stack, '\n') + 1)) : '';
      print('stderr', `Trace${values.length > 0 ? `: ${format(values)}` : ''}${frames}`);
    },
    dir: (value: unknown, options?: object) => print('stdout', inspect(value, { customInspect: false, ...options })),
    dirxml: log,
    table(rows: unknown) {
      if (typeof rows !== 'object' || rows === null) return log(rows);
      const plain = rows instanceof Map ? Object.fromEntries(rows) : rows instanceof Set ? [...rows] : rows;
      return print('stdout', table(isArray(plain) ? { ...plain } : plain));
    },
    assert(condition: unknown, ...values: unknown[]) {
      if (condition) return;
      if (typeof values[0] === 'string') values[0] = `Assertion failed: ${values[0]}`;
      else values.unshift(values.length > 0 ? 'Assertion failed:' : 'Assertion failed');
      warn(...values);
    },
    count(name?: unknown) {
      const key = label(name);
      counts[key] = (counts[key] ?? 0) + 1;
      log(`${key}: ${counts[key]}`);
    },
    countReset(name?: unknown) {
      delete counts[label(name)];
    },
    time(name?: unknown) {
      times[label(name)] = now();
    },
    timeLog(name?: unknown, ...values: unknown[]) {
      log(`${label(name)}: ${elapsed(label(name))}`, ...values);
    },
    timeEnd(name?: unknown) {
      log(`${label(name)}: ${elapsed(label(name))}`);
      delete times[label(name)];
    },
    group,
    groupCollapsed: group,
    groupEnd() {
      indent = slice(indent, 2);
    },
  };
  define(globalThis, 'console', methods);
}
