//! What several targets need, read once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use parallax::assets::Assets;
use parallax::case::Suite;
use parallax::judge::Knowledge;
use parallax::judge::errors::ErrorCodes;
use parallax::judge::shape::Profiles;

/// A folder with one file.
pub fn folder(name: &str, input: &[u8]) -> Assets {
    // What is no text was refused when the file was read.
    let text = String::from_utf8_lossy(input).into_owned();
    Assets::held("fuzzed", BTreeMap::from([(name.to_owned(), text)]))
}

/// The contents of all files that were built in and have this ending.
pub fn files(assets: &Assets, prefix: &str, ending: &str) -> Vec<Vec<u8>> {
    let names = assets.list(ending).expect("built in");
    let names = names.iter().filter(|name| name.starts_with(prefix));
    names.map(|name| assets.read(name).expect("built in").into_bytes()).collect()
}

/// Everything that is known of AWS.
pub fn all() -> &'static Knowledge {
    static ALL: OnceLock<Knowledge> = OnceLock::new();
    ALL.get_or_init(|| Knowledge::load(&Assets::Baselines, None).expect("built in"))
}

/// Profiles and codes.
pub fn of_no_case() -> Knowledge {
    static OF: OnceLock<Knowledge> = OnceLock::new();
    OF.get_or_init(|| Knowledge {
        profiles: Profiles::load(&Assets::Baselines).expect("built in"),
        errors: ErrorCodes::load(&Assets::Baselines).expect("built in"),
        ..Knowledge::default()
    })
    .clone()
}

/// The suite.
pub fn suite() -> &'static Suite {
    static SUITE: OnceLock<Suite> = OnceLock::new();
    SUITE.get_or_init(|| Suite::load(&Assets::Cases).expect("built in"))
}

/// Lines of recordings of AWS, if somebody says where they are: action and line.
pub fn evidence() -> Vec<(String, String)> {
    let Some(root) = std::env::var_os("PARALLAX_EVIDENCE") else { return Vec::new() };
    let mut lines = Vec::new();
    for folder in [Path::new(&root).to_owned(), Path::new(&root).join("wire")] {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "jsonl")) {
            let action = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(path).unwrap_or_default();
            lines.extend(text.lines().map(|line| (action.clone(), line.to_owned())));
        }
    }
    lines
}
