//! See `jumpqr_fuzz::mappings`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| jumpqr_fuzz::mappings(input));
