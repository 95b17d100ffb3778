/** What stands in the place of redacted text. `name` is a secret's name or a pattern rule's. */
export function markerOf(name: string): string {
  return `[redacted:${name}]`;
}
