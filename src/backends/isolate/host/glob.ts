/**
 * Whether one of `patterns` matches `path`, both relative to /workspace: `**` stands for any run of characters, `*` and
 * `?` for any run and any one character but `/`, all else for itself.
 */
export function createMatcher(patterns: readonly string[]): (path: string) => boolean {
  const expressions = patterns.map((pattern) => new RegExp(`^${toExpression(pattern)}$`, 'su'));
  return (path) => expressions.some((expression) => expression.test(path));
}

function toExpression(pattern: string): string {
  return pattern.replace(/\*\*\/|\*\*|\*|\?|[\\^$.|+()[\]{}/]/gu, (part) => {
    if (part === '**/') return '(?:[^/]+/)*';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return `\\${part}`;
  });
}
