//! Which target is meant, and everything that is said of it.

use std::path::{Path, PathBuf};

use super::{Origin, Said, Saying};
use crate::model::suggest;
use crate::target::config::{ConfigError, ConfigFile, find_config, places};
use crate::target::credentials::of_aws;

/// What was asked for on the command line.
#[derive(Debug, Clone, Default)]
pub struct Asked<'a> {
    /// The configuration file.
    pub config: Option<&'a Path>,
    /// The target's name, or a URL.
    pub target: Option<&'a str>,
    /// Everything else.
    pub flags: Saying,
}

/// The target that is meant.
#[derive(Debug)]
pub struct Chosen {
    /// Its name in the configuration file, if it is there.
    pub target: Option<String>,
    /// Its endpoint, and who said it.
    pub endpoint: Said<String>,
    /// Everything that is said of it, `endpoint` too.
    pub said: Saying,
}

/// Why it is not known which target is meant.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The configuration file is not there or wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A variable of the environment is wrong.
    #[error("{0}")]
    Variable(String),
    /// No target has this name.
    #[error("there is no target `{name}` {place}{hint}")]
    Unknown {
        /// The name.
        name: String,
        /// Where it was looked for.
        place: String,
        /// What was probably meant, or what can be done.
        hint: String,
    },
}

/// The target that flags, environment, configuration file, and AWS's own configuration mean. `None`:
/// they name none.
///
/// # Errors
/// The configuration is wrong, or has no target of that name; a variable has a value that cannot be.
pub async fn choose(
    asked: Asked<'_>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Chosen>, SettingsError> {
    let (target, mut said) = settle(asked, variable)?;
    if said.endpoint.is_none() || said.ca.is_none() {
        let profile = said.profile.as_ref().map(|profile| profile.value.clone());
        said = said.or(of_aws(profile.as_deref(), variable).await);
    }
    Ok(said.endpoint.clone().map(|endpoint| Chosen { target, endpoint, said }))
}

/// The same without AWS's own configuration.
fn settle(
    asked: Asked<'_>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<(Option<String>, Saying), SettingsError> {
    // What is empty was unset by somebody who could not unset it.
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    let named = asked.config.map(PathBuf::from);
    let named = named.or_else(|| variable("PARALLAX_CONFIG").map(PathBuf::from));
    let file = find_config(named.as_deref(), &variable)?;
    let variables = Saying::of_variables(&variable).map_err(SettingsError::Variable)?;
    let mut flags = asked.flags;
    let by_variable = variable("PARALLAX_TARGET");
    let section = |name: &str, origin: Origin| section(name, origin, file.as_ref(), &variable);
    if let Some(name) = asked.target {
        let (target, said) = section(name, Origin::Flag("--target"))?;
        return Ok((target, flags.or(said).or(variables)));
    }
    // Who names an endpoint means another target than that of the file.
    if flags.endpoint.is_some() {
        return Ok((None, flags.or(variables)));
    }
    flags = flags.or(variables);
    if let Some(name) = by_variable {
        let (target, said) = section(&name, Origin::Variable("PARALLAX_TARGET".to_owned()))?;
        return Ok((target, flags.or(said)));
    }
    match file.as_ref().and_then(ConfigFile::default) {
        Some(name) if flags.endpoint.is_none() => {
            let (target, said) = section(name, Origin::Default)?;
            Ok((target, flags.or(said)))
        }
        _ => Ok((None, flags)),
    }
}

