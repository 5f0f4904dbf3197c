//! Where the configuration is, and which it is.

use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::doc::{Kind, SectionDoc};
use super::read::config;
use super::refused::painted;
use crate::syntax::{Diagnostics, Reader, SourceFile, Spanned, parse};

/// Its name in the current folder and in the user's.
const NAME: &str = "parallax.yaml";

/// A configuration file that was read.
#[derive(Debug)]
pub struct ConfigFile {
    /// Where it is, as found.
    pub path: PathBuf,
    text: String,
    default: Option<Spanned<String>>,
    targets: Vec<(Spanned<String>, SectionDoc)>,
}

/// A target of a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its name there.
    pub name: String,
    /// What kind of cloud it is said to be.
    pub kind: &'static str,
    /// Its endpoint, or `aws`.
    pub endpoint: String,
    /// Its region, if it is said.
    pub region: Option<String>,
    /// Whether it is meant where none is named.
    pub default: bool,
}

/// Why there is no configuration although there should be one.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// There are mistakes in it.
    #[error("{0}")]
    Mistakes(Diagnostics),
}

/// The configuration that is named, or else the first that is there: `./parallax.yaml`, then
/// `parallax/parallax.yaml` below `$XDG_CONFIG_HOME` or `~/.config`. `None`: there is none.
/// `variable` gives the environment's values.
///
/// # Errors
/// The file that is named is not there, one cannot be read, or there are mistakes in it.
pub fn find_config(
    named: Option<&Path>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<ConfigFile>, ConfigError> {
    if let Some(path) = named {
        return read(path).map(Some);
    }
    for path in places(variable) {
        match read(&path) {
            Ok(found) => return Ok(Some(found)),
            Err(ConfigError::Unreadable { .. }) if !path.exists() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Where a configuration is looked for if none is named.
pub(in crate::target) fn places(variable: &dyn Fn(&str) -> Option<String>) -> Vec<PathBuf> {
    let user = variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        // The XDG specification: a relative path is to be ignored.
        .filter(|path| path.is_absolute())
        .or_else(|| variable("HOME").map(|home| Path::new(&home).join(".config")));
    let user = user.map(|folder| folder.join("parallax").join(NAME));
    [PathBuf::from(NAME)].into_iter().chain(user).collect()
}

fn read(path: &Path) -> Result<ConfigFile, ConfigError> {
    let unreadable = |why: String| ConfigError::Unreadable { path: path.to_owned(), why };
    let bytes = std::fs::read(path).map_err(|error| {
        unreadable(match error.kind() {
            ErrorKind::NotFound => "there is no such configuration file".to_owned(),
            _ => error.to_string(),
        })
    })?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("this is not UTF-8".to_owned()))?;
    ConfigFile::parse(path, text)
}

impl ConfigFile {
    /// Reads the text of a configuration that stands in this file.
    ///
    /// # Errors
    /// All mistakes that are in it, with their places. Secrets in the text are painted over.
    pub fn parse(path: &Path, text: String) -> Result<ConfigFile, ConfigError> {
        let mut reader = Reader::default();
        let root = parse(&text);
        let doc = match &root {
            Ok(root) => Some(config(root, &mut reader)),
            Err(mistake) => {
                reader.report(mistake.clone());
                None
            }
        };
        let found = reader.into_found();
        match doc {
            Some(doc) if found.is_empty() => Ok(ConfigFile {
                path: path.to_owned(),
                text,
                default: doc.default,
                targets: doc.targets,
            }),
            _ => {
                let shown = painted(&text, root.as_ref().ok());
                let mut mistakes = Diagnostics::default();
                mistakes.add(SourceFile { path: path.to_owned(), text: shown }, found);
                Err(ConfigError::Mistakes(mistakes))
            }
        }
    }

    /// The targets, in the order written.
    pub fn list(&self) -> Vec<Listed> {
        let listed = |(name, section): &(Spanned<String>, SectionDoc)| {
            let endpoint = section.endpoint.as_ref().map_or("aws", |s| s.as_str()).to_owned();
            let kind = section.kind.as_ref().map_or_else(|| Kind::of(&endpoint), |s| s.value);
            Listed {
                name: name.value.clone(),
                kind: kind.as_str(),
                endpoint,
                region: section.region.as_ref().map(|s| s.value.clone()),
                default: self.default() == Some(name.as_str()),
            }
        };
        self.targets.iter().map(listed).collect()
    }

    /// The names of the targets, in the order written.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.targets.iter().map(|(name, _)| name.as_str())
    }

    /// The target that is meant if none is named.
    pub fn default(&self) -> Option<&str> {
        self.default.as_ref().map(|name| name.as_str())
    }

    /// A target's name as it stands there, and what is said of it.
    pub(in crate::target) fn section(&self, name: &str) -> Option<&(Spanned<String>, SectionDoc)> {
        self.targets.iter().find(|(known, _)| known.as_str() == name)
    }

    /// The line, from 1, of a place in it.
    pub(in crate::target) fn line(&self, span: &Range<usize>) -> usize {
        let start = span.start.min(self.text.len());
        self.text.as_bytes()[..start].iter().filter(|&&byte| byte == b'\n').count() + 1
    }
}
