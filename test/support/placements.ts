import { testRuntimes } from './runtimes.ts';

/** One placement of the host processes of isolates; a container has a runtime. */
export interface IsolatePlace {
  readonly placement: 'process' | 'container';
  readonly runtime?: string | undefined;
}

/** Placements of isolates in the tests: `HOTCELL_TEST_PLACEMENTS=process,container`, by default `process`. */
export const testPlaces: readonly IsolatePlace[] = (process.env.HOTCELL_TEST_PLACEMENTS ?? 'process')
  .split(',')
  .flatMap((placement): IsolatePlace[] => {
    if (placement === 'process') return [{ placement }];
    if (placement === 'container') return testRuntimes.map((runtime) => ({ placement, runtime }));
    throw new Error(`HOTCELL_TEST_PLACEMENTS names "${placement}"; it is process, container, or both with a comma.`);
  });
