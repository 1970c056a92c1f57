#!/bin/sh
# Keeps the broker of this pod running, and starts it as soon as ZooKeeper lets it: there must be a quorum, and the
# session of the broker's earlier life must be over. A broker that starts sooner dies of NodeExistsException.
# Waits without end, because a restart would change nothing; its log lines get rarer, so that they stay few.
# Usage: POD_NAME=kafka-0 launch-kafka.sh CONFIG_DIR LINK java ... LINK
set -eu

. "$(dirname "$0")/supervise.sh"

ordinal=${POD_NAME##*-}
config=$1/server-$ordinal.properties
link=$2
shift 2

servers=$(sed -n 's/^zookeeper\.connect=//p' "$config" | tr ',' ' ')

# Prints what there is to wait for, or nothing. Every server that serves knows all ephemeral nodes, but a follower
# may be late: one that still lists the broker decides, and a majority must have had a say.
find_obstacle() {
  asked=0
  serving=0
  for server in $servers; do
    asked=$((asked + 1))
    # No newline, as in is-serving.sh.
    answer=$(printf dump | nc -w 2 "${server%:*}" "${server##*:}" 2>/dev/null || :)
    case $answer in *'ephemeral nodes dump:'*) serving=$((serving + 1)) ;; esac
    if printf '%s\n' "$answer" | grep -q "/brokers/ids/$ordinal\$"; then
      echo "the earlier ZooKeeper session of broker $ordinal to end"
      return
    fi
  done
  if [ $((serving * 2)) -le "$asked" ]; then
    echo "a ZooKeeper quorum: $serving of $asked servers serve"
  fi
}

wait_for_turn() {
  attempt=0
  next_line=1
  while obstacle=$(find_obstacle) && [ -n "$obstacle" ]; do
    attempt=$((attempt + 1))
    if [ "$attempt" -ge "$next_line" ]; then
      echo "broker $ordinal waits for $obstacle (attempt $attempt)"
      next_line=$((next_line * 2))
    fi
    if [ -e "$RUN_DIR/stop-wanted" ]; then return; fi
    sleep 1
  done
  ln -sf "$config" "$link"
}

supervise wait_for_turn "$@"
