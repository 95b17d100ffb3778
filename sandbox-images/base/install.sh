#!/bin/sh
# Installs packages.txt where the base image does not bring the packages already, as a bootstrapped one does.
set -eu
packages=$(sed 's/#.*//' "$(dirname "$0")/packages.txt" | xargs)

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
