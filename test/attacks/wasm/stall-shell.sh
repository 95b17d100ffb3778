# tries: keep the interpreter of the shell busy: nested expansions, a regular expression, a loop without end
# holds: the clock stops it
# threat: T2
# ends: timeout error memory_limit
# request: {"limits": {"timeoutMs": 1500}}

[[ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab =~ ^(a+)+$ ]]
echo {1..200}{1..200} | wc -c
while :; do :; done
