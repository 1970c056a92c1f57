#!/bin/sh
# Whether the ZooKeeper server of this pod serves clients as a member of a quorum. `ruok` would say only that it runs.
# Usage: is-serving.sh PORT
RUN_DIR=${RUN_DIR:-/tmp}

# No newline: a server that closes with a byte of it unread resets the connection, and its answer may be lost.
answer=$(printf srvr | nc -w 5 127.0.0.1 "$1" 2>/dev/null)
if printf '%s\n' "$answer" | grep -qE '^Mode: (leader|follower|standalone)'; then
  touch "$RUN_DIR/been-ready"
  exit 0
fi
printf '%s\n' "${answer:-no answer at port $1}"
exit 1
