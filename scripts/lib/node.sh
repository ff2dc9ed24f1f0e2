# Node and the packages of package.json: Tailwind, wasm-opt, the font, and what drives the browser in tests.
# shellcheck shell=bash

node_oldest=20.11
# Where the system's Node is older (Debian 12 has 18) these come from npm, into the cache.
node_package_version=24.20.0
npm_package_version=11.21.2

node_is_new_enough() {
  local version
  version=$(node --version 2>/dev/null) || return 1
  version_at_least "${version#v}" "$node_oldest"
}

setup_node() {
  node_is_new_enough && have npm && return 0
  have npm || apt_install "a minute" nodejs npm ||
    die "Node cannot be had: install Node $node_oldest or newer with npm, then run this again"
  node_is_new_enough || install_newer_node ||
    die "Node $node_oldest or newer cannot be had: this system's is $(node --version)"
}

install_newer_node() {
  local machine
  case $(uname -m) in
    x86_64) machine=x64 ;;
    aarch64) machine=arm64 ;;
    *) return 1 ;;
  esac
  say "adding Node $node_package_version to $cache/node, because this system's is $(node --version) (half a minute)"
  mkdir -p "$cache/node"
  run_step node npm install --prefix "$cache/node" --no-save --no-audit --no-fund \
    "node-linux-$machine@$node_package_version" "npm@$npm_package_version" || return 1
  hash -r
  node_is_new_enough
}

# The copy of the lock file says what is installed.
setup_node_packages() {
  local stamp=$project/node_modules/.installed-lock
  cmp --silent "$project/package-lock.json" "$stamp" && return 0
  say "installing the packages of package-lock.json into node_modules (half a minute)"
  run_step npm env --chdir="$project" npm ci --no-audit --no-fund ||
    die "the npm packages of package-lock.json cannot be had"
  cp "$project/package-lock.json" "$stamp"
}

# The one typeface of the page is served from here, with its licence beside it.
setup_font() {
  local from=$project/node_modules/@fontsource-variable/inter to=$project/public/fonts
  mkdir -p "$to"
  copy_if_changed "$from/files/inter-latin-wght-normal.woff2" "$to/inter-latin.woff2"
  copy_if_changed "$from/LICENSE" "$to/inter-LICENSE.txt"
}

copy_if_changed() {
  cmp --silent "$1" "$2" || cp "$1" "$2"
}
