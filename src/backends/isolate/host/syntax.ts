import type { Node, Options, Program } from 'acorn';
import type { Edits, Position } from './edits.ts';
import { loadAcorn } from './libraries.ts';

/** The guest's code cannot be run as it is; told to the guest as a SyntaxError. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  /** Of the guest's own code, from 1. */
  readonly line: number | undefined;

  constructor(message: string, line: number | undefined) {
    super(message);
    this.line = line;
  }
}

/** Parses code as a script in which `await` and, so that they can be named, `import` and `export` may stand. */
export async function parseProgram(code: string, mode: 'script' | 'handler'): Promise<Program> {
  const { parse } = await loadAcorn();
  const options: Options = {
    ecmaVersion: 'latest',
    sourceType: mode === 'handler' ? 'module' : 'script',
    allowAwaitOutsideFunction: true,
    allowImportExportEverywhere: true,
    allowHashBang: true,
    locations: true,
  };
  try {
    return parse(code, options);
  } catch (error) {
    const { message, loc } = error as Error & { loc?: Position };
    throw new ProgramError(message.replace(/ \(\d+:\d+\)$/u, ''), loc?.line);
  }
}

/** What the walk looks for. */
export interface Findings {
  /** `await` outside of every function. */
  readonly awaits: boolean;
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
  return { awaits, dynamicImports };
}

function isAwait(node: Node & { readonly await?: unknown; readonly kind?: unknown }): boolean {
  return node.type === 'AwaitExpression' || node.await === true || node.kind === 'await using';
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** Lets every `import(…)` fail with a sentence instead of V8's "Not supported". */
export function refuseDynamicImports(nodes: readonly Node[], edits: Edits): void {
  for (const { start } of nodes) {
    edits.replace(
      start,
      start + 'import'.length,
      `((name) => Promise.reject(new TypeError(\`${noModules('${name}')}\`)))`,
    );
  }
}

/** Why there is no module of that name. */
export function noModules(name: string): string {
  return `Cannot import "${name}": modules are not available here; the code must stand alone.`;
}
