/** A folder of tests, which is one project of the test runner. */
export interface TestGroup {
  /** Name of the folder under `test/`. */
  readonly name: string;
  readonly needsDocker: boolean;
  /** Typical seconds for one of its files on two processors: for an estimate before the first run. */
  readonly secondsPerFile: number;
}

/** All groups: first those that fail early, then those that take long. */
export const testGroups: readonly TestGroup[] = [
  { name: 'unit', needsDocker: false, secondsPerFile: 1 },
  { name: 'pins', needsDocker: false, secondsPerFile: 1 },
  { name: 'integration', needsDocker: true, secondsPerFile: 10 },
  { name: 'conformance', needsDocker: true, secondsPerFile: 60 },
  { name: 'attacks', needsDocker: true, secondsPerFile: 60 },
  { name: 'e2e', needsDocker: true, secondsPerFile: 10 },
];

/** The group of a test file. `path` is relative to the root of the repository. */
export function groupOf(path: string): string {
  return path.split('/')[1] ?? '';
}
