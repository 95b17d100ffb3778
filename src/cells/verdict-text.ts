/**
 * Longest texts that a verdict may carry, in characters; cells cut to these, the engine refuses more. Apart from
 * `messages.ts`, whose schemas would cost a host process a fifth of its start.
 */
export const verdictTextMax = { name: 256, message: 65_536, stack: 65_536 } as const;
