# For the scripts that set up and run tests: what they say, and how they get what they need. To be sourced, from the folder
# that the script is in.
# shellcheck shell=bash

script="${BASH_SOURCE[-1]}"
folder="$PWD"

# The heading of what comes next.
say() { printf '\n== %s\n' "$*"; }

# Says what is wrong, and ends the script.
fail() {
  printf '%s: %s\n' "$script" "$*" >&2
  exit 1
}

# Says what is missing, and the one command that brings it, and ends the script.
missing() { fail "$1 is missing. To install it:"$'\n'"  $2"; }

# Installs Debian packages where this is possible without asking.
debian() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "install $*"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
  else
    missing "$*" "sudo apt-get install -y $*"
  fi
}

# Builds the server that does wrong, and tells the tests where it is. To be called from within the project.
hostile() {
  say "build the server that does wrong"
  cargo build --quiet --locked --package jumpqr-tests --bin hostile
  export JUMPQR_HOSTILE="$CARGO_TARGET_DIR/debug/hostile"
}

# Whether a release is asked for, with the only option that there is.
profile=dev
case "${1:-}" in
  "") ;;
  --release) profile=release ;;
  *) fail "there is no option $1; the one option is --release" ;;
esac

command -v cargo >/dev/null || missing "the Rust toolchain" "curl https://sh.rustup.rs -sSf | sh"
# rustc links with it, and the TLS library has C and assembly in it.
command -v cc >/dev/null || debian gcc libc6-dev

# What all languages have in common is built once. Nobody debugs these builds, and debugging information would take much of
# the time.
CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$(dirname "${BASH_SOURCE[0]}")/../target}"
mkdir -p "$CARGO_TARGET_DIR"
CARGO_TARGET_DIR="$(cd "$CARGO_TARGET_DIR" && pwd)"
export CARGO_TARGET_DIR CARGO_PROFILE_DEV_DEBUG=0
