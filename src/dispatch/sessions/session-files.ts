import { HotcellError } from '../../contract/api/errors.ts';
import type { ExecutionResult } from '../../contract/api/result.ts';
import type { SessionCall, SessionFile, SessionFiles } from '../../contract/api/session.ts';
import type { JobSession } from '../../contract/api/session-info.ts';
import { printable } from '../../contract/schema/issues.ts';
import { invalidRequest } from '../request/validate.ts';

/** The files of a session, through jobs that run no code. */
export function sessionFiles(
  call: (action: JobSession['action'], request: Partial<SessionCall>) => Promise<ExecutionResult>,
): SessionFiles {
  const done = async (action: JobSession['action'], request: Partial<SessionCall>): Promise<ExecutionResult> => {
    const result = await call(action, request);
    if (!result.error) return result;
    throw new HotcellError(result.error.code, result.error.message, { cause: result, ran: result.error.ran });
  };
  return {
    async read(path) {
      checkText('path', path);
      const { artifacts, truncated, limits } = await done('place', { collect: [exactly(path)] });
      const [artifact] = artifacts;
      if (artifact) return artifact.content;
      const why =
        truncated.artifacts > 0
          ? `it is not a file of at most limits.fileMb = ${limits.fileMb} MiB`
          : 'it does not exist';
      const message = `The file ${printable(path)} cannot be read from the session: ${why}.`;
      throw new HotcellError('INVALID_REQUEST', message);
    },
    async write(path, content) {
      checkText('path', path);
      await done('place', { files: { [path]: content }, collect: [] });
    },
    async list(glob = '**') {
      checkText('glob', glob);
      const { value } = await done('list', { collect: [glob] });
      return value as readonly SessionFile[] | undefined as readonly SessionFile[];
    },
  };
}

/** @throws {HotcellError} `INVALID_REQUEST` */
function checkText(name: string, value: unknown): void {
  if (typeof value === 'string') return;
  throw invalidRequest(`${name}: must be text`);
}

/** A glob that matches only this path. */
function exactly(path: string): string {
  return path.replace(/[*?[]/gu, '[$&]');
}
