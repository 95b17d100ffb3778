/** A folder of tests, which is a project of the runner's. */
export interface TestGroup {
  /** Name of the folder under `test/`. */
  readonly name: string;
  readonly needsDocker: boolean;
  /** How long one file takes here on two processors, in seconds: for an estimate before the first run. */
  readonly secondsPerFile: number;
}

/** All groups, those that fail first before those that take long. */
export const testGroups: readonly TestGroup[] = [
  { name: 'unit', needsDocker: false, secondsPerFile: 1 },
  { name: 'pins', needsDocker: false, secondsPerFile: 1 },
  { name: 'integration', needsDocker: true, secondsPerFile: 10 },
  { name: 'conformance', needsDocker: true, secondsPerFile: 60 },
  { name: 'attacks', needsDocker: true, secondsPerFile: 60 },
  { name: 'e2e', needsDocker: true, secondsPerFile: 10 },
];

/** The group that a test file belongs to. `path` is from the root of the repository. */
export function groupOf(path: string): string {
  return path.split('/')[1] ?? '';
}
