/** Terms of a verdict that both ends need without its schema, which would take a host process long to load. */

/**
 * How a job ended, as the cell reports it:
 * `completed` normal end · `threw` an exception, see `error` · `exited` by itself, see `exitCode` ·
 * `signalled` killed by a signal that hotcell did not send · `no-answer` the handler is missing or gave no answer ·
 * `unsettled` awaits something that can never settle · `wall`, `cpu`, `memory`, `output`, `value` exceeded that limit ·
 * `cancelled` on request · `fault` the cell itself failed.
 */
export const verdictEnds = [
  'completed',
  'threw',
  'exited',
  'signalled',
  'no-answer',
  'unsettled',
  'wall',
  'cpu',
  'memory',
  'output',
  'value',
  'cancelled',
  'fault',
] as const;

/** Longest texts in a verdict, in characters; cells cut longer ones, the engine refuses them. */
export const verdictTextMax = { name: 256, message: 65_536, stack: 65_536 } as const;
