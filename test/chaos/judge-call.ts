import { type ExecutionResult, executionResultSchema } from 'hotcell';
import { markPattern } from './guest.ts';
import type { PlannedCall } from './load-mix.ts';

/**
 * The assessment of a result. `right`: as the guest must end. `disturbed`: a typed failure, which needs a fault as its
 * cause. `slowed`: out of time, which needs a paused target as its cause. `wrong`: no fault can explain it. `lost`:
 * there is no result.
 */
export type Worth = 'right' | 'disturbed' | 'slowed' | 'wrong' | 'lost';

/** A call's assessment, and the reason if it is not `right`. */
export interface InterpreterOutcome {
  readonly worth: Worth;
  readonly why: string;
}

/** Codes that a fault in cell, host process, daemon or queue may give to any call. */
const disturbances: readonly string[] = ['CELL_LOST', 'BACKEND_UNAVAILABLE', 'QUEUE_TIMEOUT', 'QUEUE_FULL'];

/** Assesses a result by its guest's rules, and by the rules for all results. */
export function judgeCall(call: PlannedCall, result: ExecutionResult): InterpreterOutcome {
  const breach = findBreach(call, result);
  if (breach !== undefined) return { worth: 'wrong', why: breach };
  const end = result.error?.code ?? 'success';
  if (call.guest.ends.includes(end)) {
    const why = call.guest.check?.(result, call);
    return why === undefined ? { worth: 'right', why: '' } : { worth: 'wrong', why };
  }
  const why = `it ended with ${end} (${result.error?.message ?? ''}), not with ${call.guest.ends.join(' or ')}`;
  if (disturbances.includes(end)) return { worth: 'disturbed', why };
  return { worth: end === 'WALL_TIMEOUT' ? 'slowed' : 'wrong', why };
}

/** Checks the rules for all results, however they ended. */
function findBreach(call: PlannedCall, result: ExecutionResult): string | undefined {
  const { error } = executionResultSchema.safeParse(result);
  if (error) return `it breaks its schema: ${error.message}`;
  if (result.tenant !== call.tenant) return `it belongs to the tenant ${result.tenant}, not to ${call.tenant}`;
  if (call.guest.tool !== undefined && result.tool?.callId !== call.mark) {
    return `it answers the tool call ${result.tool?.callId}`;
  }
  if (result.error?.ran === 'no' && (result.stdout !== '' || result.value !== undefined)) {
    return 'it says that nothing ran, but it has output';
  }
  const texts = [result.stdout, result.stderr, JSON.stringify(result.value ?? null), result.error?.message ?? ''];
  const files = result.artifacts.map(({ content }) => Buffer.from(content).toString());
  const foreign = [...texts, ...files]
    .flatMap((text) => text.match(markPattern) ?? [])
    .find((mark) => mark !== call.mark);
  return foreign === undefined ? undefined : `it holds ${foreign}, which belongs to another call`;
}
