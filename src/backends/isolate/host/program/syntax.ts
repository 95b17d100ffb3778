import type { Node, Options, Program } from 'acorn';
import { loadAcorn } from '../process/libraries.ts';
import type { Position } from './edits.ts';

/** The guest's code cannot be run; the guest gets a SyntaxError. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  /** Line of the guest's own code, from 1. */
  readonly line: number | undefined;

  constructor(message: string, line: number | undefined) {
    super(message);
    this.line = line;
  }
}

/** How much of the processor parsing may take, in milliseconds: it is the host's own thread, on which all its jobs wait. */
const parseMaxMs = 2_000;
/** A host that is silent for longer is taken to hang, so it says that it lives while it parses on a busy machine, in milliseconds. */
const signOfLifeMs = 500;

/**
 * Parses code as a script in which `await` and, so that they can be named, `import` and `export` may stand. Only the
 * tree matters here: whether names are declared twice and expressions are sound is for V8 to say, when it gets the code,
 * and the parser's own checks take time that is quadratic in what a guest writes.
 * @param mode In a plain script, `await` is a name like any other.
 * @param onBusy Called now and then while it takes long.
 * @throws {ProgramError} If the code does not parse, or if that takes too long.
 */
export async function parseProgram(
  code: string,
  mode: 'script' | 'handler' | 'plain-script',
  onBusy: () => void = () => undefined,
): Promise<Program> {
  const { Parser } = await loadAcorn();
  const usedAtStart = process.threadCpuUsage();
  let heardAt = performance.now();
  const look = (start: number): void => {
    if (performance.now() - heardAt < signOfLifeMs) return;
    heardAt = performance.now();
    onBusy();
    const { user, system } = process.threadCpuUsage(usedAtStart);
    if (user + system > parseMaxMs * 1_000) throw new SlowProgramError(lineAt(code, start));
  };
  let tokens = 0;
  const options: Options = {
    ecmaVersion: 'latest',
    sourceType: mode === 'handler' ? 'module' : 'script',
    allowAwaitOutsideFunction: mode !== 'plain-script',
    allowImportExportEverywhere: true,
    allowHashBang: true,
    onToken({ start }) {
      tokens += 1;
      if (tokens % 64 === 0) look(start);
    },
  };
  try {
    return Parser.extend(trustNames as never).parse(code, options);
  } catch (error) {
    if (error instanceof SlowProgramError) throw error;
    const { message, loc } = error as Error & { loc?: Position };
    throw new ProgramError(message.replace(/ \(\d+:\d+\)$/u, ''), loc?.line);
  }
}

/** Parsing took too long; V8 does not get the code either. */
export class SlowProgramError extends ProgramError {
  constructor(line: number) {
    super(
      `The code takes more than ${parseMaxMs} ms of processor time to parse: make it smaller, or leave out await, import and export.`,
      line,
    );
  }
}

/** A plugin that makes the parser skip its checks of names and regular expressions. */
function trustNames(Base: new (...given: never[]) => object): new (...given: never[]) => object {
  return class extends Base {
    declareName(): void {}
    checkLocalExport(): void {}
    validateRegExpFlags(): void {}
    validateRegExpPattern(): void {}
    /** Code that declares with `using` at its top level becomes a function, in which that is allowed. */
    get allowUsing(): boolean {
      return true;
    }
  };
}

/** Line of an offset in a text, from 1, with all line ends of JavaScript. */
export function lineAt(code: string, offset: number): number {
  let line = 1;
  for (const { index } of code.matchAll(/\r\n?|[\n\u2028\u2029]/gu)) {
    if (index >= offset) break;
    line += 1;
  }
  return line;
}

/** Results of the walk. */
export interface Findings {
  /** `await` outside of all functions. */
  readonly awaits: boolean;
  /** `using` at the top level, where only a function has room for it. */
  readonly usings: boolean;
  /** Each `import(…)`, wherever it is. */
  readonly dynamicImports: readonly Node[];
}

/** Walks the whole tree once. */
export function inspectProgram(program: Program): Findings {
  const dynamicImports: Node[] = [];
  let awaits = false;
  const stack: [node: Node, inFunction: boolean][] = [[program, false]];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [node, inFunction] = next;
    if (node.type === 'ImportExpression') dynamicImports.push(node);
    if (!inFunction && isAwait(node)) awaits = true;
    const within = inFunction || /Function|^StaticBlock$/u.test(node.type);
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (isNode(child)) stack.push([child, within]);
      }
    }
  }
  const usings = program.body.some((node) => node.type === 'VariableDeclaration' && node.kind === 'using');
  return { awaits, usings, dynamicImports };
}

function isAwait(node: Node & { readonly await?: unknown; readonly kind?: unknown }): boolean {
  return node.type === 'AwaitExpression' || node.await === true || node.kind === 'await using';
}

/** Whether a value of the tree is a node. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
