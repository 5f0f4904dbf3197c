//! The shape layer: are the members there that AWS always returned, looking as they did on AWS?
//!
//! The evidence are statistics over recordings that other projects made of real AWS, kept as
//! counts with their sources in `baselines/aws/shapes/`, never as copies.
//!
//! # What is said, and how gravely
//!
//! A missing member is **divergent** in a stored answer, however many recordings have it. Their authors
//! trimmed some by hand, in ways that cannot be told from a cloud that lacks a member: held out tenth by
//! tenth, of 1,025 answers 15 lack a member that all other recordings (from 5 on) have; asking for 10, 20
//! or 40 recordings leaves 9, 7 and 1, and only from 80 on, which two actions have, there are none
//! (`cargo test --bench false-alarms` prints it). What is **breaking** there is what no author cut off, by
//! AWS's own word on what a program needs: the identifier of a resource and what waiters look at
//! (`model.missing-identifier`, `model.missing-state`).
//!
//! Nobody trims the answer that a target just gave. In it a member is **breaking** if 40 recordings or
//! more have it and none lacks it (`shape.missing-reliable`). Of the 15 above those that AWS itself left
//! out were called "always" by up to 31 recordings. What never told a program anything is no more than
//! **divergent** all the same: an enum of which AWS was only ever seen to send one value, in answers to
//! any action, and a text that was always empty (three members: `Hypervisor`, `Placement.Tenancy` and
//! `Placement.GroupName` of instances).
//!
//! A structure with nothing in it is one difference (`shape.empty-structure`): AWS leaves it out or fills
//! it. It is **breaking** where AWS never left it out and a member of it is relied on
//! (`shape.empty-reliable`).
//!
//! "Always" is at least 5 places in 5 recordings, all with the member (asking for 8 places would spare
//! 2 of 207 divergent findings about held-out answers, and miss 4 % of all members that are dropped); of 20 recordings or more one
//! may lack it. What AWS added over the years binds since the year from which on all recordings
//! (8 or more) have it, if no older one has: there are 20 such members.
//!
//! An id of the wrong kind is **breaking**: `subnet-…` for a VPC's id (`shape.id-kind`, from 15
//! recordings on, or of the member's name in 20 recordings of 3 actions). That is safe because whoever
//! makes up an id keeps its beginning: 119 ids in the recordings are made up (`vpc-regex001`), and all of
//! them do. Those are divergent, as every other value without AWS's form: a cloud may give its own things
//! ids of its own, such as UUIDs, and most programs only hand them back.

mod basis;
mod build;
mod check;
mod constant;
mod documented;
mod evidence;
mod ids;
mod profile;
mod recording;
mod snapshots;

pub use build::build;
pub(super) use check::{NOW, check};
pub(super) use documented::FILE as VALUES;
pub(super) use evidence::newest_time;
pub use evidence::{About, BuildError, Exclusion, Known, Project, read};
pub use profile::{PathStats, Profile, Profiles, Since, SourceStats};
pub use recording::{RawAnswer, Recording};
