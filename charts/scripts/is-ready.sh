#!/bin/sh
# Whether the broker of this pod is ready: once in this life it must have been in the ISR of everything that it hosts;
# from then on its port is enough, or a slow disk would take it from its clients.
# Usage: POD_NAME=kafka-0 is-ready.sh PORT LOG_DIR
RUN_DIR=${RUN_DIR:-/tmp}

if [ -e "$RUN_DIR/been-ready" ]; then
  nc -z -w 2 127.0.0.1 "$1" && exit 0
  echo "port $1 is not open"
  exit 1
fi
if sh "$(dirname "$0")/is-in-sync.sh" "$@"; then
  touch "$RUN_DIR/been-ready"
else
  exit 1
fi
