// tries: timers that clear, refresh and start one another from their own callbacks and conversions
// holds: the list of timers stays sound and the job ends
// threat: T1
// ends: success
// proof: ^fired \d+

let fired = 0;
const handles = [];
for (let i = 0; i < 200; i += 1) {
  handles.push(
    setInterval(
      () => {
        fired += 1;
        handles[i].refresh();
        handles[(i * 7) % 200].close();
        handles[(i * 3) % 200].unref().ref();
        clearInterval({ valueOf: () => i, [Symbol.toPrimitive]: () => clearInterval(handles[i]) });
        clearTimeout(handles[i]);
        clearTimeout(handles[i]);
      },
      { valueOf: () => (handles[i - 1]?.refresh(), i % 5) },
    ),
  );
}
clearTimeout(-1);
clearTimeout('__proto__');
clearTimeout('constructor');
clearTimeout(Number.MAX_VALUE);
setTimeout(() => {
  for (const handle of handles) clearInterval(handle);
  console.log('fired', fired);
}, 100);
