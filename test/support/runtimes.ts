import { isGvisor } from '../../src/backends/docker/daemon/gvisor.ts';

/** OCI runtimes that containers are tested on: `HOTCELL_TEST_RUNTIMES=runc,runsc`. Default: runc. */
export const testRuntimes: readonly string[] = (process.env.HOTCELL_TEST_RUNTIMES ?? 'runc').split(',');

/** Those of them in whose containers the jobs of a tenant can be kept apart. */
export const tenantRuntimes: readonly string[] = testRuntimes.filter((runtime) => !isGvisor(runtime));
