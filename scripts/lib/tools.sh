# The build tools that cargo installs, in a folder of their own under the cache.
# shellcheck shell=bash

cargo_leptos_version=0.3.11

# The version of a crate in Cargo.lock.
locked_version() {
  awk -v want="\"$1\"" '$1 == "name" { found = $3 == want } $1 == "version" && found { gsub(/"/, "", $3); print $3; exit }' \
    "$project/Cargo.lock"
}

installed_version() {
  have "$1" && "$1" --version | cut -d ' ' -f 2 || true
}

# A prebuilt binary is only looked for where cargo-binstall is installed.
install_prebuilt() {
  have cargo-binstall || return 1
  say "looking for a prebuilt $1 $2 (under a minute)"
  run_step "$1-prebuilt" timeout 300 cargo binstall --no-confirm --disable-strategies compile \
    --root "$cache/tools" "$1@$2"
}

# install_built NAME VERSION HOW_LONG OPTION…: built outside the project's target folder.
install_built() {
  local name=$1 version=$2 how_long=$3
  shift 3
  say "building $name $version into $cache/tools ($how_long)"
  run_step "$name" env -u RUSTFLAGS -u CARGO_TARGET_DIR cargo install "$name" --version "$version" \
    --root "$cache/tools" --target-dir "$cache/build/$name" --force "$@" || return 1
  rm -rf "$cache/build/$name"
}

# An unoptimised build is enough: it only conducts the compiler.
setup_cargo_leptos() {
  local version=$cargo_leptos_version found
  found=$(installed_version cargo-leptos)
  case $found in
    0.3.*) version_at_least "$found" "$version" && return 0 ;;
  esac
  install_prebuilt cargo-leptos "$version" ||
    CARGO_PROFILE_DEV_DEBUG=0 install_built cargo-leptos "$version" "about 7 minutes on two cores" \
      --debug --locked --no-default-features --features no_downloads ||
    die "cargo-leptos $version, which builds the page, cannot be had"
}

# It must be exactly the version that the page's code is linked with.
setup_wasm_bindgen() {
  local version
  [ -f "$project/Cargo.lock" ] || die "Cargo.lock is missing: it is part of the repository"
  version=$(locked_version wasm-bindgen)
  [ "$(installed_version wasm-bindgen)" = "$version" ] && return 0
  install_prebuilt wasm-bindgen-cli "$version" ||
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
      install_built wasm-bindgen-cli "$version" "about 3 minutes on two cores" ||
    die "wasm-bindgen $version, which joins the page's code to the browser, cannot be had"
}
