//! Parallax measures how far a cloud is from AWS EC2.
//!
//! Cases run the same calls against a target that they describe for AWS; what happened is written
//! to a transcript; judging a transcript is a pure function of it and of what is known about AWS.
//!
//! ```text
//! case ─▶ run ─▶ transcript ─▶ judge ─▶ guideline ─▶ report
//!          │                     │
//!        target, wire          model, baselines, shape profiles, SDK
//! ```
//!
//! Everything left of the transcript does I/O, everything right of it does none.

pub mod assets;
pub mod bundle;
pub mod case;
pub mod cli;
pub mod compare;
pub mod coverage;
pub mod gate;
pub mod guideline;
pub mod judge;
pub mod model;
pub mod plan;
pub mod probe;
pub mod record;
pub mod report;
pub mod run;
pub mod syntax;
pub mod target;
pub mod transcript;
pub mod upload;
pub mod waiver;
pub mod wire;