/// What the file says of a target; of a URL, and of `aws`, that it is the endpoint.
fn section(
    name: &str,
    origin: Origin,
    file: Option<&ConfigFile>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<(Option<String>, Saying), SettingsError> {
    if let Some((file, section)) = file.and_then(|file| Some((file, file.section(name)?))) {
        return Ok((Some(name.to_owned()), Saying::of_section(file, section)));
    }
    if name == "aws" || name.contains("://") {
        let endpoint = Some(Said { value: name.to_owned(), origin });
        return Ok((None, Saying { endpoint, ..Saying::default() }));
    }
    let place = match file {
        Some(file) => format!("in {}", file.path.display()),
        None => {
            let places: Vec<String> =
                places(variable).iter().map(|path| path.display().to_string()).collect();
            format!("because there is no configuration file: looked for {}", places.join(" and "))
        }
    };
    let close = file.and_then(|file| suggest(name, file.names()));
    let hint = match (close, file) {
        (Some(close), _) => format!("; did you mean `{close}`?"),
        (None, Some(file)) => {
            let names: Vec<&str> = file.names().collect();
            format!("; there are: {}", names.join(", "))
        }
        (None, None) => {
            "\n  `parallax target --help` shows how to write one; --endpoint URL needs none"
                .to_owned()
        }
    };
    Err(SettingsError::Unknown { name: name.to_owned(), place, hint })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
default: lab
targets:
  lab: { endpoint: http://lab.example/, region: RegionOne, image: ami-lab }
  other: { endpoint: http://other.example/ }
  amazon: { kind: aws, region: eu-west-1 }
";

    /// Endpoint and region that are settled on, and who said them.
    fn settled(
        target: Option<&str>,
        endpoint: Option<&str>,
        variables: &[(&str, &str)],
        file: Option<&str>,
    ) -> Result<String, SettingsError> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("parallax.yaml");
        if let Some(file) = file {
            std::fs::write(&path, file).expect("written");
        }
        let endpoint =
            endpoint.map(|url| Said { value: url.to_owned(), origin: Origin::Flag("--endpoint") });
        let asked = Asked {
            config: file.map(|_| path.as_path()),
            target,
            flags: Saying { endpoint, ..Saying::default() },
        };
        let variable = |name: &str| {
            let value = variables.iter().find(|(known, _)| *known == name)?.1;
            Some(value.to_owned())
        };
        let (name, said) = settle(asked, &variable)?;
        let show = |said: Option<Said<String>>| match said {
            Some(Said { value, origin: Origin::File { line, .. } }) => format!("{value}@{line}"),
            Some(Said { value, origin }) => format!("{value}@{origin}"),
            None => "-".to_owned(),
        };
        Ok(format!("{} {} {}", name.unwrap_or("-".into()), show(said.endpoint), show(said.region)))
    }

    #[test]
    fn who_goes_before_whom() {
        let url = ("PARALLAX_ENDPOINT", "http://v/");
        let region = ("PARALLAX_REGION", "v");
        let target = ("PARALLAX_TARGET", "other");
        for (name, endpoint, variables, expected) in [
            (None, None, &[][..], "lab http://lab.example/@3 RegionOne@3"),
            (None, None, &[region], "lab http://lab.example/@3 v@PARALLAX_REGION"),
            // A target that is named by a flag is not another one because of a variable.
            (Some("lab"), None, &[region, url, target], "lab http://lab.example/@3 RegionOne@3"),
            (Some("other"), None, &[region], "other http://other.example/@4 v@PARALLAX_REGION"),
            (None, None, &[target], "other http://other.example/@4 -"),
            (None, None, &[target, url], "other http://v/@PARALLAX_ENDPOINT -"),
            // Another endpoint is another target; nothing of the default one holds for it.
            (None, None, &[url], "- http://v/@PARALLAX_ENDPOINT -"),
            (None, Some("http://f/"), &[url, target], "- http://f/@--endpoint -"),
            (Some("lab"), Some("http://f/"), &[], "lab http://f/@--endpoint RegionOne@3"),
            (Some("http://u/"), None, &[], "- http://u/@--target -"),
            (Some("aws"), None, &[], "- aws@--target -"),
            (Some("amazon"), None, &[], "amazon aws@5 eu-west-1@5"),
            (None, None, &[("PARALLAX_TARGET", "")], "lab http://lab.example/@3 RegionOne@3"),
        ] {
            let settled = settled(name, endpoint, variables, Some(FILE)).expect("settled");
            assert_eq!(settled, expected, "{name:?} {endpoint:?} {variables:?}");
        }
        assert_eq!(settled(None, None, &[], Some("targets: {}")).unwrap(), "- - -");
        assert_eq!(settled(None, None, &[], Some("")).unwrap(), "- - -");
    }

    #[test]
    fn a_target_that_is_not_there() {
        let refused = |name, file| settled(Some(name), None, &[], file).unwrap_err().to_string();
        assert!(refused("labb", Some(FILE)).ends_with("; did you mean `lab`?"));
        assert!(refused("zebra", Some(FILE)).ends_with("; there are: lab, other, amazon"));
        assert!(refused("lab", None).contains("no configuration file"));
        let wrong = settled(None, None, &[("PARALLAX_RATE", "fast")], Some(FILE)).unwrap_err();
        assert!(wrong.to_string().starts_with("PARALLAX_RATE: `fast`: write requests"), "{wrong}");
    }
}
