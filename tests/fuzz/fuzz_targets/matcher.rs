//! See `jumpqr_fuzz::matcher`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| jumpqr_fuzz::matcher(input));
