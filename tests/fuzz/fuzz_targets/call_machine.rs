//! See `jumpqr_fuzz::call_machine`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| jumpqr_fuzz::call_machine(input));
