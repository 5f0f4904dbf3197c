//! The shape layer: are the members there that AWS always returned, looking as they did on AWS?
//!
//! The evidence are statistics over recordings that other projects made of real AWS, kept as
//! counts with their sources in `baselines/aws/shapes/`, never as copies.

mod build;
mod check;
mod evidence;
mod ids;
mod profile;
mod recording;
mod snapshots;

pub use build::build;
pub(super) use check::check;
pub(super) use evidence::newest_time;
pub use evidence::{About, BuildError, Exclusion, Known, Project, read};
pub use profile::{PathStats, Profile, Profiles, Since, SourceStats};
pub use recording::{RawAnswer, Recording};
