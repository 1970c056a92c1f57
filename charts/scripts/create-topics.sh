#!/bin/sh
# Creates the topics of a list and raises their partitions; never lowers them, and leaves what is there alone.
# Usage: create-topics.sh HOST:PORT BROKERS LIST java ... TopicCommand
# A line of the list is TOPIC PARTITIONS OPTIONS..., the options as TopicCommand has them.
# Waits until the number of BROKERS is there, so that the copies spread over all of them; the Job bounds the wait.
set -eu

here=$(dirname "$0")
bootstrap=$1
wanted_brokers=$2
topics=$3
shift 3

trap 'exit 143' TERM INT

attempt=0
next_line=1
while metadata=$(sh "$here/metadata.sh" "${bootstrap%:*}" "${bootstrap##*:}" || :) &&
  brokers=$(printf '%s\n' "$metadata" | grep -c '^broker ' || :) && [ "$brokers" -lt "$wanted_brokers" ]; do
  attempt=$((attempt + 1))
  if [ "$attempt" -ge "$next_line" ]; then
    echo "waiting for brokers: $brokers of $wanted_brokers (attempt $attempt)"
    next_line=$((next_line * 2))
  fi
  sleep 1
done

# The list of topics is on standard input: what runs inside the loop must not read it.
while read -r topic partitions options; do
  present=$(printf '%s\n' "$metadata" | awk -v topic="$topic" '$1 == "partition" && $2 == topic { n++ } END { print n + 0 }')
  if [ "$present" -eq 0 ]; then
    # The options are meant to be split.
    # shellcheck disable=SC2086
    "$@" --bootstrap-server "$bootstrap" --create --if-not-exists --topic "$topic" \
      --partitions "$partitions" $options </dev/null
  elif [ "$present" -lt "$partitions" ]; then
    "$@" --bootstrap-server "$bootstrap" --alter --topic "$topic" --partitions "$partitions" </dev/null
    echo "$topic: raised from $present to $partitions partitions"
  else
    echo "$topic: is there with $present partitions"
  fi
done <"$topics"
