//! Waivers: differences that are known and accepted until a date, by somebody who has a name.
//!
//! They are applied to a result after judging, and change nothing in it: what a transcript shows depends
//! neither on the day nor on what anybody accepts. [`Waiving`] is what they come to over a result;
//! reports show it with and without. Which day it is, is for the caller to say.

mod apply;
mod decisive;
mod document;
mod draft;
mod read;
#[cfg(test)]
mod tests;

pub use apply::{Standing, State, Waived, Waiving};
pub use decisive::Decisive;
pub use document::{Waiver, Waivers};
pub use draft::{Draft, Wanted, append, draft};
