/** One part of a glob: matches one character of a name; `*` matches any run of characters. */
type Step = '*' | ((character: string) => boolean);

/**
 * Whether one of `patterns` matches `path`, both relative to /workspace. `*`, `?` and `[..]` stay within one name. `**`
 * as a whole name stands for any number of folders, and at the end also for the files in them. Names with a leading dot
 * are ordinary names. Globs come from callers and names from guests: matching takes at most the product of their
 * lengths.
 */
export function createMatcher(patterns: readonly string[]): (path: string) => boolean {
  const globs = patterns.map((pattern) => pattern.split('/').map((part) => (part === '**' ? part : readSteps(part))));
  return (path) => globs.some((glob) => matchParts(glob, path.split('/')));
}

/** Moves all positions in the glob forward together, so that it never backtracks. */
function matchParts(glob: readonly ('**' | Step[])[], names: readonly string[]): boolean {
  let reached = new Set([0]);
  for (const [index, name] of names.entries()) {
    const next = new Set<number>();
    for (const position of withStars(reached, glob)) {
      const part = glob[position];
      if (part === '**') next.add(position);
      else if (part && matchName(part, [...name])) next.add(position + 1);
      if (part === '**' && position === glob.length - 1 && index === names.length - 1) next.add(glob.length);
    }
    reached = next;
  }
  return reached.has(glob.length);
}

/** Adds the positions that are reached if a `**` stands for no folder; at the end it stands for at least one file. */
function withStars(reached: ReadonlySet<number>, glob: readonly ('**' | Step[])[]): Set<number> {
  const all = new Set(reached);
  for (const position of all) if (glob[position] === '**' && position + 1 < glob.length) all.add(position + 1);
  return all;
}

/**
 * Backtracks only to the last `*`, which takes one more character: that is enough, and takes at most quadratic time.
 */
function matchName(steps: readonly Step[], characters: readonly string[]): boolean {
  let [step, at, star, taken] = [0, 0, -1, 0];
  while (at < characters.length) {
    const current = steps[step];
    if (current === '*') {
      star = step;
      taken = at;
      step += 1;
    } else if (current?.(characters[at] ?? '')) {
      step += 1;
      at += 1;
    } else if (star >= 0) {
      taken += 1;
      at = taken;
      step = star + 1;
    } else {
      return false;
    }
  }
  return steps.slice(step).every((rest) => rest === '*');
}

function readSteps(part: string): Step[] {
  return [...part.matchAll(/\[(!?)(\]?[^\]]*)\]|[\s\S]/gu)].map(([text, not, members]) => {
    if (members !== undefined) return readClass(members, not === '!');
    if (text === '*') return '*';
    return text === '?' ? () => true : (character) => character === text;
  });
}

function readClass(members: string, isNot: boolean): (character: string) => boolean {
  const ranges = [...members.matchAll(/([\s\S])-([\s\S])|([\s\S])/gu)].map(([, from, to, one]) => [
    from ?? one ?? '',
    to ?? one ?? '',
  ]);
  return (character) => ranges.some(([from = '', to = '']) => from <= character && character <= to) !== isNot;
}

/** Whether files below a path are asked for by its name: as a file, it is in their way. */
export function isAskedForAsFolder(path: string, collect: readonly string[]): boolean {
  return collect.some((glob) => glob.startsWith(`${path}/`));
}
