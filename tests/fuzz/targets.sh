# Names of the fuzz targets, and functions that build and run them. Source this after setup.sh.
# shellcheck shell=bash

command -v c++ >/dev/null || install_debian g++
cargo fuzz --version >/dev/null 2>&1 ||
  fail_missing "cargo-fuzz" "cargo install --locked cargo-fuzz@0.13.2"

mapfile -t targets < <(cd corpus && printf '%s\n' *.hex | sed 's/\.hex$//')

# Sanitizers and coverage are unstable options. With this, the stable compiler accepts them.
export RUSTC_BOOTSTRAP=1
# The release profile optimises for size. A fuzzer needs speed and symbols.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=2
export CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_STRIP=none
# Two Rust libraries may define the same internal symbol; AddressSanitizer must not report that.
export ASAN_OPTIONS=detect_odr_violation=0

build_targets() { (cd ../.. && cargo fuzz build --fuzz-dir tests/fuzz --features libfuzzer); }

# unpack NAME FOLDER: writes each line of a target's corpus/NAME.hex to a file of the folder.
unpack() {
  local input number=0
  rm -rf "$2"
  mkdir -p "$2"
  while read -r input; do
    printf %b "$input" >"$2/$((number += 1))"
  done < <(sed 's/../\\x&/g' "corpus/$1.hex")
}

# run_target NAME ARGUMENT...: runs a target's libFuzzer program.
run_target() {
  local name="$1" host
  host="$(rustc -vV | sed -n 's/^host: //p')"
  shift
  "$CARGO_TARGET_DIR/$host/release/$name" "$@"
}
