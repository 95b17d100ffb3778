# tries: names of bytes that are not text, and of commands, made with a shell's own means
# holds: names that are not paths of the contract are dropped; nothing ever passes through a shell
# threat: T10
# ends: success
# proof: made

cd output || exit
: >$'\xff\xfe' && : >$'new\nline' && : >$'\e[31mred' && : >$'back\\slash' && : >$'bell\a'
: >'$(touch /tmp/breach)' && : >'`id`' && : >'; rm -rf x' && : >'--checkpoint-action=exec=sh' && : >'-'
: >"$(printf 'x%.0s' {1..255})" && : >'...' && : >' ' && : >'%s%n'
mkdir -p '..a/..b/.. ' && : >'..a/..b/.. /file'
mkdir $'\xc3' && : >$'\xc3/file'
echo made
