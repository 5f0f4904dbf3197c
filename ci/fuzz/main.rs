//! Fuzzing: real files and answers, changed a little and often, given to everything that reads them.
//!
//!     cargo test --bench fuzz -- --seconds 20
//!     cargo measure --bench fuzz -- --seconds 3600 --target answers --seed 7
//!
//! What is looked for: panics, aborts, stacks that overflow, work that never ends, memory out of all
//! proportion, and promises that are not kept (what is written is read back, nothing reaches a
//! terminal as a command, no secret is written …). Each input follows from seed, target and number
//! alone, so that it can be made again even if the process that met it is gone.
//!
//! No `cargo-fuzz`: it needs a nightly compiler. No `proptest`: its inputs are made up from nothing,
//! and nearly all that this program reads is only interesting close to a real file.

#![allow(missing_docs, reason = "a program")]

mod arguments;
mod chance;
mod corpus;
mod mutate;
mod targets;
mod tried;
mod watch;
mod worker;

use std::process::ExitCode;

use peak_alloc::PeakAlloc;

/// Counts what is allocated, for the bound on memory.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

fn main() -> ExitCode {
    let arguments = match arguments::Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("fuzz: {message}");
            return ExitCode::from(2);
        }
    };
    match &arguments.worker {
        Some(from) => worker::work(&arguments, *from),
        None => watch::watch(&arguments),
    }
}
