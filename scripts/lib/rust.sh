# A Rust compiler of at least $rust_oldest that can also build for the browser.
#
# Taken in this order: what is installed, rustup's own download, Debian's packages. One compiler serves the server, the
# page and the lints, because two in one target folder would rebuild each other's work.
# shellcheck shell=bash

rust_oldest=1.96.0
wasm=wasm32-unknown-unknown
debian_toolchain=tradesuite

# with_toolchain NAME COMMAND…: an empty name is the toolchain that is active anyway. Asking for one that is not
# installed must not make rustup download it.
with_toolchain() {
  local name=$1
  shift
  if [ -n "$name" ]; then
    env RUSTUP_AUTO_INSTALL=0 RUSTUP_TOOLCHAIN="$name" "$@"
  else
    env -u RUSTUP_TOOLCHAIN RUSTUP_AUTO_INSTALL=0 "$@"
  fi
}

# rust_version COMMAND…: what that compiler says it is, 0 where there is none.
rust_version() {
  local said
  said=$("$@" --version 2>/dev/null) || said=
  said=${said#rustc }
  echo "${said%% *}" | sed 's/^$/0/'
}

# probe_browser_build COMMAND…: compiles an empty program, which a library of another compiler version fails too.
probe_browser_build() {
  echo 'fn main() {}' | "$@" --target "$wasm" --emit metadata -o "$scratch/probe.rmeta" - >/dev/null 2>&1
}

rust_is_new_enough() {
  version_at_least "$(rust_version with_toolchain "$1" rustc)" "$rust_oldest"
}

rust_builds_for_browser() {
  probe_browser_build with_toolchain "$1" rustc
}

rust_is_usable() {
  rust_is_new_enough "$1" && rust_builds_for_browser "$1"
}

choose_toolchain() {
  if [ -n "$1" ]; then
    export RUSTUP_TOOLCHAIN=$1
  else
    unset RUSTUP_TOOLCHAIN
  fi
  [ -z "$wished_toolchain" ] || return 0
  mkdir -p "$cache"
  printf '%s' "$1" >"$cache/toolchain"
}

# The toolchains that may be there already: the user's wish and no other, else the last choice first.
rust_candidates() {
  if [ -n "$wished_toolchain" ]; then
    printf '%s\n' "$wished_toolchain"
  else
    printf '%s\n' "${RUSTUP_TOOLCHAIN:-}" "" "$rust_oldest" "$debian_toolchain"
  fi
}

use_installed_rust() {
  local name
  while read -r name; do
    if rust_is_usable "$name"; then
      choose_toolchain "$name"
      return 0
    fi
  done < <(rust_candidates)
  return 1
}

# A compiler that is new enough and lacks only the browser's target.
add_browser_target() {
  local name
  have rustup || return 1
  while read -r name; do
    rust_is_new_enough "$name" || continue
    say "adding the target $wasm to the Rust toolchain ${name:-in use} (under a minute)"
    run_step rust-target with_toolchain "$name" timeout 300 rustup target add "$wasm" || continue
    choose_toolchain "$name"
    return 0
  done < <(rust_candidates)
  return 1
}

download_rust() {
  have rustup || return 1
  say "adding the Rust toolchain $rust_oldest to rustup, yours stays as it is (a minute or two)"
  run_step rust-download timeout 900 rustup toolchain install "$rust_oldest" --no-self-update \
    --profile minimal --component clippy --component rustfmt --target "$wasm" || return 1
  choose_toolchain "$rust_oldest"
}

install_debian_rust() {
  say "rustup could not provide Rust $rust_oldest, trying Debian's"
  apt_install "two minutes, 1 GB of disk" \
    rustc-web cargo-web rust-web-src rust-web-llvm lld-22 rust-web-clippy rustfmt-web || return 1
  version_at_least "$(rust_version /usr/bin/rustc)" "$rust_oldest" || {
    say "Debian's compiler is $(rust_version /usr/bin/rustc), $rust_oldest is needed"
    return 1
  }
  build_browser_library || return 1
  use_debian_rust
}

# Debian's compiler is used through rustup where there is one, as a toolchain that is only a name for /usr.
use_debian_rust() {
  version_at_least "$(rust_version /usr/bin/rustc)" "$rust_oldest" && probe_browser_build /usr/bin/rustc || return 1
  if ! have rustup; then
    choose_toolchain ""
    return 0
  fi
  say "naming Debian's compiler '$debian_toolchain' in rustup"
  run_step rust-link rustup toolchain link "$debian_toolchain" /usr || return 1
  choose_toolchain "$debian_toolchain"
}

# Debian has no standard library for the browser, but its sources: built once, it lies where the compiler looks for it.
build_browser_library() {
  local sources=/usr/lib/rustlib/src/rust/library place=/usr/lib/rustlib/$wasm/lib built=$cache/build/std
  say "building Rust's standard library for the browser, into $place (one or two minutes)"
  run_step rust-std env --chdir="$sources" -u RUSTUP_TOOLCHAIN -u CARGO_TARGET_DIR \
    RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc RUSTFLAGS="-Zforce-unstable-if-unmarked -Cembed-bitcode=yes" \
    /usr/bin/cargo build --release --locked --manifest-path sysroot/Cargo.toml --target "$wasm" \
    --target-dir "$built" --features panic-unwind,compiler-builtins-mem || return 1
  if [ -d "$place" ]; then
    run_step rust-std-old as_root find "$place" -name '*.rlib' -delete || return 1
  fi
  run_step rust-std-install as_root install -D -m 644 -t "$place" "$built/$wasm/release/deps/"*.rlib || return 1
  rm -rf "$built"
}

setup_rust() {
  have rustc || have rustup || have apt-get ||
    die "no Rust compiler was found: install rustup first, then run this again"
  use_installed_rust || add_browser_target && return 0
  [ -z "$wished_toolchain" ] ||
    die "RUSTUP_TOOLCHAIN is $wished_toolchain, but that is not Rust $rust_oldest or newer with the target $wasm:" \
      "unset it, and a fitting one is chosen"
  use_debian_rust || download_rust || install_debian_rust ||
    die "Rust $rust_oldest or newer with the target $wasm cannot be had: neither rustup's server nor Debian's" \
      "packages could be used (the reasons are above). Once one of them can be reached, run this again"
  rust_builds_for_browser "${RUSTUP_TOOLCHAIN:-}" ||
    die "the Rust toolchain ${RUSTUP_TOOLCHAIN:-in use} was set up, but still cannot compile for $wasm"
}

# The formatter and the lints, which only the tests need.
setup_rust_checks() {
  have_component fmt && have_component clippy && return 0
  case ${RUSTUP_TOOLCHAIN:-} in
    "$debian_toolchain") apt_install "a few seconds" rust-web-clippy rustfmt-web || true ;;
    *)
      say "adding rustfmt and clippy to the Rust toolchain ${RUSTUP_TOOLCHAIN:-in use} (a few seconds)"
      run_step rust-components timeout 300 rustup component add rustfmt clippy || true
      ;;
  esac
  have_component clippy || die "clippy for the Rust toolchain ${RUSTUP_TOOLCHAIN:-in use} cannot be had"
  have_component fmt || die "rustfmt for the Rust toolchain ${RUSTUP_TOOLCHAIN:-in use} cannot be had"
}

have_component() {
  cargo "$1" --version >/dev/null 2>&1
}
