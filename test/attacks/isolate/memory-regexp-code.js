// tries: to compile regular expressions whose programs are far larger than their text
// holds: V8's own bounds, the watchdog, or the wall time
// threat: T3
// ends: memory_limit timeout
// request: {"limits":{"memoryMb":64,"timeoutMs":4000}}

const kept = [];
for (let i = 0; ; i += 1) {
  for (const source of [
    `(?:a{1,1000}){1,${1_000 + i}}`,
    `(?:[^]{0,500}${i}){0,200}`,
    `(${'(?:a|b|c|d)?'.repeat(5_000)})${i}`,
    `[\\p{L}\\p{N}${i}]{900}`,
  ]) {
    try {
      const expression = new RegExp(source, 'u');
      expression.test('aaaa');
      expression.test('ab\u{1f600}');
      kept.push(expression);
    } catch (error) {
      if (!(error instanceof Error)) console.log('BREACH foreign error');
    }
  }
}
