# Debian's packages, as root or through sudo.
# shellcheck shell=bash

apt_lists_are_new=

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif ! have sudo; then
    echo "not root, and sudo is not installed"
    return 1
  elif [ -r /dev/tty ] && [ -z "${CI:-}" ]; then
    sudo "$@"
  else
    sudo --non-interactive "$@"
  fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@"
}

# apt_install HOW_LONG PACKAGE…
apt_install() {
  local how_long=$1
  shift
  if ! have apt-get; then
    say "this system has no apt-get, so these Debian packages are left out: $*"
    return 1
  fi
  say "installing Debian packages on this system: $* ($how_long)"
  if [ -z "$apt_lists_are_new" ]; then
    run_step apt-update apt_get update || say "the package lists could not be renewed, trying with the old ones"
    apt_lists_are_new=yes
  fi
  run_step apt-install apt_get install -y --no-install-recommends "$@"
}
