# tries: change the script while the shell reads it, its inputs and the folder of both, and have them collected
# holds: they are the guest's own; the script's file is never an artifact, and a new one is only a file
# threat: T10
# ends: success
# proof: changed
# request: {"collect": ["**"]}
# skip: wasm has no file for the script

cp "$0" kept
printf '\necho changed\n' >>"$0"
echo '{"canary": "replaced"}' >"$HOTCELL_INPUTS"
mkdir -p .hotcell/more && echo 'BREACH the cell'"'"'s own folder' >.hotcell/more/file
rm kept
