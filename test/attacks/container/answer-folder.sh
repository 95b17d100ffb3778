# tries: make the folder of the value file a link to a folder of the image's, and of the runner's process
# holds: the folder is not followed either; there is no value
# threat: T10
# ends: success
# proof: replaced

mv /workspace/.hotcell /workspace/old
mkdir /workspace/elsewhere
ln -s /etc/passwd /workspace/elsewhere/value.json
ln -s /workspace/elsewhere /workspace/.hotcell
[ -L /workspace/.hotcell ] && echo replaced
