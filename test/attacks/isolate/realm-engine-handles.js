// tries: the names and symbols under which isolated-vm and V8 keep their own objects
// holds: none of them is in the realm, by name, by symbol or by native syntax
// threat: T1
// ends: success
// proof: ^asked \d\d

let asked = 0;
const names = [
  'ivm',
  '_ivm',
  '$isolatedVm',
  'isolate',
  'Isolate',
  'Reference',
  'ExternalCopy',
  'Callback',
  'Module',
  'Script',
  '_global',
  '$0',
  '$exports',
  'bootstrap',
  'InspectorSession',
  'gc',
  'd8',
  'load',
  'print',
  'read',
  'version',
  'quit',
  'Worker',
  'Realm',
  'ShadowRealm',
  'internalBinding',
  'primordials',
  'compileFunction',
];
for (const name of names) {
  asked += 1;
  if (Function(`return typeof ${name}`)() !== 'undefined') console.log('BREACH', name);
}
// What a guest shows progress with and what its imports ask, and nothing else of that name.
asked += 1;
if (
  Reflect.ownKeys(hotcell).join() !== 'progress,require' ||
  hotcell.progress.constructor !== Function ||
  hotcell.require.constructor !== Function
)
  console.log('BREACH', 'hotcell');
for (const key of Reflect.ownKeys(globalThis)) {
  if (typeof key === 'symbol' && key !== Symbol.toStringTag) console.log('BREACH', key.toString());
}
for (const code of [
  '%GetOptimizationStatus(x)',
  '%DebugPrint(1)',
  '%Abort(1)',
  '%_IsSmi(1)',
  'new.target',
  'super.x',
]) {
  asked += 1;
  try {
    Function(`return () => { ${code} }`);
    if (code.startsWith('%')) console.log('BREACH', code);
  } catch {}
}
debugger;
console.log('asked', asked);
