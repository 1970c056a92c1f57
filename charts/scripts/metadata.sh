#!/bin/sh
# Asks a broker for the metadata of the cluster as it knows it, and prints it as lines:
#   broker ID
#   partition TOPIC NUMBER LEADER REPLICAS IN-SYNC       (leader -1: none; lists as 0,1,2, an empty one as -)
# Fails without a whole answer.
# Usage: metadata.sh HOST PORT
#
# A JVM for each question costs a second of a core; this is one request of Kafka's protocol by nc, od and awk:
# Metadata, version 1, of all topics: https://kafka.apache.org/39/protocol.html#The_Messages_Metadata
# The request is its size, key 3, version 1, correlation 1, client id "probe", and null instead of a list of topics.
printf '\000\000\000\023\000\003\000\001\000\000\000\001\000\005probe\377\377\377\377' |
  nc -w 2 "$1" "$2" 2>/dev/null |
  od -An -v -tu1 |
  awk '
    function number(bytes,    value, end) {
      value = byte[at] >= 128 ? -1 : 0
      for (end = at + bytes; at < end; at++) value = value * 256 + byte[at]
      return value
    }
    function text(    length_, result) {
      for (length_ = number(2); length_ > 0; length_--) result = result sprintf("%c", byte[at++])
      return result
    }
    function list(    length_, result) {
      for (length_ = number(4); length_ > 0; length_--) result = result (result == "" ? "" : ",") number(4)
      return result == "" ? "-" : result
    }
    { for (field = 1; field <= NF; field++) byte[count++] = $field + 0 }
    END {
      at = 0
      if (count < 4 || count < 4 + number(4)) exit 1
      number(4)
      for (brokers = number(4); brokers > 0; brokers--) {
        print "broker", number(4)
        text(); number(4); text()
      }
      number(4)
      for (topics = number(4); topics > 0; topics--) {
        number(2); topic = text(); number(1)
        for (partitions = number(4); partitions > 0; partitions--) {
          number(2); partition = number(4); leader = number(4); replicas = list()
          print "partition", topic, partition, leader, replicas, list()
        }
      }
    }'
