# tries: links among the artifacts, made with what a shell has, named like what they are not
# holds: no link is followed
# threat: T10
# ends: success
# proof: made

echo 'BREACH followed a link' >outside
canary=$(jq -r .canary.file "$HOTCELL_INPUTS")
ln -s "$canary" output/canary.txt
ln -s ../outside output/data.csv
ln -s /workspace/outside output/again.json
ln -s /proc/self/root"$canary" output/root
ln -s . output/here
ln -s / output/everything
cp -rs /etc output/etc 2>/dev/null
echo made
