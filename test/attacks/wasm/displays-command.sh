# tries: make the command hotcell show what it should not, or do what it is not for: foreign files, a folder, the script's own streams, options, floods of displays and progress
# holds: it reads the guest's own files alone, fails with an exit code, and the bounds hold
# threat: T17
# ends: success
# request: { "limits": { "timeoutMs": 60000, "fileMb": 1, "diskMb": 2 } }
# proof: ^told 1 1 1 1 2 2 2$
exec 2>/dev/null
hotcell display "$(jq -r .canary.file "$HOTCELL_INPUTS")" && echo BREACH the canary
hotcell display /etc/shadow; a=$?
hotcell display ../../../etc/passwd; b=$?
hotcell display /dev/.stdout; c=$?
hotcell display /workspace; d=$?
hotcell display; e=$?
hotcell progress nan; f=$?
hotcell --version; g=$?
seq 200000 | hotcell display - image/png
for n in $(seq 400); do hotcell progress 0.5 "$(printf '\033[2J%d' "$n")"; echo "$n" | hotcell display - 'text/html
X: y'; done
echo "told $a $b $c $d $e $f $g"
