// tries: to search an array of 2^32 holes in native code, again and again
// holds: the run ends in its time, if need be with its host process
// threat: T2
// ends: timeout memory_limit success
// request: {"limits":{"timeoutMs":1500}}

const holes = [];
holes[2 ** 32 - 2] = 1;
holes.indexOf(2) + holes.lastIndexOf(0) + holes.join('').length + holes.reverse().length;
