import type { HostEnd } from '../../contract/api/engine-events.ts';
import type { BackendName } from '../../contract/api/request.ts';
import type { EventHub } from '../../support/event-hub.ts';
import type { KillCause } from './explain-exit.ts';
import type { HostPoolListener } from './host-process.ts';

/** Emits events when host processes start and end. */
export function hostEvents(
  backend: BackendName,
  events: EventHub | undefined,
): Required<Pick<HostPoolListener, 'cameUp' | 'ended'>> {
  return {
    cameUp: ({ id }, ms) => events?.emit?.({ type: 'host.started', backend, hostId: id, ms: Math.round(ms) }),
    ended: ({ id, tenant, cause, jobsAtEnd }) =>
      events?.emit?.({ type: 'host.ended', backend, hostId: id, tenant, reason: reasonOf(cause), jobs: jobsAtEnd }),
  };
}

function reasonOf(cause: KillCause | undefined): HostEnd {
  if (!cause || cause.kind === 'silent') return 'lost';
  return cause.kind === 'retired' || cause.kind === 'closed' ? 'retired' : 'killed';
}
