//! Looks beneath the API: at ports, logins, web servers, and what a guest is told about itself.
//!
//! All of it is I/O, used by `run` alone; what came of it is in the transcript, and judged from there.
//! Which probes there are, and the words for what may come of them, is said in the case language.

mod console;
mod dial;
mod found;
mod http;
mod icmp;
mod imds;
mod prober;
mod reach;
mod ssh;
mod tcp;
#[cfg(test)]
mod tests;

pub(crate) use console::contains;
pub(crate) use found::Found;
pub use prober::Prober;
pub(crate) use prober::longest_look;
pub use reach::{Jump, JumpError};
