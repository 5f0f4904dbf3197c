//! Who says what of a target, and who goes before whom.
//!
//! From the most particular to the most general, and the first that says something counts:
//!
//! 1. flags, and what the file says of the target that `--target` names;
//! 2. `PARALLAX_…` variables;
//! 3. what the file says of the target that `PARALLAX_TARGET` names, or of its `default`;
//! 4. AWS's own variables and profile (`AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_CA_BUNDLE`, …);
//! 5. what the target itself tells: image, instance type, zone, VPCs.
//!
//! The file goes before AWS's own variables because those are about no target in particular: one that
//! is left in a shell would send the requests for a named cloud to another one.

mod merge;
mod origin;
mod said;
mod show;

pub use merge::{Asked, Chosen, SettingsError, choose};
pub use origin::Origin;
pub use said::{Said, Saying};
pub use show::Setting;
