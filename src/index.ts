/** hotcell's public API. */
export type { ArtifactPreview, ArtifactSink, ArtifactTarget } from './contract/api/artifact-sink.ts';
export type { Check, EngineStats, PoolStats, PreparationStep } from './contract/api/backend-reports.ts';
export type { Display } from './contract/api/display.ts';
export {
  type CallIds,
  type EngineEvent,
  type EngineEventListener,
  type EngineEvents,
  type EngineEventType,
  engineEventTypes,
  type HostEnd,
  type SessionEnd,
  type TraceIds,
} from './contract/api/engine-events.ts';
export {
  type ErrorCode,
  type ErrorRow,
  type ExecutionStatus,
  errorCodes,
  errorTable,
  HotcellError,
  type Ran,
  statuses,
} from './contract/api/errors.ts';
export { type ExecutionEvent, executionEventSchema } from './contract/api/events.ts';
export type {
  Approval,
  HostFunction,
  HostFunctionCall,
  HostFunctionContext,
  HostFunctions,
} from './contract/api/host-function.ts';
export { defaultCeilings, defaultLimits, type Limits, type PartialLimits } from './contract/api/limits.ts';
export type { HeaderInjection, NetworkPolicy } from './contract/api/network.ts';
export {
  defaultNetworkCeilings,
  defaultNetworkLimits,
  type NetworkLimits,
  type PartialNetworkLimits,
} from './contract/api/network-limits.ts';
export type { ConnectionRecord, NetworkUse } from './contract/api/network-use.ts';
export {
  type BackendName,
  type ExecutionRequest,
  executionRequestSchema,
  type Language,
  languages,
} from './contract/api/request.ts';
export {
  type Artifact,
  type DeliveredArtifact,
  type ExecutionError,
  type ExecutionResult,
  executionResultSchema,
  type LostArtifact,
  type Redaction,
  type SandboxInfo,
  type ToolCallRecord,
  type ToolReference,
} from './contract/api/result.ts';
export type {
  CallLimits,
  Session,
  SessionCall,
  SessionFile,
  SessionFiles,
  SessionOptions,
} from './contract/api/session.ts';
export type { SessionInfo } from './contract/api/session-info.ts';
export { type ToolErrorCode, toolErrorTable } from './contract/api/tool-errors.ts';
export type { JsonValue } from './contract/schema/json.ts';
export type { ExecutionContext, Executor, Principal } from './contract/spi/executor.ts';
export {
  decodeEvent,
  decodeRequest,
  decodeResult,
  encodeEvent,
  encodeRequest,
  encodeResult,
  type Wire,
  type WireEvent,
  type WireRequest,
  type WireResult,
  wireEventSchema,
  wireRequestSchema,
  wireResultSchema,
} from './contract/wire/wire.ts';
export type { ContentReference, InlineBytes, WireBytes, WireOptions } from './contract/wire/wire-bytes.ts';
export { parseWireText } from './contract/wire/wire-text.ts';
export type { WarmRequest } from './dispatch/dispatcher.ts';
export { createEngine, type Engine } from './engine.ts';
export type { EgressEngineOptions, EngineOptions } from './options/engine-options.ts';
export { runSandboxed } from './run-sandboxed.ts';
export type { Logger } from './support/logger.ts';
export { defineTool, type Tool, type ToolDefinition } from './tools/define-tool.ts';
export { describeTools } from './tools/describe-tools.ts';
export { hostFunction } from './tools/host-function.ts';
export type { ToolCall } from './tools/tool-caller.ts';
export { unwrap } from './unwrap.ts';
