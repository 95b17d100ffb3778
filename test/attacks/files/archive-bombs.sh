# tries: archives among the artifacts that would unfold beyond measure, or onto the host, were they unpacked
# holds: an artifact is bytes; nothing unpacks it
# threat: T10
# ends: success
# proof: made

head -c 8M /dev/zero | gzip -9 | gzip -9 >output/bomb.gz.gz
head -c 8M /dev/zero | bzip2 >output/bomb.bz2
ln -s / top
tar -cPf output/links.tar top
tar -cPf output/absolute.tar /etc/hostname ../etc/hosts 2>/dev/null
zip -q --symlinks output/links.zip top
printf 'BREACH\n' | rev | tar -cf output/hidden.tar --transform 's,.*,../../../tmp/x,' -P /dev/null 2>/dev/null
echo made
