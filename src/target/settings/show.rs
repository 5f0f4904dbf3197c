//! Everything that is said of a target, for people and programs.

use serde::Serialize;

use super::{Chosen, Origin, Said};
use crate::target::Connection;
use crate::transcript::Reach;

/// Something that is said of a target, and who says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// What it is.
    pub what: &'static str,
    /// Its value; `None`: nobody says it.
    pub value: Option<String>,
    /// Who says it, or where it will come from.
    pub from: String,
}

impl Chosen {
    /// Everything that is said of it, what nobody says too.
    pub fn settings(&self) -> Vec<Setting> {
        let said = &self.said;
        let usual = Connection::from(self);
        let found = "will be asked for";
        let on_aws = usual.kind() == crate::target::Kind::Aws;
        let found_or_not = if on_aws { "not known; not looked for on AWS" } else { found };
        let aws = "as AWS's tools find it";
        let timeout =
            said.timeout.as_ref().map(|s| s.clone().map(|seconds| format!("{seconds} s")));
        let joined = |s: &Said<Vec<String>>| s.clone().map(|all| all.join(", "));
        let quotas = said.quotas.as_ref().map(|s| {
            let all = s.value.iter().map(|(thing, count)| format!("{thing} {count}"));
            s.clone().map(|_| all.collect::<Vec<_>>().join(", "))
        });
        let vpc = said.vpc.as_ref().map(|s| s.clone().map(|vpc| vpc.as_str().to_owned()));
        let kind = said.kind.as_ref().map(|s| s.clone().map(|kind| kind.as_str().to_owned()));
        let rate = said.rate.as_ref().map(|s| s.clone().map(|rate| rate.to_string()));
        let ca = said.ca.as_ref().map(|s| s.clone().map(|path| path.display().to_string()));
        let reach = said.reach.as_ref().map(|s| s.clone().map(|reach| reach.as_str().to_owned()));
        let jump_key =
            said.jump_key.as_ref().map(|s| s.clone().map(|path| path.display().to_string()));
        let usual_reach = if said.jump.is_some() { Reach::Jump } else { Reach::None };
        let by_default = |what, said: Option<Said<String>>, value: String| match said {
            Some(said) => setting(what, Some(said), ""),
            None => Setting { what, value: Some(value), from: Origin::Default.to_string() },
        };
        vec![
            by_default("name", said.name.clone(), "the endpoint's host".to_owned()),
            by_default("kind", kind, usual.kind().as_str().to_owned()),
            setting("endpoint", Some(self.endpoint.clone()), ""),
            setting("region", said.region.clone(), aws),
            setting(
                "credentials",
                said.profile.clone().map(|s| s.map(|p| format!("profile {p}"))),
                aws,
            ),
            setting("ca", ca, "the system's authorities"),
            setting("image", said.image.clone(), found_or_not),
            setting("instance_type", said.instance_type.clone(), found_or_not),
            setting("zone", said.zone.clone(), found),
            setting("vpc", vpc, found),
            setting("ssh_user", said.ssh_user.clone(), "not known"),
            by_default("reach", reach, usual_reach.as_str().to_owned()),
            setting("jump", said.jump.clone(), "none"),
            setting("jump_key", jump_key, "none"),
            setting("lacks", said.lacks.as_ref().map(joined), "nothing"),
            setting("quotas", quotas, "not known"),
            by_default("rate", rate, usual.rate().to_string()),
            by_default("timeout", timeout, format!("{} s", usual.timeout.as_secs())),
        ]
    }
}

fn setting(what: &'static str, said: Option<Said<String>>, otherwise: &str) -> Setting {
    match said {
        Some(Said { value, origin }) => {
            Setting { what, value: Some(value), from: origin.to_string() }
        }
        None => Setting { what, value: None, from: otherwise.to_owned() },
    }
}
