# For the scripts that run fuzz targets: their names, how they are built, and how one is run. To be sourced after setup.sh.
# shellcheck shell=bash

command -v c++ >/dev/null || debian g++
cargo fuzz --version >/dev/null 2>&1 || missing "cargo-fuzz" "cargo install --locked cargo-fuzz@0.13.2"

mapfile -t targets < <(cd corpus && printf '%s\n' *)

# Sanitizers and coverage are a nightly compiler's options, which a stable one takes only so.
export RUSTC_BOOTSTRAP=1
# The release profile is made for size, and a fuzzer wants speed and names.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=2 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_STRIP=none
# Two Rust libraries may define the same internal symbol.
export ASAN_OPTIONS=detect_odr_violation=0

build() { (cd ../.. && cargo fuzz build --fuzz-dir tests/fuzz --features libfuzzer); }

# program NAME ARGUMENT...: libFuzzer's program of a target.
program() {
  local name="$1" host
  host="$(rustc -vV | sed -n 's/^host: //p')"
  shift
  "$CARGO_TARGET_DIR/$host/release/$name" "$@"
}
