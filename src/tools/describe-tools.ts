import { z } from 'zod';
import { HotcellError } from '../contract/errors.ts';
import type { HostTools } from '../contract/host-tool.ts';
import type { DescribedTool, JsonSchema } from './described-tool.ts';
import { declarePython } from './python-declarations.ts';
import { declareTypeScript } from './typescript-declarations.ts';

/** What {@link describeTools} can write. */
export type ToolsFormat = 'typescript' | 'python' | 'json';

/**
 * Declarations of host tools for the prompt of a model that is to write code which calls them: as TypeScript, as a Python
 * stub, or as JSON Schema (`[{ name, description, inputSchema, outputSchema? }]`).
 * @throws {HotcellError} `INVALID_REQUEST` where the format is none of these.
 */
export function describeTools(tools: HostTools, format: ToolsFormat): string {
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
    default:
      throw new HotcellError('INVALID_REQUEST', `The format must be typescript, python or json, but is ${format}.`);
  }
}

/** What JSON Schema cannot say becomes "anything". */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
  return rest as JsonSchema;
}
