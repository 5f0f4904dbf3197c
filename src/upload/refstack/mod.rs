//! RefStack (its results API, version 1): names of passed tests, anonymous or signed by an RSA key.
//!
//! [`Submission`] is what is sent; [`Submission::problems`] knows what the server would refuse without
//! saying which name is wrong. [`read_receipt`] and [`refusal`] read answers, [`Tally`] counts what a
//! server shows as its page does, [`token`] is how the owner of a signed run shows who they are.

mod answer;
mod body;
mod problem;
mod refusal;
mod tally;
mod token;

pub use answer::{Receipt, Stored, read_receipt, read_stored};
pub use body::{Passed, Submission, cloud_id};
pub use problem::Problem;
pub use refusal::{Registration, Sent, refusal};
pub use tally::{Listing, Row, Tally, listed, rows};
pub use token::{sealed_token, token};

/// Ends of addresses that belong to single requests.
pub const ENDS: [&str; 2] = ["/v1/results", "/v1"];
/// Where results are handed in and read.
pub const RESULTS: &str = "/v1/results/";
/// What its addresses look like.
pub(super) const BEGINNING: &str =
    "for instance https://refstack.example or https://refstack.example/api";
