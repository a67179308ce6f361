//! The hostile server as a program, for the tests of every language. Prints the address of its
//! control port. Ends when its standard input ends.

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
