// tries: __proto__, constructor and toJSON as own names in a value, to poison code that merges it
// holds: they arrive as plain names; no prototype on the host's side changes
// threat: T4
// ends: success

JSON.parse(`{
  "__proto__": { "polluted": "yes", "status": "error", "toJSON": 1 },
  "constructor": { "prototype": { "polluted": "yes" } },
  "then": "not a function", "toString": null, "hasOwnProperty": 1,
  "nested": [{ "__proto__": { "polluted": "yes" } }]
}`);
