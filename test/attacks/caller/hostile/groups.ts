import type { HostileCase } from './hostile-case.ts';
import { largeRequestCases } from './large-request-cases.ts';
import { requestCases } from './request-cases.ts';
import { sessionCases } from './session-cases.ts';
import { sinkCases } from './sink-cases.ts';
import { streamCases } from './stream-cases.ts';
import { surroundingCases } from './surrounding-cases.ts';
import { toolCases } from './tool-cases.ts';

/** Cases that run in one child process on one engine. */
export interface Group {
  readonly backend?: 'docker';
  readonly cases: readonly HostileCase[];
}

export const groups: Readonly<Record<string, Group>> = {
  requests: { cases: [...requestCases, ...largeRequestCases] },
  streams: { cases: streamCases },
  sinks: { cases: sinkCases('javascript') },
  'sinks of containers': { backend: 'docker', cases: sinkCases('python') },
  tools: { cases: toolCases },
  sessions: { cases: sessionCases },
  surroundings: { cases: surroundingCases },
};
