# Chromium, for the browser tests.
# shellcheck shell=bash

setup_browser() {
  [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ] && return 0
  apt_install "a minute" chromium ||
    die "Chromium cannot be had, and the browser tests need it: install it, or name one in the variable CHROMIUM"
  CHROMIUM=$(command -v chromium) || die "Debian's chromium was installed, but does not lie in PATH"
}
