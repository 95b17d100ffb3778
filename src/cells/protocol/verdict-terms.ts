/** What both ends of a verdict know without its schema, which a host process would take long to load. */

/**
 * How a job ended, in the cell's words:
 * `completed` ran to its end · `threw` an exception, `error` has it · `exited` by itself, `exitCode` has the code ·
 * `signalled` killed by a signal that was not ours · `no-answer` a handler that is missing or gave none · `unsettled`
 * awaits what nothing can settle · `wall`, `cpu`, `memory`, `output`, `value` broke that limit · `cancelled` on request ·
 * `fault` the cell's own failure.
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

/** Longest texts that a verdict may carry, in characters; cells cut to these, the engine refuses more. */
export const verdictTextMax = { name: 256, message: 65_536, stack: 65_536 } as const;
