//! Uploads: results for servers of others that show them.
//!
//! [`refstack`] and [`scs`] write what is sent and read what comes back; both are pure, and know
//! what their server refuses and why. [`Sender`] is the only thing here that talks to anybody.
//!
//! A test is called as the guideline calls the one with its id ([`named`]); only what passed is
//! ever said to have passed.

mod address;
mod http;
mod names;
pub mod refstack;
mod refusal;
pub mod scs;
mod send;
#[cfg(test)]
mod tests;

pub use address::{Address, NoAddress};
pub use http::{Answer, Header, Outgoing};
pub use names::{Named, named};
pub use refusal::Refusal;
pub use send::{NoAnswer, Sender};
