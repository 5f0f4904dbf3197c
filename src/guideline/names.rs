//! What a case is called where tests have dotted names.

/// The name of a case as a test: `vpcs/cidr-range[short]` is `parallax.vpcs.cidr-range.short`.
///
/// RefStack knows tests by name, and its client cuts off what stands in brackets; so rows are not in
/// brackets. Cases' names have no dots, so that no two are called the same.
pub fn test_name(case: &str) -> String {
    let dotted: String = case
        .chars()
        .filter(|c| *c != ']')
        .map(|c| if matches!(c, '/' | '[') { '.' } else { c })
        .collect();
    format!("parallax.{dotted}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_not_in_brackets() {
        assert_eq!(test_name("vpcs/describe-one"), "parallax.vpcs.describe-one");
        assert_eq!(test_name("api/unknown-id[vpc]"), "parallax.api.unknown-id.vpc");
    }
}
