#!/bin/sh
# Keeps a program running in its container; for launchers to source.
#   supervise PREPARE COMMAND...
# PREPARE is a function that returns when the program may start.
#
# A program that was killed is started again in the same container: Kubernetes would let it wait longer after each
# kill (CrashLoopBackOff), up to five minutes. A program that ends in another way ends the container with it, so that
# Kubernetes shows why. TERM goes on to the program, and its end is the container's.
#
# What the launcher and the lab tell each other are files of RUN_DIR, which live as long as the pod:
#   life         how often the program was started, when it was the last time, and whether it is waiting, running or
#                stopped: "3 2026-01-31T12:00:00Z running"
#   been-ready   made by the readiness probe, removed before each start
#   stop-wanted  as long as it is there, a program that has ended is not started again
RUN_DIR=${RUN_DIR:-/tmp}

starts=0
started_at=-
child=
is_ending=

supervise() {
  prepare=$1
  shift
  if [ -s "$RUN_DIR/life" ]; then read -r starts started_at _ <"$RUN_DIR/life"; fi
  # Without a trap a shell that is process 1 would ignore the signal.
  trap end_program TERM INT
  while :; do
    rm -f "$RUN_DIR/been-ready"
    record_state waiting
    stay_stopped
    "$prepare"
    if [ ! -e "$RUN_DIR/stop-wanted" ]; then run_program "$@"; fi
  done
}

end_program() {
  is_ending=yes
  if [ -z "$child" ]; then exit 143; fi
  kill -TERM "$child" 2>/dev/null || :
}

stay_stopped() {
  if [ ! -e "$RUN_DIR/stop-wanted" ]; then return; fi
  record_state stopped
  echo "stopped until $RUN_DIR/stop-wanted is gone"
  while [ -e "$RUN_DIR/stop-wanted" ]; do sleep 1; done
  record_state waiting
}

# One life of the program. Returns only when there is to be another one.
run_program() {
  starts=$((starts + 1))
  started_at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  "$@" &
  child=$!
  record_state running
  # A wait is cut short by a signal that is trapped; the program has ended when nobody is there to be signalled.
  status=0
  wait "$child" || status=$?
  while kill -0 "$child" 2>/dev/null; do
    status=0
    wait "$child" || status=$?
  done
  child=
  if [ -n "$is_ending" ]; then exit "$status"; fi
  if [ -e "$RUN_DIR/stop-wanted" ]; then return; fi
  case $status in
    137 | 143) echo "the program was killed by signal $((status - 128)); it is started again" ;;
    *) exit "$status" ;;
  esac
  sleep 1
}

# Readers never see half a line.
record_state() {
  echo "$starts $started_at $1" >"$RUN_DIR/life.new"
  mv "$RUN_DIR/life.new" "$RUN_DIR/life"
}
