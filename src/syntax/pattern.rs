//! Patterns in which `*` stands for anything.

/// Whether a name is what a pattern says; `*` stands for anything, also for nothing.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match name.find(part) {
            Some(at) => name = &name[at + part.len()..],
            None => return false,
        }
    }
    name.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, name) in [
            ("vpcs/one", "vpcs/one"),
            ("vpcs/*", "vpcs/one[row]"),
            ("vpcs/one*", "vpcs/one"),
            ("api/*[vpc]", "api/unknown-id[vpc]"),
            ("*/dry-run", "vpcs/dry-run"),
            ("*a*a*", "aa"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("vpcs/one", "vpcs/one[row]"), ("vpcs/*", "my-vpcs/one"), ("a*a", "a"), ("*a*a*", "a")]
        {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
