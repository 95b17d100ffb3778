// tries: names, lines and stacks that lie: other files, lines beyond the end, megabytes of text, control characters
// holds: bounded texts; a line is a whole number or absent
// threat: T4
// ends: error
// proof: ^lying$

console.log('lying');
const error = new TypeError('\u001b[2J\u0000\u0007\r\u2028\ud800'.repeat(100_000));
error.name = `${'N'.repeat(1_000_000)}\n\ud800`;
error.stack = `Error: x\n    at main.js:999999999999999999999:1e9\n    at file:///etc/passwd:1:1\n    at hotcell:realm:1:1\n${'    at main.js:-1:-1\n'.repeat(100_000)}`;
error.line = { valueOf: () => NaN };
throw error;
