// tries: a value of 50 MB, and a longer one in bytes than in characters
// holds: limits.valueKb
// threat: T8
// ends: output_limit
// request: {"limits":{"memoryMb":256}}

({ plain: 'é'.repeat(600_000), escaped: '\u0001'.repeat(2_000_000), long: 'x'.repeat(50_000_000) });
