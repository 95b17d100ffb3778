import { isGvisor } from '../../src/backends/docker/daemon/gvisor.ts';

/** OCI runtimes that containers are tested on: `HOTCELL_TEST_RUNTIMES=runc,runsc`. Default: runc. */
export const testRuntimes: readonly string[] = (process.env.HOTCELL_TEST_RUNTIMES ?? 'runc').split(',');

/** The runtimes that can separate the jobs of a tenant inside one container. */
export const tenantRuntimes: readonly string[] = testRuntimes.filter((runtime) => !isGvisor(runtime));
