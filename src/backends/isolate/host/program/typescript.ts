import { stripTypeScriptTypes } from 'node:module';
import { loadSourceMaps } from '../process/libraries.ts';
import type { Position } from './edits.ts';
import { ProgramError } from './syntax.ts';

/** JavaScript made from TypeScript, and the mapping back for positions. */
export interface Stripped {
  readonly source: string;
  /** Whether positions in it are others than in the original. */
  readonly isMoved: boolean;
  locate(position: Position): Position;
}

/**
 * Takes the types out. Where blanks can stand in their place every position stays as it was; enums, namespaces and
 * parameter properties need code of their own, and then a source map leads back.
 * @throws {ProgramError} If the code does not parse.
 */
export async function stripTypes(code: string): Promise<Stripped> {
  try {
    return { source: stripTypeScriptTypes(code), isMoved: false, locate: (position) => position };
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') throw explain(error);
  }
  return transform(code);
}

async function transform(code: string): Promise<Stripped> {
  const { originalPositionFor, TraceMap } = await loadSourceMaps();
  let output: string;
  try {
    output = stripTypeScriptTypes(code, { mode: 'transform', sourceMap: true });
  } catch (error) {
    throw explain(error);
  }
  const at = output.lastIndexOf('\n//# sourceMappingURL=');
  const encoded = output.slice(output.indexOf('base64,', at) + 'base64,'.length);
  const map = new TraceMap(Buffer.from(encoded, 'base64').toString());
  return {
    source: output.slice(0, at),
    isMoved: true,
    locate(position) {
      const { line, column } = originalPositionFor(map, position);
      return line === null ? position : { line, column };
    },
  };
}

/** Node puts the line number at the start of the stack: `:2`, then the lines around it. */
function explain(error: unknown): ProgramError {
  const { message, stack } = error as Error;
  const line = /^[^\n]*:(\d+)\n/u.exec(stack ?? '')?.[1];
  return new ProgramError(message, line === undefined ? undefined : Number(line));
}
