#!/bin/sh
# Gives a ZooKeeper server its id, the ordinal of its pod plus one, and keeps the server running.
# Usage: POD_NAME=zookeeper-0 launch-zookeeper.sh DATA_DIR java ...
set -eu

. "$(dirname "$0")/supervise.sh"

data_dir=$1
shift

write_id() {
  mkdir -p "$data_dir"
  echo $((${POD_NAME##*-} + 1)) >"$data_dir/myid"
}

supervise write_id "$@"
