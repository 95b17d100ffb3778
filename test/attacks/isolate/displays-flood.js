// tries: displays and progress without end, large ones and many, all at once
// holds: the bounds hold, and neither the host nor the engine keeps more than them
// threat: T17
// ends: success
// request: { "limits": { "timeoutMs": 60000, "fileMb": 2, "diskMb": 8 } }
// proof: ^flooded$
for (let n = 0; n < 20; n += 1) display('x'.repeat(3_000_000));
for (let n = 0; n < 20; n += 1) display(new Uint8Array(1_900_000), 'image/png');
for (let n = 0; n < 2_000; n += 1) display(n);
for (let n = 0; n < 5_000; n += 1) hotcell.progress(n / 5_000, 'y'.repeat(5_000));
console.log('flooded');
