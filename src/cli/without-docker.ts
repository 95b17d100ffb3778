import type { ErrorCode } from '../contract/api/errors.ts';
import type { ExecutionRequest } from '../contract/api/request.ts';

/** What to do where there is no Docker engine, for whom it helps. */
export function adviseWithoutDocker(
  code: ErrorCode | undefined,
  { language, backend }: Pick<ExecutionRequest, 'language' | 'backend'>,
): string | undefined {
  const needsDocker = language === 'python' || language === 'bash';
  if (code !== 'BACKEND_UNAVAILABLE' || !needsDocker || backend !== undefined) return undefined;
  return 'Without Docker, Python and Bash run in WebAssembly: add --backend wasm.';
}
