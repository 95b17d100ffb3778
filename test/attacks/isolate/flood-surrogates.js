// tries: text that grows when it is encoded or cut: lone surrogates, combining marks, halves at the edges of pieces
// holds: the limits count bytes; what is kept is well-formed
// threat: T8
// ends: output_limit
// request: {"limits":{"outputKb":64,"timeoutMs":60000}}

const pieces = [
  '\ud800'.repeat(65_535),
  '\u{1f600}'.repeat(33_000),
  `${'a'.repeat(65_535)}\u{1f600}`,
  `e${'\u0301'.repeat(60_000)}`,
  '\udc00\ud800'.repeat(32_768),
  '\u0000\u001b]0;title\u0007'.repeat(5_000),
];
for (;;) for (const piece of pieces) console.log(piece);
