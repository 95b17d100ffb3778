#!/bin/sh
# Installs the packages of packages*.txt that the base image does not contain (a bootstrapped one contains them), and
# removes the files of leave-out.txt, if it exists.
set -eu
folder=$(dirname "$0")
packages=$(cat "$folder"/packages*.txt | sed 's/#.*//' | xargs)

missing=''
for package in $packages; do
  dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

export DEBIAN_FRONTEND=noninteractive
apt-get update
# shellcheck disable=SC2086 # one word a package
apt-get install --yes --no-install-recommends $missing
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*
if [ -f "$folder/leave-out.txt" ]; then
  patterns=$(sed '/^#/d' "$folder/leave-out.txt")
  cd /
  # shellcheck disable=SC2086 # patterns, to be expanded
  rm -rf $patterns
fi
