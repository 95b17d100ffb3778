# tries: leave by /dev/tcp and /dev/udp: the canary's port on every address of the host, engines, metadata, resolvers
# holds: only the cell's own loopback can be reached, on which no server listens
# threat: T7
# ends: success
# proof: tried [0-9]{2,}

port=$(jq -r .canary.port "$HOTCELL_INPUTS")
tried=0
for host in $(jq -r '.canary.addresses[]' "$HOTCELL_INPUTS") 127.0.0.1 172.17.0.1 10.0.2.2 169.254.169.254 host.docker.internal localhost; do
  for at in "$port" 22 80 2375; do
    tried=$((tried + 1))
    if exec 9<>"/dev/tcp/$host/$at"; then
      echo "BREACH reached $host:$at"
      head -c 64 <&9
      exec 9<&-
    fi 2>/dev/null
  done
done
for server in 8.8.8.8 1.1.1.1 172.17.0.1; do
  tried=$((tried + 1))
  { exec 9<>"/dev/udp/$server/53" && printf 'leak' >&9 && echo "BREACH sent to $server"; } 2>/dev/null
done
getent hosts example.com && echo "BREACH resolved"
echo "tried $tried"
