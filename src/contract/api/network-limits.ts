/** What the connections of one job may use at most. */
export interface NetworkLimits {
  /** Connections at one time. */
  readonly openConnections: number;
  /** Connections in all, refused ones included. */
  readonly connections: number;
  /** What the guest sends, all connections together and each, in MiB. */
  readonly sentMb: number;
  readonly connectionSentMb: number;
  /** What it receives, all connections together and each, in MiB. */
  readonly receivedMb: number;
  readonly connectionReceivedMb: number;
  /** From the request to a usable connection: name resolution, connecting and TLS. */
  readonly connectTimeoutMs: number;
  /** How long nothing may move on a connection. */
  readonly idleTimeoutMs: number;
  /** One connection, from its begin to its end. */
  readonly connectionTimeoutMs: number;
}

/** Any subset of the {@link NetworkLimits}. */
export type PartialNetworkLimits = { readonly [name in keyof NetworkLimits]?: NetworkLimits[name] | undefined };

/** Applied where a policy is silent. */
export const defaultNetworkLimits: NetworkLimits = Object.freeze({
  openConnections: 16,
  connections: 1_000,
  sentMb: 64,
  connectionSentMb: 64,
  receivedMb: 256,
  connectionReceivedMb: 256,
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 30_000,
  connectionTimeoutMs: 300_000,
});

/** No policy exceeds these unless `createEngine({ egress: { ceilings } })` raises them. */
export const defaultNetworkCeilings: NetworkLimits = Object.freeze({
  openConnections: 64,
  connections: 10_000,
  sentMb: 1_024,
  connectionSentMb: 1_024,
  receivedMb: 4_096,
  connectionReceivedMb: 4_096,
  connectTimeoutMs: 60_000,
  idleTimeoutMs: 300_000,
  connectionTimeoutMs: 3_600_000,
});

/** Connections of one job that a cell carries at one time; more wait inside it. */
export const connectionsAtOnce = 64;
