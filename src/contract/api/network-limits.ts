/** What the connections of one job may use at most. */
export interface NetworkLimits {
  /** Connections at one time. */
  readonly openConnections: number;
  /** Total connections, including refused ones. */
  readonly connections: number;
  /** Bytes that the guest sends, over all connections and over each, in MiB. */
  readonly sentMb: number;
  readonly connectionSentMb: number;
  /** Bytes that it receives, over all connections and over each, in MiB. */
  readonly receivedMb: number;
  readonly connectionReceivedMb: number;
  /** From the request to a usable connection: name resolution, connecting and TLS. */
  readonly connectTimeoutMs: number;
  /** Longest time without traffic on a connection. */
  readonly idleTimeoutMs: number;
  /** Longest time from the start of one connection to its end. */
  readonly connectionTimeoutMs: number;
}

/** Any subset of the {@link NetworkLimits}. */
export type PartialNetworkLimits = { readonly [name in keyof NetworkLimits]?: NetworkLimits[name] | undefined };

/** For limits that a policy does not give. */
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

/** Most connections of one job that a cell carries at one time; others wait inside the cell. */
export const connectionsAtOnce = 64;
