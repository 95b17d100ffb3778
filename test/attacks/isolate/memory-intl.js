// tries: Intl objects: each holds tables of ICU that V8's heap limit does not count
// holds: the watchdog on the host process's resident memory, or the wall time
// threat: T3
// ends: memory_limit timeout
// request: {"limits":{"memoryMb":64,"timeoutMs":6000}}

const kept = [];
const locales = ['ar-u-nu-arab', 'zh-Hant', 'ja-u-ca-japanese', 'hi', 'th-u-ca-buddhist', 'de', 'fa'];
for (let i = 0; ; i += 1) {
  const locale = locales[i % locales.length];
  kept.push(new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'full', timeZone: 'Asia/Tokyo' }));
  kept.push(new Intl.NumberFormat(locale, { style: 'unit', unit: 'liter', notation: 'compact' }));
  kept.push(new Intl.Segmenter(locale, { granularity: 'word' }).segment('x'.repeat(10_000))[Symbol.iterator]());
  kept.push(new Intl.Collator(locale), new Intl.PluralRules(locale), new Intl.DisplayNames(locale, { type: 'region' }));
  kept.at(-6).formatToParts(i);
}
