import type { UndatedEvent } from '../../contract/api/engine-events.ts';
import { HotcellError } from '../../contract/api/errors.ts';
import type { BackendName } from '../../contract/api/request.ts';
import type { EventHub } from '../../support/event-hub.ts';
import type { PoolChange } from './pool-profile.ts';

/** Emits events about the cells of a pool. */
export function poolEvents(backend: BackendName, events: EventHub | undefined): PoolChange {
  return (what, profile, ready, ms) => {
    if (!events?.emit) return;
    if (what === 'made') events.emit({ type: 'cell.made', backend, profile, ms: Math.round(ms) });
    else if (what === 'lost') events.emit({ type: 'cell.lost', backend, profile });
    else events.emit({ type: `pool.${what}`, backend, profile, ready });
  };
}

/** The event for a cell that could not be made in advance. */
export function cellFailed(backend: BackendName, profile: string, error: unknown): UndatedEvent {
  const code = error instanceof HotcellError ? error.code : 'INTERNAL_ERROR';
  return { type: 'cell.failed', backend, profile, code };
}
