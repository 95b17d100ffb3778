import type { ExecutionRequest } from './contract/api/request.ts';
import type { ExecutionResult } from './contract/api/result.ts';
import { createEngine, type Engine } from './engine.ts';

/** Made by the first call. It does not keep the process alive after the last. */
const sharedEngine = (() => {
  let engine: Engine | undefined;
  return (): Engine => {
    engine ??= createEngine();
    return engine;
  };
})();

/**
 * Runs code that nobody trusts and answers with its result, on an engine of default settings that all callers in this
 * process share. Never rejects: every outcome is a result; `unwrap(result)` throws for those who want that.
 */
export function runSandboxed(request: ExecutionRequest): Promise<ExecutionResult> {
  return sharedEngine().execute(request);
}
