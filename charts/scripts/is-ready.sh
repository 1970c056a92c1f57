#!/bin/sh
# Whether the broker of this pod is ready: once in this life it must have been in the ISR of everything that it hosts;
# from then on its port is enough, or a slow disk would take it from its clients.
# Usage: POD_NAME=kafka-0 is-ready.sh PORT LOG_DIR
RUN_DIR=${RUN_DIR:-/tmp}
here=$(dirname "$0")

if [ -e "$RUN_DIR/been-ready" ]; then exec sh "$here/is-listening.sh" "$1"; fi
sh "$here/is-in-sync.sh" "$@" && touch "$RUN_DIR/been-ready"
