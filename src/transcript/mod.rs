//! Everything that happened when cases ran on a target: one JSON object a line, appended as it
//! happens, redacted as it is written.
//!
//! A transcript is self-contained: with the baselines and this program anyone can judge it again.

mod anonymise;
mod attempts;
mod event;
mod merge;
mod planned;
mod probed;
mod reader;
mod recorder;
mod redact;
mod writer;

pub use anonymise::Salt;
pub use attempts::Attempt;
pub use event::{
    Body, CaseEnded, CaseStarted, Ending, Event, Exchange, FORMAT_VERSION, Failure, Purpose, Reach,
    Reply, Request, Response, RunEnded, RunResumed, RunStarted, StepEnded, TargetFacts, UndoEnded,
    VpcSupport,
};
pub use merge::{MergeError, Part, merge};
pub use planned::{Planned, PlannedCase, Shard, digest};
pub(crate) use probed::LookFor;
pub use probed::{ProbeResult, Probed};
pub use reader::{Transcript, TranscriptError};
pub(crate) use recorder::CallFor;
pub use recorder::Recorder;
pub use redact::{Redacted, RedactedValue, Redactor};
pub use writer::{Continuation, ContinueError, Writer};
