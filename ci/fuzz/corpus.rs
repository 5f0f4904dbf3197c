//! The real inputs of a target, and what is made of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::chance::Chance;
use crate::mutate::{Pool, mutate};
use crate::targets::Target;

/// Words that are kept to put elsewhere.
const MOST_WORDS: usize = 20_000;

/// The real inputs of a target.
pub struct Corpus {
    target: &'static Target,
    seeds: Vec<Vec<u8>>,
    words: Vec<Vec<u8>>,
}

impl Corpus {
    pub fn of(target: &'static Target) -> Corpus {
        let mut seeds = (target.seeds)();
        assert!(!seeds.is_empty(), "{} has no inputs to begin with", target.name);
        seeds.splice(0..0, found(target));
        let mut words = BTreeSet::new();
        for seed in &seeds {
            let all = seed.split(|byte| !byte.is_ascii_alphanumeric() && !b"-_.".contains(byte));
            words.extend(all.filter(|word| !word.is_empty()).take(200).map(<[u8]>::to_vec));
            if words.len() > MOST_WORDS {
                break;
            }
        }
        words.extend(target.words.iter().map(|word| word.as_bytes().to_vec()));
        Corpus { target, seeds, words: words.into_iter().collect() }
    }

    /// An input: the first are those that something was found with once, and those that are real, as
    /// they are.
    pub fn input(&self, seed: u64, n: u64) -> Vec<u8> {
        if let Some(real) = usize::try_from(n).ok().and_then(|n| self.seeds.get(n)) {
            return real.clone();
        }
        let mut chance = Chance::of(seed, self.target.name, n);
        let input = chance.pick(&self.seeds).clone();
        let pool = Pool { seeds: &self.seeds, words: &self.words };
        mutate(&mut chance, self.target.syntax, input, &pool)
    }
}

/// Inputs that something was found with once: each has to be borne from then on. What was wrong is in
/// the file's name.
fn found(target: &Target) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ci/fuzz/found").join(target.name);
    // Of most targets there is nothing.
    let files = std::fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("readable").path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).expect("readable")).collect()
}
