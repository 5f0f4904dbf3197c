//! The compliance monitor of Sovereign Cloud Stack: a report of what each test gave, signed with an
//! SSH key and sent under an account; or lines that its test runner reads from a check program.
//!
//! [`Report`] is what is sent, [`signed_body`] how; [`check_lines`] writes the lines, [`scope`] the
//! specification by which a monitor knows the tests of a guideline, [`refusal`] explains answers.

mod lines;
mod refusal;
mod report;
mod scope;

pub use lines::{Outcome, Unknown, check_line, check_lines};
pub use refusal::{Sent, refusal};
pub use report::{Problem, Report, Scope, signed_body};
pub use scope::{scope, scope_id};

/// What the report's signature is for.
pub const NAMESPACE: &str = "report";
/// The one media type that a report in JSON may have, to the letter.
pub const MEDIA_TYPE: &str = "application/x-signed-json";
/// Where reports are handed in.
pub const REPORTS: &str = "/reports";
/// Ends of addresses that belong to single requests.
pub const ENDS: [&str; 1] = ["/reports"];
/// What its addresses look like.
pub(super) const BEGINNING: &str = "for instance https://compliance.example";
