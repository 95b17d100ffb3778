import type { Statement, Program as Tree } from 'acorn';
import type { JobMessage } from '../../../../cells/protocol/messages.ts';
import type { Language } from '../../../../contract/api/request.ts';
import { loadCrypto } from '../process/libraries.ts';
import { Edits, type Position } from './edits.ts';
import { addHint } from './hints.ts';
import { editDynamicImports, editImports, isModuleSyntax } from './imports.ts';
import { findLastObject } from './last-object.ts';
import { compiledPrefix } from './places.ts';
import { beginsStrictly, needsScript } from './script.ts';
import { declareGlobally, declares, hoist, isStrict } from './session-program.ts';
import { inspectProgram, lineAt, ProgramError, parseProgram, SlowProgramError } from './syntax.ts';
import { type Stripped, stripTypes } from './typescript.ts';

/** The guest's code in the form that the realm evaluates. */
export interface Program {
  /**
   * A script: its value is its completion value, or a promise of it. In handler mode it is a function that fills in the
   * exports.
   */
  readonly source: string;
  /** Whether an interpreter in the guest runs it, not V8. */
  readonly usesInterpreter: boolean;
  /** Whether V8 has to run it as a script: through `eval` it would not mean the same. */
  readonly isScript?: boolean;
  /** Whether places in `source` are others than in the guest's own code. */
  readonly isMoved?: boolean;
  /** Lines of `source` that are the guest's own. */
  readonly lines: number;
  /** Name in stack traces. */
  readonly fileName: string;
  /** The position in the guest's own code for a position in `source`. */
  locate(position: Position): Position;
  /** The message of an error, with what to do if the mistake is a usual one. */
  explain(name: string, message: string): string;
}

/** Makes what explains the errors of a job's program. */
export function explainerOf({ code, language }: Pick<JobMessage, 'code' | 'language'>): Program['explain'] {
  return (name, message) => addHint({ name, message, code, language });
}

/** Name of the object that receives a handler's exports. */
const exportsName = '$exports';

/** Whether an interpreter in the guest runs the language, not V8. */
export function runsInInterpreter(language: Language): language is 'python' | 'bash' {
  return language === 'python' || language === 'bash';
}

/**
 * Compiles a job's code. A script without `await`, `import` or `export` is left as it is and not even parsed.
 * @param onBusy Called now and then while that takes long.
 * @throws {ProgramError} If the code cannot be run.
 */
export async function compileProgram(message: JobMessage, onBusy: () => void): Promise<Program> {
  const { language, mode, code, session } = message;
  const explain = explainerOf(message);
  if (runsInInterpreter(language)) {
    const fileName = language === 'python' ? 'main.py' : 'main.sh';
    return { source: code, usesInterpreter: true, lines: 0, fileName, explain, locate: (position) => position };
  }
  // In a session, each call has a different file name.
  const fileName = `main.${language === 'typescript' ? 'ts' : 'js'}${session ? `[${session.call}]` : ''}`;
  const { source: javascript, isMoved: isFarOff, locate: toOriginal } = await readJavaScript(message);
  const needsParsing =
    mode === 'handler' || mayNeedEdits.test(javascript) || (session !== undefined && declares.test(javascript));
  const edits = new Edits(javascript);
  const suffix = needsParsing ? await edit(javascript, mode, edits, session !== undefined, onBusy) : '';
  const isMoved = isFarOff || !edits.isEmpty;
  return {
    source: `${edits.apply()}${suffix}\n//# sourceURL=${isMoved ? compiledPrefix : ''}${fileName}`,
    usesInterpreter: false,
    isScript: mode === 'script' && !session && suffix === '' && needsScript(javascript),
    isMoved,
    lines: suffix === '' ? Number.POSITIVE_INFINITY : javascript.split('\n').length,
    fileName,
    explain,
    locate: (position) => toOriginal(edits.locate(position)),
  };
}

/** What cannot be left to V8 alone. */
const mayNeedEdits = /\b(?:await|import|export)\b|^[ \t]*using[ \t]/mu;

