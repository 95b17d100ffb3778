/**
 * The two messages of a tool call, big-endian. Input and answer stay JSON text on the way, so that no cell has to parse
 * them.
 *
 *     tool-call     u32 number of the call | u8 length of the name | name | input as JSON text
 *     tool-result   u32 number of the call | u8 1, or 0 for a failure | answer as JSON text, or { code, message }
 */
import type { ToolErrorCode } from '../../contract/api/tool-errors.ts';

/** Most open tool calls of one job at the host; others wait inside the cell. */
export const toolCallsAtOnce = 64;

/** A tool-call message. The numbers of a job's calls rise; name and input come from the guest. */
export interface ToolCallMessage {
  readonly call: number;
  readonly name: string;
  readonly input: string;
}

/** The answer to a guest's call. */
export type ToolAnswer =
  | { readonly isOk: true; readonly json: string }
  | { readonly isOk: false; readonly code: ToolErrorCode; readonly message: string };

/** A tool-result message; `json` is the answer, or code and message of the failure. */
export interface ToolResultMessage {
  readonly call: number;
  readonly isOk: boolean;
  readonly json: string;
}

/** Bytes before the name in a tool-call, and before the JSON in a tool-result. */
const headBytes = 5;
/** Most bytes of a tool-call message besides its input. */
export const toolCallHeadMax: number = headBytes + 255;

export function encodeToolCall({ call, name, input }: ToolCallMessage): Uint8Array {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(call, 0);
  head.writeUInt8(Buffer.byteLength(name), 4);
  return Buffer.concat([head, Buffer.from(name), Buffer.from(input)]);
}

/** The message, or `undefined` if the bytes are malformed. */
export function parseToolCall(payload: Uint8Array): ToolCallMessage | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  const nameEnd = headBytes + (bytes[4] ?? 0);
  if (bytes.length < headBytes || bytes.length < nameEnd) return undefined;
  return {
    call: bytes.readUInt32BE(0),
    name: bytes.toString('utf8', headBytes, nameEnd),
    input: bytes.toString('utf8', nameEnd),
  };
}

export function encodeToolResult(call: number, answer: ToolAnswer): Uint8Array {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(call, 0);
  head.writeUInt8(answer.isOk ? 1 : 0, 4);
  const { json } = answer.isOk ? answer : { json: JSON.stringify({ code: answer.code, message: answer.message }) };
  return Buffer.concat([head, Buffer.from(json)]);
}

/** For host processes, which trust the engine: does not check the bytes. */
export function parseToolResult(payload: Uint8Array): ToolResultMessage {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  return { call: bytes.readUInt32BE(0), isOk: bytes[4] === 1, json: bytes.toString('utf8', headBytes) };
}
