import type { ImportDeclaration, ImportSpecifier, Node, Program } from 'acorn';
import type { Edits } from './edits.ts';

/** How a realm is asked for a module; see `realm/modules`. */
const load = 'globalThis.hotcell.require';

/** Whether a program can only be meant as a module, which is always strict. */
export function isModuleSyntax({ body }: Program): boolean {
  return body.some(({ type }) => type === 'ImportDeclaration');
}

/**
 * Takes `import` statements out; returns declarations that do the same, for the front of the program.
 * @param isKept Whether the names are to outlive the program.
 */
export function editImports({ body }: Program, code: string, edits: Edits, isKept: boolean): string {
  let declarations = '';
  for (const node of body) {
    if (node.type !== 'ImportDeclaration') continue;
    declarations += declare(node, code, isKept ? 'var' : 'const');
    edits.blank(node.start, node.end);
  }
  return declarations;
}

function declare({ source, specifiers }: ImportDeclaration, code: string, kind: 'var' | 'const'): string {
  const module = `${load}(${code.slice(source.start, source.end)})`;
  if (specifiers.length === 0) return `${module};`;
  const parts = specifiers.map((specifier) => {
    const local = specifier.local.name;
    if (specifier.type === 'ImportNamespaceSpecifier') return `${local}=${load}.all(${module})`;
    if (specifier.type === 'ImportDefaultSpecifier') return `${local}=${load}.one(${module},"default")`;
    return `${local}=${load}.one(${module},${nameOf(specifier.imported)})`;
  });
  return `${kind} ${parts.join(',')};`;
}

function nameOf(name: ImportSpecifier['imported']): string {
  return JSON.stringify(name.type === 'Identifier' ? name.name : name.value);
}

/** Lets every `import(…)` ask the realm. */
export function editDynamicImports(nodes: readonly Node[], edits: Edits): void {
  for (const { start } of nodes) edits.replace(start, start + 'import'.length, `${load}.later`);
}
