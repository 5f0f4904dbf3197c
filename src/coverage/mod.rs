//! What the suite exercises of EC2: actions, input members, filters, error codes — beside what the
//! service of OpenStack offers and what the incumbent suite tests.
//!
//! A pure function of cases, baselines and facts; nothing here says how a cloud fares.

mod incumbent;
mod measure;
mod table;

pub use incumbent::{Incumbent, Test};
pub use measure::{Coverage, Group, IncumbentCoverage, Share, TestCoverage};
