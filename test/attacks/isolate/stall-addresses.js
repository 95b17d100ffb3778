// tries: addresses that take long to parse, so that the host's own thread does the guest's work
// holds: their length is bounded; the run ends at its wall time and neighbours in the process go on
// threat: T2
// ends: timeout
// proof: ^parsing$
// request: {"limits":{"timeoutMs":2000}}

console.log('parsing');
const hosts = [
  'xn--'.repeat(16_000),
  'ü'.repeat(65_000),
  'a.'.repeat(32_000),
  `[${':'.repeat(65_000)}]`,
  '0x7f.'.repeat(13_000),
  '%41'.repeat(20_000),
  'ß'.repeat(60_000),
  `${'é'.repeat(60)}.`.repeat(500),
];
for (;;) {
  for (const host of hosts) {
    try {
      const url = new URL(`http://${host}/${'../'.repeat(100)}`);
      url.searchParams.append(host, host);
      url.host = host;
    } catch {}
    try {
      new URL('../'.repeat(20_000), 'http://a/b/c');
      const url = new URL('http://a');
      url.search = '?'.repeat(60_000);
      url.hash = '\u{1f600}'.repeat(16_000);
    } catch {}
  }
}
