// tries: millions of tiny writes, which cost the host more than they weigh
// holds: the guest is held back while its output is not taken, and stopped at the flood limit or its wall time
// threat: T8
// ends: output_limit timeout
// request: {"limits":{"outputKb":64,"timeoutMs":5000}}

for (;;) {
  console.log('');
  console.error('');
}
