# What the scripts tell the user, and how long steps are run.
# shellcheck shell=bash

say() {
  printf '%s: %s\n' "$script" "$*" >&2
}

die() {
  say "$*"
  exit 1
}

have() {
  command -v "$1" >/dev/null 2>&1
}

# Whether version $1 is at least version $2.
version_at_least() {
  [ "$(printf '%s\n%s\n' "$1" "$2" | sort --version-sort | head -n 1)" = "$2" ]
}

# run_step LOG COMMAND…: runs quietly with its output in a log; the end of the log is shown when it fails.
run_step() {
  local log=$cache/log/$1.log
  shift
  mkdir -p "$cache/log"
  if "$@" >"$log" 2>&1 </dev/null; then
    return 0
  fi
  tail -n 15 "$log" | sed 's/^/    /' >&2
  say "the whole output is in $log"
  return 1
}
