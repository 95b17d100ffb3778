// tries: comparators that lie, throw late, change the array while it is sorted and sort it again inside
// holds: the run ends at its wall time; the array is the guest's own affair
// threat: T2
// ends: timeout memory_limit
// request: {"limits":{"timeoutMs":1500}}

const array = Array.from({ length: 2_000 }, (_, index) => index);
for (;;) {
  let calls = 0;
  array.sort(() => {
    calls += 1;
    if (calls % 500 === 0) array.length = calls % 1_000;
    if (calls % 700 === 0) array.push(...array.slice(0, 100));
    if (calls === 1_500) array.sort(() => -1);
    return calls % 3 ? 1 : -1;
  });
  array.length = 2_000;
}
