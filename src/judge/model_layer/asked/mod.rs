//! Part of the model layer: is what the answer is about what was asked for? By lists of ids, by ids that
//! the answer repeats, and by filters for ids.

mod echo;
mod filters;
mod lists;
mod request;

pub(super) use request::check;
