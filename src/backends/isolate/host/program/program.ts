import type { Statement, Program as Tree } from 'acorn';
import type { JobMessage } from '../../../../cells/protocol/messages.ts';
import type { Language } from '../../../../contract/api/request.ts';
import { loadCrypto } from '../process/libraries.ts';
import { Edits, type Position } from './edits.ts';
import { declareGlobally, declares, hoist, isStrict } from './session-program.ts';
import {
  inspectProgram,
  lineAt,
  noModules,
  ProgramError,
  parseProgram,
  refuseDynamicImports,
  SlowProgramError,
} from './syntax.ts';
import { stripTypes } from './typescript.ts';

/** The guest's code in the form that the realm evaluates. */
export interface Program {
  /**
   * A script: its value is its completion value, or a promise of it. In handler mode it is a function that fills in the
   * exports.
   */
  readonly source: string;
  /** Whether an interpreter in the guest runs it, not V8. */
  readonly usesInterpreter: boolean;
  /** Name in stack traces. */
  readonly fileName: string;
  /** The position in the guest's own code for a position in `source`. */
  locate(position: Position): Position;
}

/** Name of the object that receives a handler's exports. */
const exportsName = '$exports';

/** Whether an interpreter in the guest runs the language, not V8. */
export function runsInInterpreter(language: Language): language is 'python' | 'bash' {
  return language === 'python' || language === 'bash';
}

/**
 * Compiles a job's code. A script without `await`, `import` or `export` is left as it is and not even parsed.
 * @throws {ProgramError} where it cannot be run.
 */
export async function compileProgram({ language, mode, code, session }: JobMessage): Promise<Program> {
  if (runsInInterpreter(language)) {
    const fileName = language === 'python' ? 'main.py' : 'main.sh';
    return { source: code, usesInterpreter: true, fileName, locate: (position) => position };
  }
  // In a session, each call has a different file name.
  const fileName = `main.${language === 'typescript' ? 'ts' : 'js'}${session ? `[${session.call}]` : ''}`;
  const { source: javascript, locate: toTypeScript } =
    language === 'typescript' ? await stripTypes(code) : { source: code, locate: (position: Position) => position };
  const needsParsing =
    mode === 'handler' || /\b(?:await|import|export)\b/u.test(javascript) || (session && declares.test(javascript));
  const edits = new Edits(javascript);
  const suffix = needsParsing ? await edit(javascript, mode, edits, session !== undefined) : '';
  return {
    source: `${edits.apply()}${suffix}\n//# sourceURL=${fileName}`,
    usesInterpreter: false,
    fileName,
    locate: (position) => toTypeScript(edits.locate(position)),
  };
}

/** Edits the code; returns what follows it. */
async function edit(code: string, mode: 'script' | 'handler', edits: Edits, isKept: boolean): Promise<string> {
  const tree = await parseProgram(code, mode).catch((error: unknown) => {
    // The parser may be behind V8, whose word counts where the code can be handed to it unchanged.
    if (mode === 'handler' || error instanceof SlowProgramError || String(error).includes('return')) throw error;
    return undefined;
  });
  if (!tree) return /\bawait\b/u.test(code) ? wrapUnparsed(code, edits) : '';
  const { awaits, dynamicImports } = inspectProgram(tree);
  refuseDynamicImports(dynamicImports, edits);
  for (const node of tree.body) refuseStaticImport(node, code);
  if (mode === 'handler') return wrap(code, edits, exportsName, `'use strict';`, editExports(tree, edits));
  for (const node of tree.body) {
    if (node.type.startsWith('Export')) {
      throw new ProgramError(
        'A script cannot export: its value is its last expression (handlers need mode "handler").',
        lineAt(code, node.start),
      );
    }
  }
  if (isKept && !awaits && !isStrict(tree)) declareGlobally(tree, edits);
  if (!awaits && !(isKept && isStrict(tree))) return '';
  const { before, first } = isKept ? hoist(tree, edits) : { before: '', first: '' };
  returnLast(tree.body.at(-1) as Statement | undefined, edits);
  const strictly = isKept && isStrict(tree) ? `'use strict';` : '';
  return wrap(code, edits, '', strictly + first, '', before);
}

/**
 * Makes the code the body of an async function without moving its lines. `first` and `last` go inside the function,
 * around the code, and `before` goes in front of the function.
 */
function wrap(code: string, edits: Edits, parameter: string, first: string, last: string, before = ''): string {
  const start = `${before}(async (${parameter}) => {${first}`;
  if (code.startsWith('#!')) edits.replace(0, 2, `${start}//`);
  else edits.prepend(start);
  return `\n${last}})${parameter === '' ? '()' : ''}`;
}

/**
 * The same for code that was not parsed: it could close the function and continue outside. The `break` at the end is
 * valid only inside the labelled block at the start, and the guest cannot know the label.
 */
function wrapUnparsed(code: string, edits: Edits): string {
  const label = `$${loadCrypto().randomBytes(8).toString('hex')}`;
  return wrap(code, edits, '', `${label}:{`, `break ${label};}`);
}

/** Makes the function return the value of the last statement. */
function returnLast(statement: Statement | undefined | null, edits: Edits): void {
  switch (statement?.type) {
    case 'ExpressionStatement':
      edits.insert(statement.start, 'return (');
      edits.insert(statement.expression.end, ')');
      break;
    case 'BlockStatement':
      returnLast(statement.body.at(-1), edits);
      break;
    case 'IfStatement':
      returnLast(statement.consequent, edits);
      returnLast(statement.alternate, edits);
      break;
    case 'TryStatement':
      returnLast(statement.block, edits);
      returnLast(statement.handler?.body, edits);
      break;
  }
}

function refuseStaticImport(node: Tree['body'][number], code: string): void {
  if (!('source' in node) || !node.source) return;
  throw new ProgramError(noModules(String(node.source.value)), lineAt(code, node.start));
}

/** Takes the exports off; returns statements that hand over those that matter. */
function editExports(tree: Tree, edits: Edits): string {
  let handOver = '';
  const take = (exported: string, local: string): void => {
    if (exported === 'default' || exported === 'handler') handOver += `${exportsName}.${exported}=${local};`;
  };
  for (const node of tree.body) {
    if (node.type === 'ExportDefaultDeclaration') {
      const { declaration } = node;
      if ('id' in declaration && declaration.id && /Declaration$/u.test(declaration.type)) {
        edits.blank(node.start, declaration.start);
        take('default', declaration.id.name);
      } else {
        edits.replace(node.start, declaration.start, `${exportsName}.default=`);
        edits.insert(declaration.end, ';');
      }
    } else if (node.type === 'ExportNamedDeclaration') {
      const { declaration, specifiers } = node;
      edits.blank(node.start, declaration?.start ?? node.end);
      if (declaration?.type === 'VariableDeclaration') {
        for (const { id } of declaration.declarations) if (id.type === 'Identifier') take(id.name, id.name);
      } else if (declaration) take(declaration.id.name, declaration.id.name);
      for (const { exported, local } of specifiers) {
        if (exported.type === 'Identifier' && local.type === 'Identifier') take(exported.name, local.name);
      }
    }
  }
  return handOver;
}
