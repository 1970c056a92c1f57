#!/bin/sh
# Whether somebody listens on a TCP port in this pod, by the kernel's own list: a connection would have to be told to end,
# and not every nc can do that.
# Usage: is-listening.sh PORT
cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
  awk -v port=":$(printf '%04X' "$1")" '
    # Local address and state; 0A is LISTEN.
    $4 == "0A" && substr($2, length($2) - 4) == port { found = 1 }
    END { exit !found }' && exit 0
echo "port $1 is not open"
exit 1
