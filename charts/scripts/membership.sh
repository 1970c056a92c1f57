#!/bin/sh
# Who is in the ensemble, and changes of it; for launch-zookeeper.sh to source, which sets id, config_dir and wanted.
# A line of a list: server.1=HOST:2888:3888:participant;0.0.0.0:2181

greeted=' '
knowing=' '

line_of() { grep "^server\.$1=" "$wanted" || :; }
port_of() { echo "${1##*:}"; }
id_of() {
  name=${1%%=*}
  echo "${name#server.}"
}
host_of() {
  if [ "$(id_of "$1")" = "$id" ]; then echo 127.0.0.1; return; fi
  address=${1#*=}
  echo "${address%%:*}"
}
is_voter() { printf '%s\n' "$2" | grep -q "^server\.$1=.*:participant"; }

# OpenBSD's nc is told to end its side when it has asked, or one that listens would wait; others do so by themselves.
if nc -h 2>&1 | grep -q '^[[:space:]]*-N[[:space:]]'; then end_after=-N; else end_after=; fi

# No newline, as in is-serving.sh.
ask() { printf %s "$1" | nc $end_after -w 2 "$(host_of "$2")" "$(port_of "$2")" 2>/dev/null || :; }

read_members() { ask conf "$1" | grep '^server\.[0-9]*=' || :; }

# Servers of a time before lists changed do not tell the ports for clients.
complete_lines() {
  awk -F= 'NR == FNR { wanted[$1] = $0; next } { print ($0 !~ /;/ && $1 in wanted) ? wanted[$1] : $0 }' "$wanted" -
}

# Asks every other wanted server. Leaves the list of the first that serves in `members`, and its line in `serving`;
# who has said that it is new in `greeted`, and who that is new knows this one in `knowing`; the others in `strangers`. Once
# said it holds: an announcement is heard by one at a time, and not each time that somebody asks.
look_around() {
  own=$(line_of "$id")
  members=
  strangers=
  for line in $(grep -v "^server\.$id=" "$wanted" || :); do
    other=$(id_of "$line")
    answer=$(ask conf "$line")
    case $answer in
      *membership:*)
        serving=$line
        members=$(printf '%s\n' "$answer" | grep '^server\.[0-9]*=')
        return
        ;;
      'new '*)
        case $greeted in *" $other "*) ;; *) greeted="$greeted$other " ;; esac
        case "${answer#*greets} " in *" $id "*) knowing="$knowing$other " ;; esac
        ;;
      *serving*)
        # Who was new, and runs, has been greeted by all.
        case $greeted in *" $other "*) knowing="$knowing$other " ;; esac
        ;;
    esac
    case $knowing in *" $other "*) ;; *) strangers="$strangers $other" ;; esac
  done
}

# Runs beside the server until it has its vote, and nobody has one who is neither wanted nor there.
settle() {
  silent=' '
  rounds=0
  while kill -0 "$$" 2>/dev/null; do
    # Without the launcher's output: it ends when the launcher does.
    sleep 2 >/dev/null 2>&1
    rounds=$((rounds + 1))
    own=$(line_of "$id")
    if [ -z "$own" ]; then return; fi
    serving=$own
    members=$(read_members "$own")
    # A server that lost its vote while it was away does not find its way back by itself.
    if [ -z "$members" ] && [ $((rounds % 10)) -eq 0 ]; then look_around; fi
    if [ -z "$members" ]; then continue; fi
    if ! is_voter "$id" "$members"; then
      change_members -add "$own"
    elif ! remove_gone; then
      return
    fi
  done
}

# Takes their votes from those who are not wanted and were silent twice in a row. Fails when all are wanted.
remove_gone() {
  unwanted=
  heard=
  for line in $members; do
    other=$(id_of "$line")
    if [ -n "$(line_of "$other")" ]; then continue; fi
    unwanted=yes
    if [ -n "$(ask ruok "$line")" ]; then continue; fi
    case $silent in *" $other "*) change_members -remove "$other" ;; *) heard="$heard$other " ;; esac
  done
  silent=" $heard"
  [ -n "$unwanted" ]
}

# A change of the ensemble, by a client of ZooKeeper's own: -add LINE or -remove ID.
change_members() {
  if said=$(java "@$config_dir/zookeeper-client.args" -server "$(host_of "$serving"):$(port_of "$serving")" reconfig "$@" 2>&1); then
    echo "the ensemble has changed: $*"
  else
    echo "the ensemble could not be changed ($*): $(printf '%s\n' "$said" | grep -v '^[[:space:]]*at ' | tail -n 1)"
  fi
}
