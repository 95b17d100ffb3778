import type { Intrinsics } from './intrinsics.ts';

/** Knows the errors whose stacks were written. */
export interface Stacks {
  /** The error whose stack was written last, if `stack` is that text: what leaves an isolate as a copy is found again. */
  errorOf(stack: string): unknown;
}

/**
 * Has V8 write the stacks of errors with the guest's own frames only, at their places in the guest's own code. A file
 * that was compiled from another text has `compiled:` before its name; the host knows the place in the guest's text.
 */
export function installStacks(
  { define, slice, indexOf, split }: Intrinsics,
  ask: (question: 'places', places: string) => string,
): Stacks {
  const { apply } = Reflect;
  const errorToString = Error.prototype.toString;
  const compiled = 'compiled:';
  let error: unknown;
  let text: string | undefined;

  const isDigits = (digits: string): boolean => {
    for (let index = 0; index < digits.length; index += 1) {
      const digit = digits[index] ?? '';
      if (digit < '0' || digit > '9') return false;
    }
    return digits !== '';
  };
  /** Whether a file is of the guest's program, or in a session of an earlier one. */
  const isOwn = (name: string): boolean => {
    const file = slice(name, 0, compiled.length) === compiled ? slice(name, compiled.length) : name;
    const start = slice(file, 0, 7);
    if (start !== 'main.js' && start !== 'main.ts') return false;
    const rest = slice(file, 7);
    return rest === '' || (rest[0] === '[' && rest[rest.length - 1] === ']' && isDigits(slice(rest, 1, -1)));
  };
  /** A frame without its place: `async f`, `new C`, `Object.m`; '' for the top of a program. */
  const nameOf = (frame: string, place: string): string => {
    if (frame === place) return '';
    const named = ` (${place})`;
    const at = frame.length - named.length;
    if (at > 0 && slice(frame, at) === named) {
      const name = slice(frame, 0, at);
      // V8 gives the name of `eval` to functions without a name in what it evaluates.
      if (name === 'eval' || name === '<anonymous>') return '';
      if (name === 'async eval') return 'async';
      return slice(name, -5) === '.eval' ? `${slice(name, 0, -4)}<anonymous>` : name;
    }
    return slice(frame, 0, 6) === 'async ' ? 'async' : '';
  };

  const write = (thrown: unknown, sites: readonly NodeJS.CallSite[]): string => {
    let written = 'Error';
    try {
      written = apply(errorToString, thrown, []);
      const names: string[] = [];
      const places: string[] = [];
      let moved = '';
      for (let index = 0; index < sites.length; index += 1) {
        const site = sites[index] as NodeJS.CallSite;
        const file: unknown = site.getScriptNameOrSourceURL();
        if (typeof file !== 'string' || !isOwn(file)) continue;
        const place = `${file}:${site.getLineNumber()}:${site.getColumnNumber()}`;
        const name = nameOf(`${site}`, place);
        define(names, names.length, name);
        define(places, places.length, place);
        if (slice(file, 0, compiled.length) === compiled) moved += `${place}\n`;
      }
      const found = moved === '' ? [] : split(ask('places', moved), '\n');
      let next = 0;
      for (let index = 0; index < places.length; index += 1) {
        let place = places[index] as string;
        if (indexOf(place, compiled) === 0) place = found[next++] || slice(place, compiled.length);
        if (place === '-') continue;
        const name = names[index] as string;
        written +=
          name === ''
            ? `\n    at ${place}`
            : name === 'async'
              ? `\n    at async ${place}`
              : `\n    at ${name} (${place})`;
      }
    } catch {
      // The guest changed what this rests on, or the stack is full: the error keeps what there is.
    }
    error = thrown;
    text = written;
    return written;
  };
  define(Error, 'prepareStackTrace', function prepareStackTrace(thrown: unknown, sites: readonly NodeJS.CallSite[]) {
    return write(thrown, sites);
  });
  return {
    errorOf: (stack) => (stack === text ? error : undefined),
  };
}
