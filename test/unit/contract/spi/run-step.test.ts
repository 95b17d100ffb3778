import { expect, test } from 'vitest';
import type { PreparationStep } from '../../../../src/contract/api/backend-reports.ts';
import { runStep } from '../../../../src/contract/spi/run-step.ts';

test('a step reports its beginning, its progress and its end', async () => {
  const steps: PreparationStep[] = [];
  const run = async (progress: (detail: string) => void): Promise<string> => {
    progress('half');
    return 'all of it';
  };
  await runStep('work', (step) => steps.push(step), run, 'starting');
  expect(steps).toEqual([
    { step: 'work', state: 'running', detail: 'starting' },
    { step: 'work', state: 'running', detail: 'half' },
    { step: 'work', state: 'done', detail: 'all of it' },
  ]);
});

test('a step that fails says why, and throws the same', async () => {
  const steps: PreparationStep[] = [];
  const error = new Error('no room');
  await expect(
    runStep(
      'work',
      (step) => steps.push(step),
      () => Promise.reject(error),
    ),
  ).rejects.toBe(error);
  expect(steps).toEqual([
    { step: 'work', state: 'running', detail: '' },
    { step: 'work', state: 'failed', detail: 'no room' },
  ]);
});
