//! Files that come with the program — suite, baselines, guidelines, rules, the bundled recording — or that
//! replace them: a folder of the user's.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rust_embed::RustEmbed;

use crate::syntax::SourceFile;

#[derive(RustEmbed)]
#[folder = "cases/"]
#[include = "*.yaml"]
#[exclude = "guidelines/*"]
struct Cases;

#[derive(RustEmbed)]
#[folder = "cases/guidelines/"]
#[include = "*.json"]
struct Guidelines;

#[derive(RustEmbed)]
#[folder = "baselines/"]
#[include = "*.json"]
struct Baselines;

#[derive(RustEmbed)]
#[folder = "reports/"]
#[include = "openstack-2023.2/run.json"]
#[include = "openstack-2023.2/transcript.jsonl"]
#[include = "openstack-2023.2/result.json"]
struct Reports;

#[derive(RustEmbed)]
#[folder = "src/judge/rules/"]
#[include = "*.yaml"]
struct Rules;

/// A tree of files: one that was built in, or a folder.
#[derive(Debug, Clone)]
pub enum Assets {
    /// The suite that was built in.
    Cases,
    /// The baselines and shape profiles that were built in.
    Baselines,
    /// The guidelines that were built in.
    Guidelines,
    /// The published result that was built in: the one that is shown without a target.
    Reports,
    /// The rules of the judge, which nobody can replace.
    Rules,
    /// A folder on disk.
    Folder(PathBuf),
    /// Files that are in memory.
    Held(Arc<Held>),
}

/// Files in memory.
#[derive(Debug)]
pub struct Held {
    name: PathBuf,
    files: BTreeMap<String, String>,
}

impl Assets {
    /// Files in memory, by their paths; the name is what a person would call the place.
    pub fn held(name: impl Into<PathBuf>, files: BTreeMap<String, String>) -> Assets {
        Assets::Held(Arc::new(Held { name: name.into(), files }))
    }

    /// Paths of all files with this ending, relative and with `/`, sorted.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn list(&self, ending: &str) -> io::Result<Vec<String>> {
        let mut names: Vec<String> = match self {
            Assets::Cases => Cases::iter().map(Cow::into_owned).collect(),
            Assets::Baselines => Baselines::iter().map(Cow::into_owned).collect(),
            Assets::Guidelines => Guidelines::iter().map(Cow::into_owned).collect(),
            Assets::Reports => Reports::iter().map(Cow::into_owned).collect(),
            Assets::Rules => Rules::iter().map(Cow::into_owned).collect(),
            Assets::Folder(root) => {
                let mut names = Vec::new();
                walk(root, "", &mut names)?;
                names
            }
            Assets::Held(held) => held.files.keys().cloned().collect(),
        };
        names.retain(|name| name.ends_with(ending));
        names.sort_unstable();
        Ok(names)
    }

    /// The content of one file.
    ///
    /// # Errors
    /// There is no such file, it cannot be read, or it is not text.
    pub fn read(&self, name: &str) -> io::Result<String> {
        let bytes = match self {
            Assets::Cases => Cases::get(name).map(|f| f.data),
            Assets::Baselines => Baselines::get(name).map(|f| f.data),
            Assets::Guidelines => Guidelines::get(name).map(|f| f.data),
            Assets::Reports => Reports::get(name).map(|f| f.data),
            Assets::Rules => Rules::get(name).map(|f| f.data),
            Assets::Folder(root) => Some(Cow::Owned(std::fs::read(root.join(name))?)),
            Assets::Held(held) => return held.files.get(name).cloned().ok_or_else(not_there),
        };
        let bytes = bytes.ok_or_else(not_there)?;
        String::from_utf8(bytes.into_owned())
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "this is not UTF-8 text"))
    }

    /// One file as the source of a diagnostic.
    ///
    /// # Errors
    /// As [`Assets::read`].
    pub fn source(&self, name: &str) -> io::Result<SourceFile> {
        Ok(SourceFile { path: self.root().join(name), text: self.read(name)? })
    }

    /// What a person would call the place.
    pub fn root(&self) -> &Path {
        match self {
            Assets::Cases => Path::new("cases"),
            Assets::Baselines => Path::new("baselines"),
            Assets::Guidelines => Path::new("cases/guidelines"),
            Assets::Reports => Path::new("reports"),
            Assets::Rules => Path::new("src/judge/rules"),
            Assets::Folder(root) => root,
            Assets::Held(held) => &held.name,
        }
    }
}

fn not_there() -> io::Error {
    io::ErrorKind::NotFound.into()
}

/// Puts a file in place as a whole: what stood there before is not lost half-way.
pub(crate) fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // As any other file: for its readers the umask decides.
    let mode = std::fs::Permissions::from_mode(0o666);
    let mut file =
        tempfile::Builder::new().permissions(mode).tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// Levels of folders that are read.
const MAX_DEPTH: usize = 8;

fn walk(root: &Path, prefix: &str, names: &mut Vec<String>) -> io::Result<()> {
    if prefix.matches('/').count() > MAX_DEPTH {
        return Ok(());
    }
    for entry in std::fs::read_dir(root.join(prefix))? {
        let entry = entry?;
        let Some(name) = entry.file_name().to_str().map(|n| format!("{prefix}{n}")) else {
            continue;
        };
        if entry.file_type()?.is_dir() {
            walk(root, &format!("{name}/"), names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}
