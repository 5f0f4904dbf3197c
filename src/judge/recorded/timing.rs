//! How long things took.

use std::collections::BTreeMap;

use super::doc::Spread;
use crate::judge::StateSeen;

/// When each value of a poll was first seen, over all samples.
pub(super) fn reached<'s>(
    samples: impl Iterator<Item = &'s Vec<StateSeen>>,
) -> BTreeMap<String, Spread> {
    let mut times: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for states in samples {
        let mut seen: Vec<&str> = Vec::new();
        for state in states {
            if !seen.contains(&state.value.as_str()) {
                seen.push(&state.value);
                times.entry(&state.value).or_default().push(state.after_ms);
            }
        }
    }
    times
        .into_iter()
        .filter_map(|(value, times)| Some((value.to_owned(), Spread::of(times)?)))
        .collect()
}
