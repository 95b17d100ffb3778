import type { DescribedTool, JsonSchema } from './described-tool.ts';

/**
 * A stub: a `TypedDict` for each object in a schema, then the functions of `tools`. A tool or an input whose name is
 * not a Python identifier is shown as a call.
 */
export function declarePython(tools: readonly DescribedTool[]): string {
  const classes = new TypedDicts();
  const functions = tools.map((tool) => declareFunction(tool, classes));
  const parts = [
    'from typing import Any, Literal, NotRequired, TypedDict\n',
    ...classes.texts,
    `class tools:\n    # "await tools.aio.NAME(...)" does the same in asyncio.\n\n${functions.join('\n')}`,
    'class ToolError(Exception):\n    """Raised when a call fails."""\n\n    tool: str\n    code: str\n    message: str\n',
  ];
  return parts.join('\n');
}

const indent = '    ';
const keywords = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

function declareFunction({ name, description, input, output }: DescribedTool, classes: TypedDicts): string {
  const stem = classNameOf(name);
  const answer = output ? classes.typeOf(output, `${stem}Answer`) : 'Any';
  const members = Object.entries(input.type === 'object' ? (input.properties ?? {}) : {});
  const parameters = declareParameters(input, members, stem, classes);
  const head = isIdentifier(name)
    ? `${indent}@staticmethod\n${indent}def ${name}(${parameters}) -> ${answer}:\n`
    : `${indent}# Called as tools[${JSON.stringify(name)}](...)\n${indent}@staticmethod\n${indent}def ${name.replaceAll('-', '_')}(${parameters}) -> ${answer}:\n`;
  const told = [
    description,
    ...members.flatMap(([member, { description: text }]) => (text ? [`${member}: ${text}`] : [])),
  ];
  return `${head}${docstring(told)}`;
}

function declareParameters(
  input: JsonSchema,
  members: readonly (readonly [string, JsonSchema])[],
  stem: string,
  classes: TypedDicts,
): string {
  if (members.length > 0 && members.every(([member]) => isIdentifier(member))) {
    return `*, ${byName(members, input.required ?? [], stem, classes)}`;
  }
  const isEmpty = input.type === 'object' && members.length === 0 && !input.additionalProperties;
  return isEmpty ? '' : `input: ${classes.typeOf(input, `${stem}Input`)}, /`;
}

/** Parameters in the schema's order, because all are passed by name. */
function byName(
  members: readonly (readonly [string, JsonSchema])[],
  required: readonly string[],
  stem: string,
  classes: TypedDicts,
): string {
  return members
    .map(([member, schema]) => {
      const type = classes.typeOf(schema, stem + classNameOf(member));
      if (required.includes(member)) return `${member}: ${type}`;
      return `${member}: ${type} = ${schema.default === undefined ? '...' : literal(schema.default)}`;
    })
    .join(', ');
}

function docstring(lines: readonly string[]): string {
  const text = lines.join('\n').replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  const inner = indent + indent;
  if (!text.includes('\n')) return `${inner}"""${text}"""\n`;
  return `${text
    .split('\n')
    .map((line, index) => (index === 0 ? `${inner}"""${line}` : `${inner}${line}`.trimEnd()))
    .join('\n')}\n${inner}"""\n`;
}

/** Gives each object type a name, and collects the definitions. */
class TypedDicts {
  readonly texts: string[] = [];
  readonly #names = new Set<string>();

  typeOf(schema: JsonSchema, name: string): string {
    if (schema.const !== undefined) return `Literal[${literal(schema.const)}]`;
    if (schema.enum) return `Literal[${schema.enum.map(literal).join(', ')}]`;
    const union = schema.anyOf ?? schema.oneOf;
    if (union) return [...new Set(union.map((each) => this.typeOf(each, name)))].join(' | ');
    if (typeof schema.type === 'object')
      return schema.type.map((type) => this.typeOf({ ...schema, type }, name)).join(' | ');
    switch (schema.type) {
      case 'string':
        return 'str';
      case 'boolean':
        return 'bool';
      case 'null':
        return 'None';
      case 'integer':
        return 'int';
      case 'number':
        return 'float';
      case 'array':
        return this.#listOf(schema, name);
      case 'object':
        return this.#dictOf(schema, name);
      default:
        return 'Any';
    }
  }

  #listOf({ items, prefixItems }: JsonSchema, name: string): string {
    if (prefixItems) return `list[${[...new Set(prefixItems.map((each) => this.typeOf(each, name)))].join(' | ')}]`;
    return `list[${this.typeOf(items ?? {}, `${name}Item`)}]`;
  }

  #dictOf({ properties, required = [], additionalProperties }: JsonSchema, name: string): string {
    const members = Object.entries(properties ?? {});
    if (members.length === 0 || !members.every(([member]) => isIdentifier(member))) {
      const value = typeof additionalProperties === 'object' ? this.typeOf(additionalProperties, name) : 'Any';
      return `dict[str, ${value}]`;
    }
    const own = this.#unique(name);
    const lines = members.map(([member, schema]) => {
      const type = this.typeOf(schema, own + classNameOf(member));
      return `${indent}${member}: ${required.includes(member) ? type : `NotRequired[${type}]`}\n`;
    });
    this.texts.push(`class ${own}(TypedDict):\n${lines.join('')}`);
    return own;
  }

  #unique(name: string): string {
    let unique = name;
    for (let number = 2; this.#names.has(unique); number += 1) unique = `${name}${number}`;
    this.#names.add(unique);
    return unique;
  }
}

function classNameOf(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}

function isIdentifier(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !keywords.has(name);
}

/** A JSON value as a Python literal. */
function literal(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}: ${literal(item)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value);
}
