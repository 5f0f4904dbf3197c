//! Members under a name that is not theirs.

use crate::model::{Member, Structure, suggest};

/// After so many notes about an answer nothing is guessed any more: how many unknown names there
/// are is for the endpoint to choose, and must not decide over how long decoding takes.
const ENOUGH_NOTES: usize = 500;
/// No name of AWS's has half as many letters.
const LONGEST_NAME: usize = 120;

/// The absent member that somebody meant who wrote `found`, and whether that is certain: the two
/// differ in upper and lower case or separators only, or the name is the member's other one (SDKs
/// say `Tags` for what is `tagSet` on the wire).
pub(super) fn meant<'s>(
    structure: &'s Structure,
    found: &str,
    notes_so_far: usize,
    absent: impl Fn(&Member) -> bool,
) -> Option<(&'s Member, bool)> {
    if notes_so_far > ENOUGH_NOTES || found.len() > LONGEST_NAME {
        return None;
    }
    let same = |name: &str| plain(name).eq(plain(found));
    let certain =
        structure.members.iter().find(|member| same(&member.name) || same(member.wire_name()));
    if let Some(member) = certain {
        return absent(member).then_some((member, true));
    }
    let names = structure
        .members
        .iter()
        .filter(|member| absent(member))
        .flat_map(|member| [member.name.as_str(), member.wire_name()]);
    let close = suggest(found, names)?;
    let member = structure.member(close).or_else(|| structure.by_wire_name(close))?;
    Some((member, false))
}

/// The letters that tell names apart.
fn plain(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase)
}
