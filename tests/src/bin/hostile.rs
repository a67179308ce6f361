//! Serves what is wrong, for the tests of every language: prints where it listens for lines that name a fault, and ends when its
//! standard input does.

use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;

use jumpqr_tests::hostile::control;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut out = io::stdout();
    writeln!(out, "{}", listener.local_addr()?)?;
    out.flush()?;
    thread::spawn(move || control::serve(&listener));
    io::copy(&mut io::stdin(), &mut io::sink()).map(drop)
}
