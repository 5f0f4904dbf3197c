//! What RefStack shows: it knows platforms by fixed names.

/// Platforms that RefStack 2.1.0 shows, and the `target` by which it is asked for each.
pub(super) const TARGETS: [(&str, &str); 3] = [
    ("OpenStack Powered Platform", "platform"),
    ("OpenStack Powered Compute", "compute"),
    ("OpenStack Powered Storage", "object"),
];

/// Longest name of a test that RefStack takes, in characters.
pub(super) const LONGEST_NAME: usize = 512;

/// The `target` by which RefStack shows the platform of this name, if it does.
pub fn target(platform: &str) -> Option<&'static str> {
    TARGETS.iter().find(|(name, _)| *name == platform).map(|(_, target)| *target)
}
