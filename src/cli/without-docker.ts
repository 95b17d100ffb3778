import type { ErrorCode } from '../contract/errors.ts';
import type { ExecutionRequest } from '../contract/request.ts';

/** What to do where there is no Docker engine, for whom it helps. */
export function adviseWithoutDocker(
  code: ErrorCode | undefined,
  { language, backend }: Pick<ExecutionRequest, 'language' | 'backend'>,
): string | undefined {
  const isForeign = language === 'python' || language === 'bash';
  if (code !== 'BACKEND_UNAVAILABLE' || !isForeign || backend !== undefined) return undefined;
  return 'Without Docker, Python and Bash run in WebAssembly: add --backend wasm.';
}
