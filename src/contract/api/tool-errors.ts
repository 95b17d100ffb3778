/**
 * Why a call of a host function failed: code → meaning. The code is the guest's `ToolError.code` and is in the result's
 * `toolCalls`. The guest can handle such a failure; it does not end the job by itself.
 */
export const toolErrorTable = {
  UNKNOWN_TOOL: 'The request has no tool of that name.',
  INVALID_ARGUMENTS: "The input is not JSON, or breaks the tool's input schema.",
  PERMISSION_DENIED: "The tool's `approve` refused the call.",
  CALL_LIMIT: "The tool's `maxCalls` or `limits.toolCalls` is used up, or the inputs are too large in total.",
  TOOL_TIMEOUT: 'The tool took longer than its `timeoutMs`.',
  TOOL_FAILED: 'The tool threw; the message is its own.',
  INVALID_ANSWER: "The tool's answer is not JSON, or breaks its output schema.",
  VALUE_LIMIT: 'The input or the answer is larger than limits.valueKb.',
  CANCELLED: 'The job ended while the tool was running.',
} as const;

/** A key of {@link toolErrorTable}. */
export type ToolErrorCode = keyof typeof toolErrorTable;

/** All keys of {@link toolErrorTable}. */
export const toolErrorCodes: readonly ToolErrorCode[] = Object.keys(toolErrorTable) as ToolErrorCode[];
