import type { EngineEvent, EngineEventListener, EngineEventType } from '../contract/api/engine-events.ts';
import type { Logger } from './logger.ts';

type Line = readonly [level: keyof Logger, message: string];

/** Events that get a line in the log; events of ordinary calls do not. */
const lines: { readonly [Type in EngineEventType]?: Line | ((event: Extract<EngineEvent, { type: Type }>) => Line) } = {
  'backend.preparing': ({ detail }) => ['info', detail],
  'image.built': ['info', 'built an image'],
  'orphans.removed': ['info', 'removed containers that dead engines had left'],
  'daemon.lost': ['warn', 'the Docker engine does not answer'],
  'daemon.back': ['info', 'the Docker engine answers again'],
  'cell.failed': ['warn', 'a cell could not be made in advance'],
  // Only `debug`: a guest that uses too much can end its cell as often as it likes.
  'cell.lost': ({ code }) => [code === 'MEMORY_LIMIT' || code === 'WALL_TIMEOUT' ? 'debug' : 'warn', 'a cell was lost'],
  'host.ended': ({ reason }) => [reason === 'retired' ? 'debug' : 'warn', `a host of cells has ended: ${reason}`],
  'engine.fault': ({ message }) => ['error', message],
};

/** The listener behind the `logger` option: writes a line for each event that an operator should know. */
export function logEvents(logger: Logger): EngineEventListener {
  return (event) => {
    const { atMs: _, ...fields } = event;
    const line = lines[event.type] as Line | ((event: EngineEvent) => Line) | undefined;
    if (!line) return;
    const [level, message] = typeof line === 'function' ? line(event) : line;
    logger[level](fields, message);
  };
}
