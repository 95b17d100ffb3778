import type { BackendName, Language } from '../../contract/api/request.ts';

/** What is known of a call that failed, after redaction. */
export interface FailedCall {
  readonly language: Language;
  readonly backend: BackendName | undefined;
  readonly image: string | undefined;
  readonly code: string;
  /** Whether the request allows addresses. */
  readonly hasNetwork: boolean;
  readonly name?: string | undefined;
  readonly message: string;
  readonly stack?: string | undefined;
  /** Line of the code, from 1. */
  readonly line?: number | undefined;
  readonly stderr: string;
}

/** A frequent mistake, and what to do about it. */
export interface Hint {
  /** The mistake, in a few words, for the table in `docs/hints.md`. */
  readonly mistake: string;
  /**
   * Looked for in `NAME: MESSAGE` of an exception, or in the last lines of stderr if there was none. Bounded parts only: the
   * text is the guest's.
   */
  readonly when: RegExp;
  /** Narrows it down further. */
  readonly only?: (call: FailedCall) => boolean;
  /** A sentence or two. */
  readonly say: string | ((found: RegExpExecArray, call: FailedCall) => string);
}
