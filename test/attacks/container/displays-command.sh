# tries: make the command hotcell show what it should not, or do what it is not for: foreign files, endless input, options, floods of progress
# holds: it reads with the guest's own rights, and fails with an exit code
# threat: T17
# ends: success
# request: { "limits": { "timeoutMs": 60000, "fileMb": 1 } }
# skip: wasm has no /etc/passwd, and its own program (wasm/displays-command.sh)
# proof: ^told 0 1 [01] 2 2 2$
exec 2>/dev/null
hotcell display "$(jq -r .canary.file "$HOTCELL_INPUTS")" && echo BREACH the canary
hotcell display /etc/passwd; a=$?
hotcell display /etc/shadow; b=$?
# gVisor shows it; nothing is in it (runner-metadata.py).
hotcell display /proc/1/environ; c=$?
hotcell display; d=$?
hotcell progress nan; e=$?
hotcell --version; f=$?
head -c 30000000 /dev/zero | hotcell display - image/png
for n in $(seq 40); do hotcell progress 0.5 "$(printf '\e[2J%d' "$n")" & done
wait
echo "told $a $b $c $d $e $f"
