# Functions for the scripts that run tests: messages, and the installation of tools. A script
# sources this file from its own folder. shellcheck shell=bash

script="${BASH_SOURCE[-1]}"
folder="$PWD"

# Prints a heading.
say() { printf '\n== %s\n' "$*"; }

# Prints an error message, and ends the script.
fail() {
  printf '%s: %s\n' "$script" "$*" >&2
  exit 1
}

# Prints what is missing and the command that installs it, and ends the script.
fail_missing() { fail "$1 is missing. To install it:"$'\n'"  $2"; }

# Installs Debian packages, if this needs no password.
install_debian() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "install $*"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
  else
    fail_missing "$*" "sudo apt-get install -y $*"
  fi
}

# Builds the hostile server, and exports its path for the tests. Call it inside the project.
build_hostile_server() {
  say "build the hostile server"
  cargo build --quiet --locked --package jumpqr-tests --bin hostile
  export JUMPQR_HOSTILE="$CARGO_TARGET_DIR/debug/hostile"
}

# The cargo profile. The only option is --release.
profile=dev
case "${1:-}" in
  "") ;;
  --release) profile=release ;;
  *) fail "unknown option $1; the only option is --release" ;;
esac

command -v cargo >/dev/null ||
  fail_missing "the Rust toolchain" "curl https://sh.rustup.rs -sSf | sh"
# rustc links with cc, and the TLS library contains C and assembly.
command -v cc >/dev/null || install_debian gcc libc6-dev

# All languages share one target folder, so common code is built once. Debug information is off:
# nobody debugs these builds, and it takes much of the build time.
CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$(dirname "${BASH_SOURCE[0]}")/../target}"
mkdir -p "$CARGO_TARGET_DIR"
CARGO_TARGET_DIR="$(cd "$CARGO_TARGET_DIR" && pwd)"
export CARGO_TARGET_DIR CARGO_PROFILE_DEV_DEBUG=0
