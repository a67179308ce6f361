//! Has the faults that the sanitizers look for. If a sanitizer does not report them, its other
//! results mean nothing.

use std::env;
use std::thread;

static mut COUNT: u64 = 0;

fn count() {
    for _ in 0..1000 {
        // SAFETY: unsound on purpose: two threads do this at once.
        unsafe { COUNT += 1 };
    }
}

fn main() {
    if env::args().nth(1).as_deref() == Some("race") {
        let other = thread::spawn(count);
        count();
        assert!(other.join().is_ok());
        return;
    }
    let bytes = vec![7_u8; 16];
    // SAFETY: unsound on purpose: the byte after the end of the vector is read.
    println!("{}", unsafe { bytes.as_ptr().add(16).read_volatile() });
}
