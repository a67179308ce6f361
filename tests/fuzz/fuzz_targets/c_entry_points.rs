//! See `jumpqr_fuzz::c_entry_points`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| jumpqr_fuzz::c_entry_points(input));
