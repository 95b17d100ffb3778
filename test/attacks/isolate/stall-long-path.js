// tries: a path of 10^8 slashes, which a careless host would take apart into as many pieces
// holds: it is refused by its length, before the host looks into it
// threat: T2
// ends: success memory_limit
// request: {"limits":{"memoryMb":256,"timeoutMs":60000}}

let refused = 0;
for (const path of ['/'.repeat(1e8), './'.repeat(5e7), `/workspace/${'a/'.repeat(5e7)}`, 'x'.repeat(1e8)]) {
  for (const act of [
    () => context.files.write(path, ''),
    () => context.files.read(path),
    () => context.files.remove(path),
  ]) {
    try {
      act();
      console.log('BREACH', act.toString());
    } catch {
      refused += 1;
    }
  }
}
refused;
