//! Reads the file of a recorded baseline.

use super::doc::{FORMAT_VERSION, RecordedBaseline, RecordedOutcome};
use super::node::Node;

/// Reads a file's text; says what is wrong with it.
pub(super) fn read(text: &str) -> Result<RecordedBaseline, String> {
    let baseline: RecordedBaseline = serde_json::from_str(text).map_err(|e| e.to_string())?;
    if baseline.format != "parallax-recorded-baseline" || baseline.provenance != "recorded" {
        return Err(format!("its format is `{}`", baseline.format));
    }
    if baseline.version > FORMAT_VERSION {
        return Err(format!("it has version {}; use a newer parallax", baseline.version));
    }
    for (id, case) in &baseline.cases {
        for (step, recorded) in &case.steps {
            for outcome in &recorded.outcomes {
                let tree = match outcome {
                    RecordedOutcome::Success { output, .. } => output,
                    RecordedOutcome::Error(error) => &error.message,
                    RecordedOutcome::NotReached { .. } | RecordedOutcome::NotEc2 { .. } => continue,
                };
                Node::read(tree).map_err(|why| format!("case {id}, step `{step}`: {why}"))?;
            }
        }
    }
    Ok(baseline)
}
