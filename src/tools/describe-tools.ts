import { z } from 'zod';
import { HotcellError } from '../contract/api/errors.ts';
import type { HostFunctions } from '../contract/api/host-function.ts';
import { CallerError, readCallerValue } from '../support/caller-values.ts';
import type { DescribedTool, JsonSchema } from './described-tool.ts';
import { declarePython } from './python-declarations.ts';
import { declareTypeScript } from './typescript-declarations.ts';

const toolsFormats = ['typescript', 'python', 'json'] as const;
/** The formats of {@link describeTools}. */
export type ToolsFormat = (typeof toolsFormats)[number];

/**
 * Declares host functions for the prompt of a model that writes code which calls them: as TypeScript, as a Python
 * stub, or as JSON Schema (`[{ name, description, inputSchema, outputSchema? }]`).
 * @throws {HotcellError} `INVALID_REQUEST` if the format is none of these or the tools are not valid.
 */
export function describeTools(tools: HostFunctions, format: ToolsFormat): string {
  if (!toolsFormats.includes(format)) {
    throw new HotcellError('INVALID_REQUEST', 'Tools can be described as typescript, python or json.');
  }
  try {
    return readCallerValue(() => write(tools, format));
  } catch (cause) {
    const reason = cause instanceof CallerError ? cause.message : 'they cannot be read';
    throw new HotcellError('INVALID_REQUEST', `The tools cannot be described: ${reason}.`, { cause });
  }
}

function write(tools: HostFunctions, format: ToolsFormat): string {
  if (typeof tools !== 'object') throw new TypeError('they must be an object of tools by name');
  const described = Object.entries(tools).map(
    ([name, { description, input, output }]): DescribedTool => ({
      name,
      description,
      input: schemaOf(input, 'input'),
      output: output && schemaOf(output, 'output'),
    }),
  );
  switch (format) {
    case 'typescript':
      return declareTypeScript(described);
    case 'python':
      return declarePython(described);
    case 'json':
      return JSON.stringify(
        described.map(({ input, output, ...tool }) => ({ ...tool, inputSchema: input, outputSchema: output })),
        undefined,
        2,
      );
  }
}

/** Types that JSON Schema cannot express become "anything". */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
  return rest as JsonSchema;
}
