//! Gives the shared library its SONAME, which says with which programs it is compatible.

use std::env::var;

/// Rises with the first change that breaks programs that were linked before, see `README.md`.
const ABI: u32 = 0;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let elf = var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os != "macos" && os != "windows");
    if elf {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libjumpqr.so.{ABI}");
    }
}
