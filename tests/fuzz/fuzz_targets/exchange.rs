//! See `jumpqr_fuzz::exchange`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| jumpqr_fuzz::exchange(input));
