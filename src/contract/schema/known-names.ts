import type { z } from 'zod';

/** Names that are listed if none is near. */
const listedMax = 24;
/** Longer names are no slip of the pen, and comparing takes time. */
const comparedMax = 64;

/**
 * The message of an object schema about names that it does not know, with the nearest one that it knows: hand it to
 * `z.strictObject` as `error`. Other issues keep their own messages.
 */
export function unknownNames(known: readonly string[]): (issue: z.core.$ZodRawIssue) => string | undefined {
  return (issue) => {
    if (issue.code !== 'unrecognized_keys') return undefined;
    const names = issue.keys
      .slice(0, 3)
      .map((name) => `"${name.slice(0, comparedMax)}" is unknown; ${hint(name, known)}`);
    return names.join('; ');
  };
}

function hint(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `the nearest name is "${nearest}"`;
  return `the known names are ${known.slice(0, listedMax).join(', ')}`;
}

/** The known name that most likely was meant: a third of its letters may differ; letter case does not count. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > comparedMax) return undefined;
  const near = known
    .map((candidate) => ({ candidate, edits: editsBetween(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.candidate;
}

/** Letters to insert, remove or replace to get from one text to the other (Levenshtein). */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (to[column - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
