import type { ExecutionRequest, ExecutionResult, Language } from 'hotcell';

/** What one case asks of one language; a string says why the language has no such case. */
export type Guest = Omit<ExecutionRequest, 'language'> | { readonly skip: string };

/** One promise of the contract, kept by every backend in every language that it runs. */
export interface ConformanceCase {
  readonly name: string;
  readonly guests: Readonly<Record<'javascript' | 'python' | 'bash', Guest>>;
  /** Where the wasm backend's guest is another one, or has no such case. */
  readonly wasm?: Readonly<Partial<Record<'python' | 'bash', Guest>>>;
  /** Part of every request; a guest's own fields win. */
  readonly request?: Partial<ExecutionRequest>;
  readonly check: (result: ExecutionResult, language: Language) => void;
}
