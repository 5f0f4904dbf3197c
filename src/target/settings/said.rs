//! What one source says of a target.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::Origin;
use crate::syntax::Spanned;
use crate::target::config::{ConfigFile, SectionDoc};
use crate::target::{Kind, Rate};
use crate::transcript::{Reach, VpcSupport};

/// A value, and who said it.
#[derive(Debug, Clone, PartialEq)]
pub struct Said<T> {
    /// The value.
    pub value: T,
    /// Who said it.
    pub origin: Origin,
}

/// What one source says of a target; what is `None` it leaves open.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "each is a setting of the same name")]
pub struct Saying {
    pub kind: Option<Said<Kind>>,
    pub endpoint: Option<Said<String>>,
    pub region: Option<Said<String>>,
    pub profile: Option<Said<String>>,
    pub name: Option<Said<String>>,
    pub ca: Option<Said<PathBuf>>,
    pub image: Option<Said<String>>,
    pub instance_type: Option<Said<String>>,
    pub zone: Option<Said<String>>,
    pub ssh_user: Option<Said<String>>,
    pub reach: Option<Said<Reach>>,
    pub jump: Option<Said<String>>,
    pub jump_key: Option<Said<PathBuf>>,
    pub vpc: Option<Said<VpcSupport>>,
    /// Seconds.
    pub timeout: Option<Said<u64>>,
    pub rate: Option<Said<Rate>>,
    pub lacks: Option<Said<Vec<String>>>,
    pub quotas: Option<Said<BTreeMap<String, u32>>>,
}

impl Saying {
    /// What `PARALLAX_…` variables say.
    ///
    /// # Errors
    /// One has a value that cannot be; says which and what could be.
    pub(super) fn of_variables(
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Saying, String> {
        let said = |name: &str| {
            let value = variable(name)?;
            Some(Said { value, origin: Origin::Variable(name.to_owned()) })
        };
        Ok(Saying {
            endpoint: said("PARALLAX_ENDPOINT"),
            region: said("PARALLAX_REGION"),
            profile: said("PARALLAX_PROFILE"),
            name: said("PARALLAX_NAME"),
            ca: said("PARALLAX_CA_BUNDLE").map(|s| s.map(PathBuf::from)),
            image: said("PARALLAX_IMAGE"),
            instance_type: said("PARALLAX_INSTANCE_TYPE"),
            zone: said("PARALLAX_ZONE"),
            ssh_user: said("PARALLAX_SSH_USER"),
            reach: said("PARALLAX_REACH").map(|s| s.parse(str::parse)).transpose()?,
            jump: said("PARALLAX_JUMP"),
            jump_key: said("PARALLAX_JUMP_KEY").map(|s| s.map(PathBuf::from)),
            timeout: said("PARALLAX_TIMEOUT").map(|s| s.parse(timeout)).transpose()?,
            rate: said("PARALLAX_RATE").map(|s| s.parse(str::parse)).transpose()?,
            ..Saying::default()
        })
    }

    /// What a section of the configuration file says.
    pub(super) fn of_section(
        file: &ConfigFile,
        (name, section): &(Spanned<String>, SectionDoc),
    ) -> Saying {
        let at =
            |span: &Range<usize>| Origin::File { path: file.path.clone(), line: file.line(span) };
        let text = |key: &Option<Spanned<String>>| key.as_ref().map(|s| said(s, &at));
        let beside = file.path.parent().unwrap_or(Path::new(""));
        let kind = section.kind.as_ref().map(|s| said(s, &at));
        let of_aws = kind.as_ref().filter(|kind| kind.value == Kind::Aws);
        Saying {
            endpoint: text(&section.endpoint).or_else(|| {
                of_aws.map(|kind| Said { value: "aws".to_owned(), origin: kind.origin.clone() })
            }),
            kind,
            region: text(&section.region),
            profile: text(&section.profile),
            name: text(&section.name).or_else(|| Some(said(name, &at))),
            ca: text(&section.ca).map(|s| s.map(|file| beside.join(file))),
            image: text(&section.image),
            instance_type: text(&section.instance_type),
            zone: text(&section.zone),
            ssh_user: text(&section.ssh_user),
            reach: section.reach.as_ref().map(|s| said(s, &at)),
            jump: text(&section.jump),
            jump_key: text(&section.jump_key).map(|s| s.map(|file| beside.join(file))),
            vpc: section.vpc.as_ref().map(|s| said(s, &at)),
            timeout: section.timeout.as_ref().map(|s| said(s, &at)),
            rate: section.rate.as_ref().map(|s| said(s, &at)),
            lacks: section.lacks.first().map(|first| Said {
                value: section.lacks.iter().map(|lack| lack.value.clone()).collect(),
                origin: at(&first.span),
            }),
            quotas: section.quotas.first().map(|(first, _)| Said {
                value: section.quotas.iter().map(|(k, n)| (k.value.clone(), *n)).collect(),
                origin: at(&first.span),
            }),
        }
    }

    /// This, and what another says where this says nothing.
    pub(super) fn or(self, other: Saying) -> Saying {
        Saying {
            kind: self.kind.or(other.kind),
            endpoint: self.endpoint.or(other.endpoint),
            region: self.region.or(other.region),
            profile: self.profile.or(other.profile),
            name: self.name.or(other.name),
            ca: self.ca.or(other.ca),
            image: self.image.or(other.image),
            instance_type: self.instance_type.or(other.instance_type),
            zone: self.zone.or(other.zone),
            ssh_user: self.ssh_user.or(other.ssh_user),
            reach: self.reach.or(other.reach),
            jump: self.jump.or(other.jump),
            jump_key: self.jump_key.or(other.jump_key),
            vpc: self.vpc.or(other.vpc),
            timeout: self.timeout.or(other.timeout),
            rate: self.rate.or(other.rate),
            lacks: self.lacks.or(other.lacks),
            quotas: self.quotas.or(other.quotas),
        }
    }
}

fn said<T: Clone>(value: &Spanned<T>, at: &dyn Fn(&Range<usize>) -> Origin) -> Said<T> {
    Said { value: value.value.clone(), origin: at(&value.span) }
}

fn timeout(text: &str) -> Result<u64, String> {
    let seconds = text.parse().ok().filter(|seconds| (1..=3600).contains(seconds));
    seconds.ok_or_else(|| "seconds are meant, 1 to 3600".to_owned())
}

impl<T> Said<T> {
    /// Another value, said by the same.
    pub(in crate::target) fn map<U>(self, other: impl FnOnce(T) -> U) -> Said<U> {
        Said { value: other(self.value), origin: self.origin }
    }
}

impl Said<String> {
    fn parse<U>(self, read: impl FnOnce(&str) -> Result<U, String>) -> Result<Said<U>, String> {
        match read(&self.value) {
            Ok(value) => Ok(Said { value, origin: self.origin }),
            Err(why) => Err(format!("{}: `{}`: {why}", self.origin, self.value)),
        }
    }
}
