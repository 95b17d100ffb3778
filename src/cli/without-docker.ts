import type { ErrorCode } from '../contract/api/errors.ts';
import type { ExecutionRequest } from '../contract/api/request.ts';

/** Advice for calls that fail without a Docker engine, if it applies to them. */
export function adviseWithoutDocker(
  code: ErrorCode | undefined,
  { language, backend }: Pick<ExecutionRequest, 'language' | 'backend'>,
): string | undefined {
  const needsDocker = language === 'python' || language === 'bash';
  if (code !== 'BACKEND_UNAVAILABLE' || !needsDocker || backend !== undefined) return undefined;
  return 'Without Docker, Python and Bash run in WebAssembly: add --backend wasm.';
}
