#!/bin/sh
# Whether the broker of this pod is in the ISR of every partition that it hosts and that has a leader.
# Usage: POD_NAME=kafka-0 is-in-sync.sh PORT LOG_DIR
#
# The broker is asked about itself: it learns of every change of an ISR from the controller. Right after its start
# it knows nothing, which must not pass for "nothing is missing": it has to know itself, and, if there are partitions
# on its disk, some partition.
here=$(dirname "$0")

hosted=0
for directory in "$2"/*-[0-9]*; do
  case $directory in *-delete | *-future | *-stray) continue ;; esac
  if [ -d "$directory" ]; then hosted=1; fi
done

sh "$here/metadata.sh" 127.0.0.1 "$1" | awk -v me="${POD_NAME##*-}" -v hosted="$hosted" '
  function names_me(list) { return index("," list ",", "," me ",") > 0 }
  $1 == "broker" && $2 == me { is_known = 1 }
  $1 == "partition" { partitions++ }
  $1 == "partition" && $4 >= 0 && names_me($5) && !names_me($6) { behind++; example = $2 "-" $3 }
  END {
    if (!is_known) { print "broker " me " does not know itself yet"; exit 1 }
    if (hosted && !partitions) { print "broker " me " does not know the partitions on its disk yet"; exit 1 }
    if (behind) { print "broker " me " is behind on " behind " partitions, as " example; exit 1 }
  }'
