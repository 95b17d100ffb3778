/** A text for a thrown value. Never throws. An error of another realm is not an `Error` here, but has a message. */
export function textOfThrown(thrown: unknown): string {
  try {
    if (typeof thrown !== 'object' || thrown === null) return String(thrown);
    const { message } = thrown as { message?: unknown };
    return typeof message === 'string' ? message : String(thrown);
  } catch {
    return 'what was thrown cannot be read';
  }
}
