# tries: carry a secret out by what a shell has: tracing, errors, names, pipes of encoders, its own value and handler
# holds: each form is redacted
# threat: T11
# ends: error
# proof: ^\[redacted:KEY\]$
# request: {"secrets": {"KEY": "BREACH-of-the-secret-4711"}}

echo "$KEY"
set -x
: "$KEY"
"$KEY" 2>&1
mkdir -p "output/$KEY" && echo "$KEY" >"output/$KEY/$KEY"
env | grep KEY
printf '%q\n' "$KEY"
for ((at = 0; at < ${#KEY}; at++)); do printf '%s' "${KEY:at:1}"; done
echo
jq -n --arg key "$KEY" '{($key): [$key, {nested: $key}]}' >"$HOTCELL_VALUE"
exit 3
