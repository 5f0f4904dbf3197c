//! The shape layer: are the members there that AWS always returned, looking as they did on AWS?
//!
//! The evidence are statistics over recordings that other projects made of real AWS, kept as
//! counts with their sources in `baselines/aws/shapes/`, never as copies.

mod build;
mod check;
mod profile;

pub use build::{BuildError, Exclusion, build};
pub(super) use check::check;
pub use profile::{PathStats, Profile, Profiles};
