/**
 * What happens in an engine, for logs, metrics and traces. Not to be confused with `ExecutionEvent`, which is what the
 * caller of one call sees. Events hold ids, names, sizes, codes and times; no secret, no code, no inputs, no output. The
 * words of a caller in them are the ids and names that the caller chose (`docs/events.md`).
 */
import type { ErrorCode, ExecutionStatus, Ran } from './errors.ts';
import type { ConnectionRecord } from './network-use.ts';
import type { BackendName, Language } from './request.ts';
import type { SandboxInfo, Timings, Usage } from './result.ts';
import type { JobSession } from './session-info.ts';
import type { ToolErrorCode } from './tool-errors.ts';

/** Joins the events of calls and sessions with logs, metrics and traces of other systems. From the `ExecutionContext`, as it is. */
export interface TraceIds {
  /** Calls that belong together have one; a session's calls have that of their session. */
  readonly traceId: string;
  /** `callId` of the call inside which this one was made. */
  readonly parentId?: string | undefined;
  /** Id of who calls: `ExecutionContext.principal.id`, which is the `userId` of `engine.callTool`. */
  readonly principal?: string | undefined;
}

/** Which call an event belongs to. */
export interface CallIds extends TraceIds {
  /** `ExecutionResult.id`. */
  readonly callId: string;
  /** `default` for a call whose request was refused. */
  readonly tenant: string;
  /** Name of the tool that was called by `engine.callTool`; `''` if the engine has no tool of that name. */
  readonly tool?: string | undefined;
  readonly sessionId?: string | undefined;
  /** Purpose of a session's call: `run` code of the caller, or `place` and `list` files. */
  readonly sessionAction?: JobSession['action'] | undefined;
}

/** Why a session ended. */
export type SessionEnd = 'closed' | 'idle' | 'age' | 'lost';

/** Why a host of cells (a host process, or the container of a tenant) ended. */
export type HostEnd =
  /** It was no longer needed, or the engine was closed. */
  | 'retired'
  /** It died, and not because of the engine. */
  | 'lost'
  /** The engine killed it, because it used too much memory, did not answer, or broke the protocol. */
  | 'killed';

/**
 * The fields of each type of {@link EngineEvent}, besides `type` and `atMs`. `docs/events.md` says when each event
 * occurs.
 */
