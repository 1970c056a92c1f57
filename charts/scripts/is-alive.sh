#!/bin/sh
# Whether the program of this pod does what it should: when it runs, its port is open. One that waits for its turn or
# was stopped by a person is not helped by a restart.
# Usage: is-alive.sh PORT
RUN_DIR=${RUN_DIR:-/tmp}

read -r _ _ state <"$RUN_DIR/life" || exit 1
if [ "$state" != running ]; then exit 0; fi
exec sh "$(dirname "$0")/is-listening.sh" "$1"
