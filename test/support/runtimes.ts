/** OCI runtimes that containers are tested on: `HOTCELL_TEST_RUNTIMES=runc,runsc`. Default: runc. */
export const testRuntimes: readonly string[] = (process.env.HOTCELL_TEST_RUNTIMES ?? 'runc').split(',');
