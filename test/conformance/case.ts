import type { ExecutionRequest, ExecutionResult, Language } from 'hotcell';

/** The request of one case for one language; a string says why the language has no such case. */
export type Guest = Omit<ExecutionRequest, 'language'> | { readonly skip: string };

/** One promise of the contract, which every backend keeps in every language that it runs. */
export interface ConformanceCase {
  readonly name: string;
  readonly guests: Readonly<Record<'javascript' | 'python' | 'bash', Guest>>;
  /** Set if the wasm backend needs another guest, or has no such case. */
  readonly wasm?: Readonly<Partial<Record<'python' | 'bash', Guest>>>;
  /** Part of every request; a guest's own fields win. */
  readonly request?: Partial<ExecutionRequest>;
  readonly check: (result: ExecutionResult, language: Language) => void;
}
