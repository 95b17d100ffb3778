import type { z } from 'zod';

/** Issues that are looked at. */
const readMax = 12;
/** Issues that are shown. */
const shownMax = 3;

/** The first issues of a failed check, as a sentence without its full stop. */
export function describeIssues({ issues }: z.ZodError): string {
  // One value that is wrong in two ways has one message for both.
  const told = [...new Set(issues.slice(0, readMax).map(describeIssue))];
  const more = Math.max(0, told.length - shownMax) + Math.max(0, issues.length - readMax);
  return told.slice(0, shownMax).join('; ') + (more > 0 ? `; and ${more} more` : '');
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = pathOf(issue)
    .map((part) => printable(String(part)))
    .join('.');
  const message = printable(reasonOf(issue).replace(/^(Invalid input|Too big|Too small): /, ''));
  return path === '' ? message : `${path}: ${message}`;
}

/** An issue about a key holds the reason inside. In a union, the last option has the readable message. */
function reasonOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (issue.code === 'invalid_union') return issue.errors.at(-1)?.[0]?.message ?? issue.message;
  return issue.message;
}

function pathOf(issue: z.core.$ZodIssue): readonly PropertyKey[] {
  const inner = issue.code === 'invalid_union' ? issue.errors.at(-1)?.[0]?.path : undefined;
  return inner ? [...issue.path, ...inner] : issue.path;
}

/** Keeps a caller's text from putting control characters or very long texts into messages and logs. */
export function printable(text: string): string {
  const escaped = text.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return escaped.length > 200 ? `${escaped.slice(0, 200)}…` : escaped;
}
