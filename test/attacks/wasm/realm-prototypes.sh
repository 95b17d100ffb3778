# tries: reach JavaScript's own names by variables, arrays, functions and keys of jq called as these
# holds: names are only names
# threat: T4
# ends: success error
# proof: named

declare -A map
map[__proto__]=polluted
map[constructor]=polluted
__proto__=x; constructor=y; toString() { echo called; }
toString
echo "named ${map[__proto__]} ${constructor}"
echo '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}' | jq -c '.["__proto__"], .constructor'
echo '{}' | jq -c '.polluted, .toString, .valueOf'
awk 'BEGIN { a["__proto__"] = 1; a["constructor"] = 2; for (k in a) print k, a[k] }'