/** The JavaScript of a program; an object that stands alone at its end is made an expression. */
async function readJavaScript({ language, mode, code }: JobMessage): Promise<Stripped> {
  const unchanged: Stripped = { source: code, isMoved: false, locate: (position) => position };
  const isTypeScript = language === 'typescript';
  const object = mode === 'script' ? await findLastObject(code, isTypeScript) : undefined;
  if (!object) return isTypeScript ? stripTypes(code) : unchanged;
  const edits = new Edits(code);
  edits.insert(object.start, object.isAlone ? '(' : ';(');
  edits.insert(object.end, ')');
  const stripped = isTypeScript ? await stripTypes(edits.apply()) : { ...unchanged, source: edits.apply() };
  return { ...stripped, isMoved: true, locate: (position) => edits.locate(stripped.locate(position)) };
}

/** Edits the code; returns what follows it. */
async function edit(
  code: string,
  mode: 'script' | 'handler',
  edits: Edits,
  isKept: boolean,
  onBusy: () => void,
): Promise<string> {
  const tree = await parseProgram(code, mode, onBusy).catch((error: unknown) => {
    // The parser may be behind V8, whose word counts where the code can be handed to it unchanged.
    if (mode === 'handler' || error instanceof SlowProgramError || String(error).includes('return')) throw error;
    return undefined;
  });
  if (!tree) {
    // Not if `await` is the name of something.
    const isPlain = !/\bawait\b/u.test(code) || (await parses(code, onBusy));
    return isPlain ? '' : wrapUnparsed(code, edits);
  }
  const { awaits, usings, dynamicImports } = inspectProgram(tree);
  editDynamicImports(dynamicImports, edits);
  const imports = editImports(tree, code, edits, isKept);
  if (mode === 'handler') return wrap(code, edits, exportsName, `'use strict';`, editExports(tree, edits), imports);
  for (const node of tree.body) {
    if (node.type.startsWith('Export')) {
      throw new ProgramError(
        'A script cannot export: its value is its last expression (handlers need mode "handler").',
        lineAt(code, node.start),
      );
    }
  }
  const strictly = isStrict(tree) || isModuleSyntax(tree) ? `'use strict';` : '';
  const isFunction = awaits || usings || (isKept && strictly !== '');
  if (!isFunction) {
    if (isKept) declareGlobally(tree, edits);
    if (imports !== '' || isModuleSyntax(tree)) startWith(code, edits, strictly + imports);
    return '';
  }
  const { before, first } = isKept ? hoist(tree, edits) : { before: '', first: '' };
  returnLast(tree.body.at(-1) as Statement | undefined, edits);
  return wrap(code, edits, '', strictly + first, '', imports + before);
}

/** Whether code is a script in which nothing awaits. */
function parses(code: string, onBusy: () => void): Promise<boolean> {
  return parseProgram(code, 'plain-script', onBusy).then(
    () => true,
    () => false,
  );
}

/** Puts text in front of the code, on its first line. */
function startWith(code: string, edits: Edits, text: string): void {
  if (code.startsWith('#!')) edits.replace(0, 2, `${text}//`);
  else edits.prepend(text);
}

/**
 * Makes the code the body of an async function without moving its lines. `first` and `last` go inside the function,
 * around the code, and `before` goes in front of the function.
 */
function wrap(code: string, edits: Edits, parameter: string, first: string, last: string, before = ''): string {
  startWith(code, edits, `${before}(async (${parameter}) => {${first}`);
  return `\n${last}})${parameter === '' ? '()' : ''}`;
}

/**
 * The same for code that was not parsed: it could close the function and continue outside. The `break` at the end is
 * valid only inside the labelled block at the start, and the guest cannot know the label.
 */
function wrapUnparsed(code: string, edits: Edits): string {
  const label = `$${loadCrypto().randomBytes(8).toString('hex')}`;
  return wrap(code, edits, '', `${beginsStrictly(code) ? `'use strict';` : ''}${label}:{`, `break ${label};}`);
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
