// tries: an error whose message, name, stack and causes are tens of megabytes each
// holds: texts are cut before they leave the guest
// threat: T8
// ends: error
// request: {"limits":{"memoryMb":256}}

const big = 'E'.repeat(20_000_000);
const error = new Error(big, { cause: new AggregateError([new Error(big)], big) });
error.name = big;
error.stack = `${big}\n    at main.js:1:1\n${big}`;
throw error;
