// tries: property names of 16 MB, a hundred thousand of them on one object, and classes without end
// holds: the heap limit
// threat: T3
// ends: memory_limit error
// request: {"limits":{"memoryMb":32,"timeoutMs":30000}}

const object = {};
for (let i = 0; i < 3; i += 1) object['n'.repeat(2 ** 22) + i] = i;
for (let i = 0; i < 100_000; i += 1) object[`name ${i} ${Math.random()}`] = i;
Object.keys(object).sort();
for (let i = 0; ; i += 1)
  object[`more ${i}`] = class extends (object[`more ${i - 1}`] ?? Object) {
    static [`s${i}`] = { ...object };
  };