export interface EngineEventFields {
  'call.validated': CallIds & {
    readonly language: Language;
    readonly codeBytes: number;
    readonly files: number;
    readonly hostTools: number;
    readonly hasNetwork: boolean;
  };
  'call.queued': CallIds & { readonly backend: BackendName };
  'call.admitted': CallIds & { readonly backend: BackendName; readonly queuedMs: number };
  'call.leased': CallIds & SandboxInfo & { readonly cellId?: string | undefined; readonly acquireMs: number };
  'call.started': CallIds & { readonly backend: BackendName; readonly cellId?: string | undefined };
  /**
   * `call` is the number of the call within its job; `hostFunction` is `''` if the request has no tool of that name.
   */
  'tool.called': CallIds & { readonly call: number; readonly hostFunction: string };
  'tool.ended': CallIds & {
    readonly call: number;
    readonly hostFunction: string;
    readonly ms: number;
    readonly error?: ToolErrorCode | undefined;
  };
  /** `host` is the guest's spelling, redacted. */
  'network.connection': CallIds & Omit<ConnectionRecord, 'address' | 'reason'>;
  'artifact.collected': CallIds & {
    readonly mediaType: string;
    readonly bytes: number;
    /** Whether the request's `artifactSink` took it. */
    readonly isDelivered: boolean;
  };
  'call.ended': CallIds & {
    readonly status: ExecutionStatus;
    /** Absent on success. */
    readonly code?: ErrorCode | undefined;
    readonly ran?: Ran | undefined;
    readonly retryAfterMs?: number | undefined;
    readonly backend?: BackendName | undefined;
    readonly isWarm?: boolean | undefined;
    readonly exitCode?: number | undefined;
    readonly signal?: string | undefined;
    readonly usage: Usage;
    readonly timings: Timings;
    readonly artifacts: number;
    readonly lostArtifacts: number;
    readonly displays: number;
    readonly redactions: number;
  };
  /** The tool's code succeeded, but its answer breaks the tool's output schema. */
  'tool.answer-refused': CallIds;
  'session.opened': TraceIds & {
    readonly sessionId: string;
    readonly tenant: string;
    readonly language: Language;
    readonly backend: BackendName;
    readonly ms: number;
  };
  'session.ended': TraceIds & {
    readonly sessionId: string;
    readonly tenant: string;
    readonly reason: SessionEnd;
    readonly calls: number;
    readonly ms: number;
  };
  /** Has the ids of a call if the cell ran one; otherwise the cell was waiting. */
  'cell.lost': Partial<CallIds> & {
    readonly backend: BackendName;
    readonly cellId?: string | undefined;
    readonly profile?: string | undefined;
    readonly code?: ErrorCode | undefined;
  };
  'cell.made': { readonly backend: BackendName; readonly profile: string; readonly ms: number };
  'cell.failed': { readonly backend: BackendName; readonly profile: string; readonly code: ErrorCode };
  /** `ready` is the number of cells that wait now. */
  'pool.grown': { readonly backend: BackendName; readonly profile: string; readonly ready: number };
  'pool.shrunk': { readonly backend: BackendName; readonly profile: string; readonly ready: number };
  /** A host process, or the container of a tenant. */
  'host.started': { readonly backend: BackendName; readonly hostId: string; readonly ms: number };
  'host.ended': {
    readonly backend: BackendName;
    readonly hostId: string;
    readonly tenant?: string | undefined;
    readonly reason: HostEnd;
    /** Number of jobs that it was running. */
    readonly jobs: number;
  };
  'image.built': { readonly image: string; readonly ms: number };
  'daemon.lost': { readonly address: string };
  'daemon.back': { readonly address: string; readonly ms: number };
  /** Removed containers of dead engines. */
  'orphans.removed': { readonly count: number };
  'engine.closed': { readonly ms: number };
  /** A long preparation is in progress; `detail` is a text of hotcell's. */
  'backend.preparing': { readonly backend: BackendName; readonly detail: string };
  /** hotcell itself failed. `error` is the thrown value: only for the operator's log. */
  'engine.fault': Partial<CallIds> & { readonly message: string; readonly error: unknown };
}

/** The types of {@link EngineEvent}. */
export type EngineEventType = keyof EngineEventFields;

/** An {@link EngineEvent} without its time. */
export type UndatedEvent = {
  [Type in EngineEventType]: { readonly type: Type } & EngineEventFields[Type];
}[EngineEventType];

/** Something that happened in an engine; see `type`. */
export type EngineEvent = UndatedEvent & {
  /** Milliseconds since 1970, with a fraction. Never decreases within one process. */
  readonly atMs: number;
};

/** Receives events, in order. Thrown errors and rejections are ignored, and a returned promise is not awaited. */
export type EngineEventListener = (event: EngineEvent) => void;

/** The events of one engine. */
export interface EngineEvents {
  /**
   * Calls `listener` with all events from now on. The call happens shortly after the event, outside the path of any
   * execution, and must be quick: the listener shares the engine's thread. The returned function unsubscribes; events
   * from before that are still delivered first.
   */
  subscribe(listener: EngineEventListener): () => void;
}

const typesOf: { readonly [Type in EngineEventType]: true } = {
  'call.validated': true,
  'call.queued': true,
  'call.admitted': true,
  'call.leased': true,
  'call.started': true,
  'tool.called': true,
  'tool.ended': true,
  'network.connection': true,
  'artifact.collected': true,
  'call.ended': true,
  'tool.answer-refused': true,
  'session.opened': true,
  'session.ended': true,
  'cell.made': true,
  'cell.failed': true,
  'cell.lost': true,
  'pool.grown': true,
  'pool.shrunk': true,
  'host.started': true,
  'host.ended': true,
  'image.built': true,
  'daemon.lost': true,
  'daemon.back': true,
  'orphans.removed': true,
  'backend.preparing': true,
  'engine.fault': true,
  'engine.closed': true,
};

/** All types of {@link EngineEvent}. */
export const engineEventTypes: readonly EngineEventType[] = Object.keys(typesOf) as EngineEventType[];
