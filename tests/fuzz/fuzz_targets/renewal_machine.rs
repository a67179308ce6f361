//! See `jumpqr_fuzz::renewal_machine`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| jumpqr_fuzz::renewal_machine(input));
