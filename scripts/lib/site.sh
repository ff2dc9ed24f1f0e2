# Building the server together with its page, and telling the server where the page lies.
#
# Debug and release have a folder each: a debug server with a release page (or the reverse) fails when the page comes
# alive, and every build empties its folder first, also under a running server.
# shellcheck shell=bash

debug_site=$project/target/site-debug
release_site=$project/target/site

# build_site FOLDER OPTION…
build_site() {
  local site=$1
  shift
  RUST_BACKTRACE=0 LEPTOS_SITE_ROOT=$site cargo leptos build "$@" || die "the build failed, the reason is above"
  check_site "$site"
}

# A style sheet that could not be made does not fail the build, so it is looked for.
check_site() {
  local file
  for file in tradesuite.css tradesuite.js tradesuite.wasm; do
    [ -s "$1/pkg/$file" ] || die "the build ended without pkg/$file, the reason is above"
  done
}

# What a server needs in its environment to serve the page in folder $1.
site_environment() {
  export LEPTOS_OUTPUT_NAME=tradesuite LEPTOS_SITE_ROOT=$1 LEPTOS_SITE_PKG_DIR=pkg
}
