//! Does what the sanitizers look for: they must see it, or what they say of everything else means nothing.

use std::env;
use std::thread;

static mut COUNT: u64 = 0;

fn count() {
    for _ in 0..1000 {
        // SAFETY: there is none: two threads do this at once.
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
    // SAFETY: there is none: the vector ends one byte before.
    println!("{}", unsafe { bytes.as_ptr().add(16).read_volatile() });
}
