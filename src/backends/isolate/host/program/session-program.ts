/**
 * The code of a session runs like a script, through eval, and its top-level declarations must stay for later calls.
 * Eval keeps `var` and `function` declarations; `let`, `const` and `class` become `var` here, so that a later call can
 * declare them again, as in a terminal. If the code must become a function, because it awaits or is strict, its names
 * are declared in front of the function and assigned inside.
 */
import type { Node, Pattern, Program, VariableDeclaration } from 'acorn';
import type { Edits } from './edits.ts';
import { isNode } from './syntax.ts';

/** Whether code must be parsed for its declarations. */
export const declares: RegExp = /\b(?:let|const|class)\b|['"]use strict['"]/u;

/** Whether code must run as a function to make its names visible outside. */
export function isStrict({ body }: Program): boolean {
  return body.some((node) => 'directive' in node && node.directive === 'use strict');
}

/** Makes a script's top-level declarations stay. */
export function declareGlobally({ body }: Program, edits: Edits): void {
  for (const node of body) {
    if (node.type === 'ClassDeclaration') {
      edits.insert(node.start, `var ${node.id.name}=`);
      edits.insert(node.end, ';');
    } else if (node.type === 'VariableDeclaration' && (node.kind === 'let' || node.kind === 'const')) {
      edits.replace(node.start, node.start + node.kind.length, 'var'.padEnd(node.kind.length));
      initialise(node, edits);
    }
  }
}

/** Code around the body of an async function whose top-level names must be visible outside. */
export interface Hoisted {
  /** In front of the function. */
  readonly before: string;
  /** At the start of the function. */
  readonly first: string;
}

/** Turns the declarations of code that becomes a function into assignments. */
export function hoist(program: Program, edits: Edits): Hoisted {
  const names = new Set<string>();
  let first = '';
  for (const node of program.body) {
    if (node.type === 'FunctionDeclaration') {
      names.add(node.id.name);
      first += `globalThis.${node.id.name}=${node.id.name};`;
    } else if (node.type === 'ClassDeclaration') {
      names.add(node.id.name);
      edits.insert(node.start, `${node.id.name}=`);
      edits.insert(node.end, ';');
    }
  }
  for (const [node, parent] of declarations(program)) {
    const isOwn = node.kind === 'var' || (parent === program && (node.kind === 'let' || node.kind === 'const'));
    if (!isOwn) continue;
    for (const { id } of node.declarations) for (const name of namesIn(id)) names.add(name);
    if (isHead(node, parent)) edits.blank(node.start, node.start + node.kind.length);
    else {
      edits.replace(node.start, node.start + node.kind.length, 'void(');
      if (node.kind !== 'var') initialise(node, edits);
      edits.insert(node.declarations.at(-1)?.end ?? node.end, ')');
    }
  }
  return { before: names.size > 0 ? `var ${[...names].join(',')};` : '', first };
}

/** A name declared without a value gets `undefined`, whatever an earlier call left in it. */
function initialise(node: VariableDeclaration, edits: Edits): void {
  for (const { id, init } of node.declarations) if (!init) edits.insert(id.end, '=void 0');
}

/** Whether a declaration is in the head of a loop and therefore not a statement. */
function isHead(node: Node, parent: Node): boolean {
  return (
    (parent.type === 'ForStatement' && (parent as { init?: unknown }).init === node) ||
    parent.type === 'ForInStatement' ||
    parent.type === 'ForOfStatement'
  );
}

/** All declarations outside of functions, each with its parent node. */
function* declarations(program: Program): Generator<[node: VariableDeclaration, parent: Node]> {
  const stack: [node: Node, parent: Node][] = [[program, program]];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [node, parent] = next;
    if (node.type === 'VariableDeclaration') yield [node as VariableDeclaration, parent];
    if (/Function|^Class/u.test(node.type)) continue;
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) stack.push([child, node]);
    }
  }
}

/** The names that a pattern binds. */
function* namesIn(pattern: Pattern | null): Generator<string> {
  switch (pattern?.type) {
    case 'Identifier':
      yield pattern.name;
      break;
    case 'ObjectPattern':
      for (const each of pattern.properties) yield* namesIn(each.type === 'Property' ? each.value : each.argument);
      break;
    case 'ArrayPattern':
      for (const each of pattern.elements) yield* namesIn(each);
      break;
    case 'AssignmentPattern':
      yield* namesIn(pattern.left);
      break;
    case 'RestElement':
      yield* namesIn(pattern.argument);
      break;
  }
}
