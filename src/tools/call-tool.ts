import { z } from 'zod';
import { errorTable, HotcellError } from '../contract/errors.ts';
import { describeIssues } from '../contract/issues.ts';
import type { JsonValue } from '../contract/json.ts';
import { type ExecutionRequest, identifierSchema } from '../contract/request.ts';
import type { ExecutionResult, ToolReference } from '../contract/result.ts';
import { newId } from '../support/ids.ts';
import type { Tool } from './define-tool.ts';

/** A call of a tool by its name. */
export interface ToolCall {
  readonly name: string;
  /** Checked by the tool's input schema. Default `{}`. */
  readonly arguments?: unknown;
  /** Comes back as `result.tool.callId`, to match answers with calls. Default: a new one. */
  readonly id?: string | undefined;
  /** Who calls, for policy and audit; the guest does not see it. */
  readonly userId?: string | undefined;
  readonly tenant?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const toolCallSchema = z.strictObject({
  name: z.string().max(256),
  arguments: z.unknown().optional(),
  id: identifierSchema.optional(),
  userId: identifierSchema.optional(),
  tenant: identifierSchema.optional(),
  signal: z.instanceof(AbortSignal).optional(),
});

/** What tool calls need of the engine. */
export interface ToolHost {
  execute(request: ExecutionRequest, tool: ToolReference): Promise<ExecutionResult>;
  refuse(error: HotcellError, tool?: ToolReference): ExecutionResult;
}

/** The tools of an engine by name. */
export class ToolBox {
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #host: ToolHost;

  /** @throws {HotcellError} `INVALID_REQUEST` where two tools have one name. */
  constructor(tools: readonly Tool[], host: ToolHost) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.#host = host;
    if (this.#tools.size < tools.length) {
      throw new HotcellError('INVALID_REQUEST', 'The engine cannot be created: two of its tools have the same name.');
    }
  }

  /** Looks the tool up, checks the arguments, runs its code, checks the answer. Never rejects. */
  async call(call: ToolCall): Promise<ExecutionResult> {
    let reference: ToolReference | undefined;
    try {
      const { name, arguments: given, id, tenant, signal } = parseCall(call);
      const tool = this.#tools.get(name);
      reference = { name, version: tool?.version ?? '', callId: id ?? newId() };
      if (!tool) throw new HotcellError('UNKNOWN_TOOL', `There is no tool "${name}" on this engine.`);

      const inputs = await tool.input.safeParseAsync(given ?? {});
      if (!inputs.success) {
        const message = `The arguments of tool "${name}" are invalid: ${describeIssues(inputs.error)}.`;
        throw new HotcellError('INVALID_ARGUMENTS', message);
      }
      const result = await this.#host.execute(toRequest(tool, inputs.data, tenant, signal), reference);
      return await checkAnswer(tool, result);
    } catch (error) {
      if (error instanceof HotcellError) return this.#host.refuse(error, reference);
      // A getter of the call or a refinement of the tool's schema that throws.
      const message = `The tool call is invalid: it cannot be checked (${error instanceof Error ? error.message : 'unknown'}).`;
      return this.#host.refuse(new HotcellError('INVALID_ARGUMENTS', message, { cause: error }), reference);
    }
  }
}

function parseCall(call: ToolCall): z.infer<typeof toolCallSchema> {
  const parsed = toolCallSchema.safeParse(call);
  if (parsed.success) return parsed.data;
  throw new HotcellError('INVALID_REQUEST', `The tool call is invalid: ${describeIssues(parsed.error)}.`);
}

function toRequest(
  tool: Tool,
  inputs: unknown,
  tenant: string | undefined,
  signal: AbortSignal | undefined,
): ExecutionRequest {
  const { language, code, limits, env, secrets, files, tools, network, backend, image } = tool;
  const given = { limits, env, secrets, files, tools, network, backend, image };
  return { language, code, mode: 'handler', inputs, ...given, tenant, signal };
}

/** The result with its value as the output schema parses it, or an `INVALID_ANSWER` that keeps the value as it came. */
async function checkAnswer(tool: Tool, result: ExecutionResult): Promise<ExecutionResult> {
  if (result.status !== 'success' || !tool.output) return result;
  const answer = await tool.output.safeParseAsync(result.valueType === 'json' ? result.value : undefined);
  if (answer.success) return { ...result, value: answer.data as JsonValue };
  const reason = result.valueType === 'json' ? describeIssues(answer.error) : 'it is not JSON';
  return {
    ...result,
    status: errorTable.INVALID_ANSWER.status,
    error: {
      code: 'INVALID_ANSWER',
      message: `The answer of tool "${tool.name}" breaks its output schema: ${reason}.`,
      ran: errorTable.INVALID_ANSWER.ran,
    },
  };
}
