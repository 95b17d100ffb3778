// tries: call tools a million times without waiting for one answer, then with large inputs
// holds: what is not yet at the host lies in the guest's own memory, and the host is asked no more than its limit
// threat: T16
// ends: memory_limit timeout error success
// tools: yes
// request: { "limits": { "timeoutMs": 3000 } }

const large = 'x'.repeat(900_000);
for (let n = 0; n < 1_000_000; n += 1) tools.echo(n).catch(() => {});
for (let n = 0; n < 1_000; n += 1) tools.echo(large).catch(() => {});
let answered = 0;
for (let n = 0; n < 20; n += 1)
  answered += await tools.echo(1).then(
    () => 1,
    () => 0,
  );
console.log('answered', answered);
