import type { DescribedTool, JsonSchema } from './described-tool.ts';

/** `declare const tools: { … }`, a method for each tool, descriptions as comments. */
export function declareTypeScript(tools: readonly DescribedTool[]): string {
  const methods = tools.map(({ name, description, input, output }) => {
    const isOptional = input.type === 'object' && (input.required ?? []).length === 0;
    const parameter = `input${isOptional ? '?' : ''}: ${typeOf(input, '  ')}`;
    return `${comment(description, '  ')}  ${keyOf(name)}(${parameter}): Promise<${typeOf(output ?? {}, '  ')}>;\n`;
  });
  return `declare const tools: {\n${methods.join('')}};\n${errorClass}`;
}

const errorClass = `/** Thrown when a call fails. */
declare class ToolError extends Error {
  readonly tool: string;
  readonly code: string;
}
`;

function typeOf(schema: JsonSchema, indent: string): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const union = schema.anyOf ?? schema.oneOf;
  if (union) return union.map((each) => typeOf(each, indent)).join(' | ');
  if (schema.allOf) return schema.allOf.map((each) => typeOf(each, indent)).join(' & ');
  if (typeof schema.type === 'object')
    return schema.type.map((type) => typeOf({ ...schema, type }, indent)).join(' | ');
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return arrayOf(schema, indent);
    case 'object':
      return objectOf(schema, indent);
    default:
      return 'unknown';
  }
}

function arrayOf({ items, prefixItems }: JsonSchema, indent: string): string {
  if (prefixItems) return `[${prefixItems.map((each) => typeOf(each, indent)).join(', ')}]`;
  const type = typeOf(items ?? {}, indent);
  return / [|&] /.test(type) ? `(${type})[]` : `${type}[]`;
}

function objectOf({ properties, required = [], additionalProperties }: JsonSchema, indent: string): string {
  const inner = `${indent}  `;
  const members = Object.entries(properties ?? {}).map(([name, schema]) => {
    const mark = required.includes(name) ? '' : '?';
    const told = comment(describe(schema), inner);
    return `${told}${inner}${keyOf(name)}${mark}: ${typeOf(schema, inner)};\n`;
  });
  if (members.length > 0) return `{\n${members.join('')}${indent}}`;
  if (typeof additionalProperties === 'object') return `Record<string, ${typeOf(additionalProperties, indent)}>`;
  return properties && additionalProperties === false ? '{}' : 'Record<string, unknown>';
}

/** A member's description, and its default if it has one. */
function describe({ description = '', default: value }: JsonSchema): string {
  const told = value === undefined ? '' : `Default ${JSON.stringify(value)}.`;
  return [description, told].filter(Boolean).join(' ');
}

function keyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function comment(text: string, indent: string): string {
  if (text === '') return '';
  const lines = text.replaceAll('*/', '* /').split('\n');
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}
