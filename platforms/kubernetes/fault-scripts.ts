import type { FaultKind } from '../../lib/contracts/replica.ts';

interface FaultCommandOptions {
  /** What the fault is done to: the container's main program, as its executable is called, or begins to be called. */
  readonly program: string;
  /** Where processes are looked for. @default /proc */
  readonly procDir?: string;
  /** Where the launcher of a java program keeps its notes. @default /tmp */
  readonly runDir?: string;
}

/** Exit code of a script that finds that the fault makes no sense now; the reason is what it prints. */
export const REFUSED = 3;

/** What a script prints before it acts. `kill` can end the shell with its container, and so its exit code. */
export const DONE = 'done';

/**
 * Images differ in what they bring: these scripts need a POSIX shell, `readlink`, `cat`, `rm` and `sleep`.
 *
 * A process is known by its executable: names of processes are not reliable, Node.js gives its own to its threads. Of
 * several, the one counts whose line of parents begins with the oldest process. That is the container's own; programs
 * that somebody runs by exec began later. Process 1 holds the pod's namespaces and is nobody's parent in this sense.
 */
const FIND_PROGRAM = `
proc=$1 run=$2 program=$3

refuse() { echo "$1"; exit ${String(REFUSED)}; }

# The fields after the process's name, which is in brackets and can contain anything: state, parent.
read_stat() {
  stat=
  { read -r stat <"$proc/$1/stat"; } 2>/dev/null
  if [ -z "$stat" ]; then state=gone parent=0; return; fi
  set -- \${stat##*) }
  state=$1 parent=$2
}

pid= oldest=
for dir in "$proc"/[0-9]*; do
  case $(readlink "$dir/exe" 2>/dev/null) in */"$program"*) ;; *) continue ;; esac
  candidate=\${dir##*/}
  root=$candidate
  read_stat "$root"
  while [ "$parent" -gt 1 ] && [ -d "$proc/$parent" ]; do
    root=$parent
    read_stat "$root"
  done
  if [ -z "$pid" ] || [ "$root" -lt "$oldest" ]; then pid=$candidate oldest=$root; fi
done

is_running() {
  if [ -z "$pid" ]; then return 1; fi
  read_stat "$pid"
  case $state in gone | Z | X) return 1 ;; esac
}

is_paused() { is_running && [ "$state" = T ]; }

read_life() {
  life=
  { read -r life <"$run/life"; } 2>/dev/null
}

# Fractions of a second are not in every sleep.
wait_a_moment() { sleep 0.1 2>/dev/null || sleep 1; }

# Until the command given fails; ten seconds at most, or a hundred where sleep knows whole seconds only.
wait_while() {
  looks=0
  while [ "$looks" -lt 100 ] && "$@"; do
    looks=$((looks + 1))
    wait_a_moment
  done
}
`;

const ACTIONS: Readonly<Record<FaultKind, string>> = {
  // Whoever looks after this sees it dead: its launcher must have noticed too.
  kill: `
is_running || refuse 'it does not run'
read_life
before=$life
is_still_there() {
  is_running && return 0
  read_life
  [ -n "$before" ] && [ "$life" = "$before" ]
}
echo ${DONE}
kill -KILL "$pid" || exit 1
wait_while is_still_there
`,
  pause: `
is_running && ! is_paused || refuse 'it does not run, or is paused already'
kill -STOP "$pid" || exit 1
is_not_paused() { ! is_paused; }
wait_while is_not_paused
echo ${DONE}
`,
  resume: `
is_paused || refuse 'it is not paused'
kill -CONT "$pid" || exit 1
wait_while is_paused
echo ${DONE}
`,
  // A paused process is resumed to hear that it is to end.
  stop: `
if [ -e "$run/stop-wanted" ]; then refuse 'it is stopped already'; fi
: >"$run/stop-wanted" || exit 1
if is_running; then
  kill -TERM "$pid"
  kill -CONT "$pid"
fi
echo ${DONE}
`,
  start: `
if [ ! -e "$run/stop-wanted" ]; then refuse 'it is not stopped'; fi
rm "$run/stop-wanted" || exit 1
echo ${DONE}
`,
};

/**
 * The command that injects a fault into the container in which it runs. It looks and acts in one go.
 *
 * It ends with 0 and DONE in its output, or with REFUSED and the reason in its output.
 */
export function buildFaultCommand(kind: FaultKind, options: FaultCommandOptions): readonly string[] {
  const { program, procDir = '/proc', runDir = '/tmp' } = options;
  return ['sh', '-c', FIND_PROGRAM + ACTIONS[kind], 'sh', procDir, runDir, program];
}
