#!/bin/sh
# Gives a ZooKeeper server its id, the ordinal of its pod plus one, and becomes the server.
# Usage: POD_NAME=zookeeper-0 launch-zookeeper.sh DATA_DIR java ...
set -eu

data_dir=$1
shift

mkdir -p "$data_dir"
echo $((${POD_NAME##*-} + 1)) >"$data_dir/myid"

# The JVM takes this process, so that it gets the signals.
exec "$@"
