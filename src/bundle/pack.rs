//! Makes a bundle of a judged run.

use std::collections::BTreeMap;

use super::chain::chain;
use super::compare::compare;
use super::container::{MOST_CONTENT, MOST_MEMBERS, Packed, write};
use super::digests::{Digests, sha256};
use super::manifest::{
    BASELINES, CHAIN, DIGESTS, MANIFEST, Manifest, Member, PackedAs, RESULT, RUN, SIGNATURE,
    TRANSCRIPT, is_baseline,
};
use super::signature::Signed;
use crate::assets::Assets;
use crate::judge::baseline::AWS;
use crate::judge::{Knowledge, RunResult, judge, read_result, write_result};
use crate::transcript::Transcript;

/// What a bundle is made of.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The text of `run.json`.
    pub run: String,
    /// The text of `transcript.jsonl`.
    pub transcript: String,
    /// The text of `result.json`.
    pub result: String,
    /// The baselines, shape profiles and error codes that it was judged with, by their paths.
    pub baselines: BTreeMap<String, String>,
    /// The suite: guidelines lie beside it.
    pub suite: Assets,
}

/// Why no bundle is made of a run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

/// A bundle that is complete but for its signature. The same evidence gives the same bytes.
#[derive(Debug, Clone)]
pub struct Unsigned {
    manifest: String,
    result: RunResult,
    members: Vec<Packed>,
}

impl Evidence {
    /// The baselines of one reference with shape profiles and error codes, as judging needs them.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn baselines_of(
        assets: &Assets,
        reference: &str,
    ) -> std::io::Result<BTreeMap<String, String>> {
        let (own, shapes) = (format!("{reference}/"), format!("{AWS}/shapes/"));
        // Profiles, codes and values are facts of AWS's API, whosever baselines are used.
        let facts = ["errors", "values"].map(|fact| format!("{AWS}/{fact}.json"));
        let needed = |name: &String| {
            name.starts_with(&own) || name.starts_with(&shapes) || facts.contains(name)
        };
        let names = assets.list(".json")?.into_iter().filter(needed);
        let mut files = names
            .map(|name| Ok((name.clone(), assets.read(&name)?)))
            .collect::<std::io::Result<BTreeMap<_, _>>>()?;
        // Where a folder has none, those that come with the program were used.
        for fact in facts {
            if !files.contains_key(&fact)
                && let Ok(text) = Assets::Baselines.read(&fact)
            {
                files.insert(fact, text);
            }
        }
        Ok(files)
    }
}

impl Unsigned {
    /// Judges the transcript again, and packs everything if that gives the result that is there:
    /// nobody should sign what does not follow.
    ///
    /// # Errors
    /// Says what does not fit together.
    pub fn new(evidence: &Evidence) -> Result<Unsigned, Refused> {
        let refused = |what: String| Refused(what);
        let transcript = transcript(&evidence.transcript)?;
        check_run(&evidence.run, &transcript)?;
        let stated = read_result(&evidence.result).map_err(|e| {
            refused(format!("{RESULT} is no result: {e}; `parallax judge DIR` makes it"))
        })?;
        let knowledge = knowledge(&evidence.baselines, &stated).map_err(Refused)?;
        let judged = judge(&transcript, &knowledge);
        if write_result(&judged) != evidence.result {
            let comparison = compare(&stated, &judged);
            return Err(refused(format!(
                "{RESULT} is not what judging the transcript gives here: {comparison}. Judge it again with \
                 `parallax judge DIR`, with the same --baselines and --reference if you used them, and \
                 look at the report before you sign it"
            )));
        }
        let digests = Digests::of(transcript.cases(), &evidence.suite)
            .map_err(|e| refused(format!("guidelines cannot be read: {e}")))?;
        let mut contents: Vec<(String, Vec<u8>)> = Vec::new();
        contents.push((RUN.to_owned(), evidence.run.clone().into_bytes()));
        for (name, text) in [(TRANSCRIPT, &evidence.transcript), (RESULT, &evidence.result)] {
            contents.push((name.to_owned(), text.clone().into_bytes()));
            contents.push((format!("{name}{CHAIN}"), chain(text.as_bytes()).into_bytes()));
        }
        contents.push((DIGESTS.to_owned(), digests.to_text().into_bytes()));
        for (name, text) in &evidence.baselines {
            let name = format!("{BASELINES}{name}");
            if !is_baseline(&name) {
                return Err(refused(format!(
                    "{name:?} cannot be in a bundle: names of baselines are letters, digits and dashes \
                     in folders, as in baselines/aws/vpcs/create.json"
                )));
            }
            contents.push((name, text.clone().into_bytes()));
        }
        let size: u64 = contents.iter().map(|(_, content)| content.len() as u64).sum();
        if size > MOST_CONTENT || contents.len() > MOST_MEMBERS {
            return Err(refused(format!(
                "{size} bytes in {} files are more than a bundle holds ({MOST_CONTENT} in {MOST_MEMBERS})",
                contents.len()
            )));
        }
        let members: Vec<Packed> =
            contents.iter().map(|(name, content)| Packed::deflated(name, content)).collect();
        let listed =
            members.iter().zip(&contents).map(|(packed, (_, content))| listed(packed, content));
        let manifest = Manifest::new(
            judged.run.clone(),
            judged.judged_with.clone(),
            judged.summary.clone(),
            listed.collect(),
        );
        Ok(Unsigned { manifest: manifest.to_text(), result: judged, members })
    }

