import { textOfThrown } from '../contract/schema/thrown.ts';

/** How a connection ended against its wish; the same words as in a `ConnectionRecord`. */
export type EgressOutcome = 'refused' | 'failed' | 'cut';

/** Why a guest gets no connection, or loses one. The message is a sentence that the guest may read. */
export class EgressError extends Error {
  override readonly name = 'EgressError';
  readonly outcome: EgressOutcome;

  constructor(outcome: EgressOutcome, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.outcome = outcome;
  }
}

/**
 * Any error as an {@link EgressError}; other classes become `failed`. `what` starts the sentence: `The connection to
 * a.example:443`.
 */
export function egressErrorOf(error: unknown, what: string): EgressError {
  if (error instanceof EgressError) return error;
  const reason = textOfThrown(error);
  return new EgressError('failed', `${what} failed: ${reason}.`, error);
}
