import { identifierSchema } from '../contract/api/request.ts';
import type { ExecutionContext } from '../contract/spi/executor.ts';
import { readCallerValue } from '../support/caller-values.ts';
import { newTraceId } from '../support/ids.ts';

const usualTenant = 'default';

/**
 * The context of a call that the embedding program makes. The program is trusted, so its request names the tenant. If
 * the tenant cannot be read, the check of the request refuses it later. Never throws.
 */
export function embedderContext(given: unknown, signal: AbortSignal = new AbortController().signal): ExecutionContext {
  return { tenant: readTenant(given), traceId: newTraceId(), signal };
}

function readTenant(given: unknown): string {
  try {
    const parsed = readCallerValue(() => identifierSchema.safeParse((given as { tenant?: unknown } | null)?.tenant));
    return parsed.success ? parsed.data : usualTenant;
  } catch {
    return usualTenant;
  }
}