    /// The text of the manifest: what has to be signed.
    pub fn manifest(&self) -> &str {
        &self.manifest
    }

    /// The result that is signed.
    pub fn result(&self) -> &RunResult {
        &self.result
    }

    /// Number of members, with manifest and signature.
    pub fn members(&self) -> usize {
        self.members.len() + 2
    }

    /// The bundle, with a signature over its manifest.
    pub fn seal(self, signature: &Signed) -> Vec<u8> {
        let mut members = vec![
            Packed::stored(MANIFEST, self.manifest.as_bytes()),
            Packed::stored(SIGNATURE, signature.to_text().as_bytes()),
        ];
        members.extend(self.members);
        write(&members)
    }
}

/// Reads what a run has to be judged with to give this result.
pub(super) fn knowledge(
    baselines: &BTreeMap<String, String>,
    result: &RunResult,
) -> Result<Knowledge, String> {
    let assets = Assets::held("baselines of the bundle", baselines.clone());
    let loaded = Knowledge::load(&assets, Some(&result.judged_with.reference));
    let mut knowledge = loaded.map_err(|e| e.to_string())?;
    knowledge.without_client = result.judged_with.client.is_none();
    Ok(knowledge)
}

fn listed(packed: &Packed, content: &[u8]) -> Member {
    let entry = &packed.entry;
    Member {
        name: entry.name.clone(),
        size: entry.size,
        sha256: sha256(content),
        packed: PackedAs { size: entry.packed, sha256: sha256(&packed.bytes), crc32: entry.crc },
    }
}

fn transcript(text: &str) -> Result<Transcript, Refused> {
    if !text.ends_with('\n') {
        let why = "the last line of the transcript is cut off: the run was stopped while it was \
                   written. Such a run can be judged, but not signed";
        return Err(Refused(why.to_owned()));
    }
    Transcript::parse(text).map_err(|e| Refused(format!("{TRANSCRIPT}: {e}")))
}

/// That `run.json` is of the run that the transcript is of.
fn check_run(text: &str, transcript: &Transcript) -> Result<(), Refused> {
    #[derive(serde::Deserialize)]
    struct RunFile {
        run: String,
    }
    let run: RunFile = serde_json::from_str(text)
        .map_err(|e| Refused(format!("{RUN} says not how a run was made: {e}")))?;
    if run.run == transcript.run.run {
        return Ok(());
    }
    Err(Refused(format!(
        "{RUN} is of the run {}, and the transcript of {}: they do not belong together",
        run.run, transcript.run.run
    )))
}
