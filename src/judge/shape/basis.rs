//! What a count in recordings rests on: who recorded, how much, and when.

use std::collections::BTreeMap;

use super::{Profile, SourceStats};
use crate::judge::{Evidence, EvidenceKind};

/// The answers that these profiles count, as one piece of evidence: what is stated is a count over
/// all of them and not over those of each project.
pub(super) fn evidence(profiles: &[&Profile], states: &str) -> Evidence {
    let mut projects: BTreeMap<&str, SourceStats> = BTreeMap::new();
    for (name, source) in profiles.iter().flat_map(|profile| &profile.sources) {
        let of_project = projects.entry(name).or_default();
        of_project.responses += source.responses;
        of_project.url.clone_from(&source.url);
    }
    // Whoever recorded most comes first, and its address is the one that is given.
    let mut projects: Vec<(&str, SourceStats)> = projects.into_iter().collect();
    projects.sort_by_key(|(name, source)| (std::cmp::Reverse(source.responses), *name));
    let all: u32 = projects.iter().map(|(_, source)| source.responses).sum();
    let actions: Vec<&str> = profiles.iter().map(|profile| profile.action.as_str()).collect();
    let recorded = match &projects[..] {
        [(name, _)] => format!(" recorded by {name}"),
        several => {
            let each = several
                .iter()
                .map(|(name, source)| format!("{} recorded by {name}", source.responses));
            format!(": {}", each.collect::<Vec<_>>().join(", "))
        }
    };
    Evidence {
        kind: EvidenceKind::Statistics,
        source: format!("{all} answers of AWS to {}{recorded}", actions.join(", ")),
        url: projects.first().map(|(_, source)| source.url.clone()).filter(|url| !url.is_empty()),
        states: states.to_owned(),
        date: dates(profiles.iter().flat_map(|profile| profile.sources.values())),
    }
}

/// The range of dates of all of them; `None` if nothing is known of any.
fn dates<'s>(sources: impl Iterator<Item = &'s SourceStats>) -> Option<String> {
    let mut all = SourceStats { exact: true, ..SourceStats::default() };
    for source in sources {
        // Of what has no first date nothing is known but that it is older than the last.
        all.exact &= source.exact || source.from.is_none();
        if let Some(from) = &source.from
            && all.from.as_ref().is_none_or(|first| from < first)
        {
            all.from = Some(from.clone());
        }
        if source.to > all.to {
            all.to.clone_from(&source.to);
        }
    }
    all.dates()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(action: &str, sources: &[(&str, u32, Option<&str>, &str, bool)]) -> Profile {
        let source =
            |(name, responses, from, to, exact): &(&str, u32, Option<&str>, &str, bool)| {
                let stats = SourceStats {
                    responses: *responses,
                    recordings: 1,
                    dated: 1,
                    from: from.map(str::to_owned),
                    to: Some((*to).to_owned()),
                    exact: *exact,
                    url: format!("https://example.org/{name}"),
                };
                ((*name).to_owned(), stats)
            };
        let sources = sources.iter().map(source).collect();
        Profile::new(action.to_owned(), 1, 1, sources, BTreeMap::new())
    }

    #[test]
    fn counts_over_several_projects_are_stated_once() {
        let vpcs = profile(
            "DescribeVpcs",
            &[
                ("few/few", 3, Some("2014-10-17"), "2015-01-01", true),
                ("many/many", 60, Some("2016-01-01"), "2026-04-04", false),
            ],
        );
        let one = evidence(&[&vpcs], "There in 63 of 63 places, in 41 recordings.");
        assert_eq!(
            one.source,
            "63 answers of AWS to DescribeVpcs: 60 recorded by many/many, 3 recorded by few/few"
        );
        assert_eq!(one.url.as_deref(), Some("https://example.org/many/many"));
        assert_eq!(
            one.date.as_deref(),
            Some("2014-10-17 to 2026-04-04 (by the newest time in each recording)")
        );
        let made = profile("CreateVpc", &[("few/few", 2, None, "2015-06-01", false)]);
        let alone = evidence(&[&made], "");
        assert_eq!(alone.source, "2 answers of AWS to CreateVpc recorded by few/few");
        assert_eq!(alone.date.as_deref(), Some("until 2015-06-01"));
        let both = evidence(&[&made, &vpcs], "");
        assert_eq!(
            both.source,
            "65 answers of AWS to CreateVpc, DescribeVpcs: 60 recorded by many/many, 5 recorded by few/few"
        );
    }
}
