//! See `jumpqr_fuzz::push_receiver`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| jumpqr_fuzz::push_receiver(input));
