#!/bin/sh
# Gives a ZooKeeper server its id, the ordinal of its pod plus one, and its place in the ensemble, and keeps it running.
# Usage: POD_NAME=zookeeper-0 launch-zookeeper.sh CONFIG_DIR DATA_DIR java ... DATA_DIR/conf/zoo.cfg
# CONFIG_DIR holds zoo.cfg, which names no server, and `servers`, the list of those that are wanted.
#
# Who votes is not decided by that list: two servers with different lists could both be in the right, and lead. It is
# ZooKeeper's own affair: a change is a transaction that a quorum of the old servers and one of the new ones agree on
# (https://zookeeper.apache.org/doc/r3.8.4/zookeeperReconfig.html), and each server keeps the newest list beside its
# data. The wanted list counts once, when an ensemble is new.
# - A server that has no vote yet joins those that serve as an observer, catches up, and asks for its vote then.
# - A server with an empty disk never votes before it has caught up: what it acknowledged may be lost with its disk. An
#   ensemble is new only when each of its servers has said of itself that it is.
# - A server that is not wanted any more, and does not answer, loses its vote.
set -eu

. "$(dirname "$0")/supervise.sh"
. "$(dirname "$0")/membership.sh"

config_dir=$1
data_dir=$2
shift 2

id=$((${POD_NAME##*-} + 1))
conf=$data_dir/conf/zoo.cfg
wanted=$config_dir/servers
settler=
announcer=
attempt=0
next_line=1

prepare_server() {
  if [ -n "$settler" ]; then kill "$settler" 2>/dev/null || :; fi
  mkdir -p "$data_dir/conf"
  echo "$id" >"$data_dir/myid"
  # In this line ZooKeeper names the file of the newest list that it has agreed to.
  list=$(sed -n 's/^dynamicConfigFile=//p' "$conf" 2>/dev/null || :)
  if [ ! -f "$list" ]; then list=; fi
  until choose_list; do
    if [ -e "$RUN_DIR/stop-wanted" ]; then break; fi
    sleep 1
  done
  stop_announcing
  if [ -e "$RUN_DIR/stop-wanted" ]; then return; fi
  { cat "$config_dir/zoo.cfg"; echo "dynamicConfigFile=$list"; } >"$conf.new"
  mv "$conf.new" "$conf"
  settle &
  settler=$!
}

# Finds the list to start with. Fails as long as there is none.
choose_list() {
  look_around
  if [ -n "$members" ]; then
    join_members
  elif [ -e "$data_dir/initialize" ]; then
    # A person has decided, as ZooKeeper's manual has it.
    keep_list "$(cat "$wanted")"
  elif is_new; then
    found_ensemble
  elif [ -z "$list" ]; then
    # Its data are of a time when all servers had one list in a file.
    keep_list "$(cat "$wanted")"
  fi
}

join_members() {
  if is_voter "$id" "$members"; then
    if [ -z "$list" ]; then keep_list "$members"; fi
  elif [ -z "$own" ]; then
    say_rarely "server $id is not wanted, and waits until it is"
    return 1
  else
    echo "server $id joins an ensemble that serves"
    keep_list "$members
$(printf '%s\n' "$own" | sed 's/:participant;/:observer;/')"
  fi
}

found_ensemble() {
  if [ -n "$strangers" ]; then
    announce
    say_rarely "server $id has an empty disk, and waits until the others serve or all are new; not so yet:$strangers"
    return 1
  fi
  echo "server $id founds an ensemble with the others, which are all new"
  touch "$data_dir/initialize"
  keep_list "$(cat "$wanted")"
}

# ZooKeeper adds a version to the name of the file when it agrees on a list.
keep_list() {
  list=$conf.dynamic
  printf '%s\n' "$1" | complete_lines >"$list"
}

# Whether nothing is on the disk that this server could have acknowledged: snapshot.0 is the empty tree.
is_new() {
  ! ls "$data_dir/version-2" 2>/dev/null | grep -v '^snapshot\.0$' | grep -q '^\(log\|snapshot\)\.'
}

# Says at the port for clients, to whoever asks, that this server is new, and who else it knows to be.
announce() {
  echo "new $id greets$greeted" >"$RUN_DIR/announcement.new"
  mv "$RUN_DIR/announcement.new" "$RUN_DIR/announcement"
  if [ -n "$announcer" ]; then return; fi
  while [ -e "$RUN_DIR/announcement" ]; do
    nc $end_after -l -p "$(port_of "$own")" <"$RUN_DIR/announcement" >/dev/null 2>&1 || sleep 1
  done &
  announcer=$!
}

stop_announcing() {
  if [ -z "$announcer" ]; then return; fi
  rm -f "$RUN_DIR/announcement"
  # It waits for somebody to ask.
  while kill -0 "$announcer" 2>/dev/null; do ask conf "$own" >/dev/null; done
  announcer=
}

# Its lines get rarer, so that they stay few.
say_rarely() {
  attempt=$((attempt + 1))
  if [ "$attempt" -lt "$next_line" ]; then return; fi
  echo "$1 (attempt $attempt)"
  next_line=$((next_line * 2))
}

end_company() {
  rm -f "$RUN_DIR/announcement"
  if [ -n "$settler" ]; then kill "$settler" 2>/dev/null || :; fi
}

trap end_company EXIT
supervise prepare_server "$@"
