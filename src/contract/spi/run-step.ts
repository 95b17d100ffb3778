import type { PreparationStep } from '../api/backend-reports.ts';
import { textOfThrown } from '../schema/thrown.ts';

/**
 * Runs one step of a preparation and reports its start, its progress and its end.
 * @param run returns the detail of the end
 * @param detail the detail of the start
 */
export async function runStep(
  step: string,
  report: (step: PreparationStep) => void,
  run: (progress: (detail: string) => void) => Promise<string>,
  detail = '',
): Promise<void> {
  const progress = (line: string): void => report({ step, state: 'running', detail: line });
  progress(detail);
  let end: string;
  try {
    end = await run(progress);
  } catch (error) {
    report({ step, state: 'failed', detail: textOfThrown(error) });
    throw error;
  }
  report({ step, state: 'done', detail: end });
}
