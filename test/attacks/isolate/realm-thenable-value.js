// tries: a value whose "then" is run by trusted code, to catch the functions that it is given
// holds: "then" gets two functions of the guest's realm; settling twice or with itself changes nothing
// threat: T1
// ends: success
// proof: ^then 1$

let reads = 0;
const value = {
  get then() {
    reads += 1;
    if (reads > 2) return undefined;
    return (resolve, reject, ...more) => {
      console.log('then', 1);
      for (const given of [resolve, reject]) {
        if (!(given instanceof Function)) console.log('BREACH foreign function');
        try {
          if (given.caller) console.log('BREACH caller');
        } catch {}
      }
      if (more.length > 0) console.log('BREACH more arguments', more.length);
      resolve({ then: (again) => again('the value') });
      resolve('BREACH second');
      reject(new Error('BREACH third'));
      throw new Error('BREACH fourth');
    };
  },
};
value;
