//! Carries out probes, as far as guests can be reached.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use russh::keys::decode_secret_key;
use serde_json::Value;
use tokio::time::Instant;

use super::dial::Way;
use super::found::{Found, Outcome};
use super::reach::Jump;
use super::ssh::{Command, Login};
use super::{http, icmp, imds, ssh, tcp};
use crate::case::{Case, ProbeKind};
use crate::transcript::Reach;

/// Carries out probes. Without being told how guests are reached, it goes nowhere.
#[derive(Debug, Clone, Default)]
pub struct Prober {
    way: Option<Arc<Going>>,
}

#[derive(Debug)]
enum Going {
    Direct,
    Through(Jump),
}

/// Seconds that one look may take, if the case does not say; of `ssh` with the command.
fn usual_seconds(kind: ProbeKind) -> u64 {
    match kind {
        ProbeKind::Tcp | ProbeKind::Icmp => 5,
        ProbeKind::Http => 15,
        ProbeKind::Ssh | ProbeKind::Imds | ProbeKind::Console => 30,
    }
}

/// The longest that one look may take.
pub(crate) fn longest_look(kind: ProbeKind, with: &Value) -> Duration {
    Duration::from_secs(with["Seconds"].as_u64().unwrap_or_else(|| usual_seconds(kind)))
}

impl Prober {
    /// Guests are reached from here.
    pub fn direct() -> Prober {
        Prober { way: Some(Arc::new(Going::Direct)) }
    }

    /// Guests are reached through another host.
    pub fn through(jump: Jump) -> Prober {
        Prober { way: Some(Arc::new(Going::Through(jump))) }
    }

    /// How it gets to guests.
    pub fn reach(&self) -> Reach {
        match self.way.as_deref() {
            None => Reach::None,
            Some(Going::Direct) => Reach::Direct,
            Some(Going::Through(_)) => Reach::Jump,
        }
    }

    /// Why a case's probes could not be carried out from here; `None` if they can.
    pub(crate) fn lacks(&self, case: &Case) -> Option<String> {
        let pings = case.steps.iter().any(|step| step.probe == Some(ProbeKind::Icmp));
        match self.way.as_deref() {
            Some(Going::Through(_)) if pings => {
                Some("the case asks for ICMP echoes, and a jump host forwards none".to_owned())
            }
            Some(Going::Direct) if pings && !icmp::is_permitted() => Some(
                "the case asks for ICMP echoes, and this machine lets nobody send any: its \
                 net.ipv4.ping_group_range does not have this user's group"
                    .to_owned(),
            ),
            _ => None,
        }
    }

    /// Looks once. `with` has its variables replaced.
    pub(crate) async fn look(&self, kind: ProbeKind, with: &Value) -> Found {
        let way = match self.way.as_deref() {
            Some(Going::Direct) => Way::Direct,
            Some(Going::Through(jump)) => Way::Through(jump),
            None => return Err("the guests of this target cannot be reached".to_owned()),
        };
        let given = Given { kind, with };
        let deadline = Instant::now() + longest_look(kind, with);
        let host = given.text("Host");
        match kind {
            ProbeKind::Tcp => tcp::look(way, &host, given.port(0)?, deadline).await,
            ProbeKind::Icmp => icmp::look(&host, deadline).await,
            ProbeKind::Http => {
                let (url, method) = (given.text("Url"), given.text("Method"));
                let (headers, body) = (given.map("Headers"), given.text("Body"));
                let asked = http::Asked {
                    method: if method.is_empty() { "GET" } else { &method },
                    headers: headers.iter().map(|(name, value)| (*name, &**value)).collect(),
                    body: &body,
                    ..http::Asked::default()
                };
                http::look(way, &url, asked, deadline).await
            }
            ProbeKind::Ssh | ProbeKind::Imds => {
                let (user, wanted) = (given.text("User"), given.text("HostKey"));
                let key = match &with["Key"] {
                    Value::Null => None,
                    key => match decode_secret_key(&text(key), None) {
                        Ok(key) => Some(Arc::new(key)),
                        // Never in its own words, which might quote it.
                        Err(_) => return Ok(Outcome::new("bad-key").value()),
                    },
                };
                let login = Login {
                    host: &host,
                    port: given.port(22)?,
                    user: &user,
                    key,
                    host_key: Some(&*wanted).filter(|wanted| !wanted.is_empty()),
                };
                if kind == ProbeKind::Ssh {
                    let (line, input) = (given.text("Command"), given.text("Input"));
                    let command = Command { line: &line, input: &input };
                    let command = Some(command).filter(|_| !line.is_empty());
                    return ssh::look(way, &login, command, deadline).await;
                }
                let paths = given.map("Paths");
                let asked = imds::Asked {
                    paths: paths.iter().map(|(name, path)| (*name, &**path)).collect(),
                    version: with["Version"].as_u64(),
                    token_seconds: with["TokenSeconds"].as_u64().unwrap_or(21_600),
                };
                imds::look(way, &login, &asked, imds::PLACE, deadline).await
            }
            ProbeKind::Console => Err("the console is asked of the API".to_owned()),
        }
    }
}

/// What a probe was given.
#[derive(Clone, Copy)]
struct Given<'a> {
    kind: ProbeKind,
    with: &'a Value,
}

impl<'a> Given<'a> {
    /// A text; what a variable put there may be something else.
    fn text(self, name: &str) -> Cow<'a, str> {
        text(&self.with[name])
    }

    fn map(self, name: &str) -> Vec<(&'a str, Cow<'a, str>)> {
        let map = self.with[name].as_object().into_iter().flatten();
        map.map(|(name, value)| (name.as_str(), text(value))).collect()
    }

    fn port(self, usual: u16) -> Result<u16, String> {
        match &self.with["Port"] {
            Value::Null if usual != 0 => Ok(usual),
            // From an answer it may come as text.
            other => text(other).parse().ok().filter(|port| *port != 0).ok_or_else(|| {
                format!("the probe {} was given no port: {other}", self.kind.word())
            }),
        }
    }
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Null => Cow::Borrowed(""),
        other => Cow::Owned(other.to_string()),
    }
}
