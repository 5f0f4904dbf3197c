//! What the instance metadata service tells a guest: asked through the guest's ssh server, which makes
//! the connection. So it comes from the guest, and no program has to be there.

use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::dial::Way;
use super::found::{Found, Outcome};
use super::http::{self, Answered};
use super::ssh::{Inside, Login, NotConnected, Shut, enter};

/// Where the service is ("Access instance metadata for an EC2 instance").
pub(super) const PLACE: (&str, u16) = ("169.254.169.254", 80);

const TOKEN_PATH: &str = "/latest/api/token";
const TOKEN_LIFE: &str = "x-aws-ec2-metadata-token-ttl-seconds";
const TOKEN: &str = "x-aws-ec2-metadata-token";

/// What is asked of the service.
pub(super) struct Asked<'a> {
    /// Paths by the names that their answers get.
    pub(super) paths: Vec<(&'a str, &'a str)>,
    /// 1 asks without a token, 2 with one; `None` as AWS's SDKs do: with one, if there are any.
    pub(super) version: Option<u64>,
    /// Seconds that a token is to live.
    pub(super) token_seconds: u64,
}

/// Asks the service from inside a guest.
pub(super) async fn look(
    way: Way<'_>,
    login: &Login<'_>,
    asked: &Asked<'_>,
    place: (&str, u16),
    deadline: Instant,
) -> Found {
    let inside = match enter(way, login, deadline).await {
        Ok(inside) => inside,
        Err(Shut::Out(outcome)) => {
            return Ok(Outcome::new("not-inside").with("Ssh", outcome.value()).value());
        }
        Err(Shut::Failed(why)) => return Err(why),
    };
    let service = Service { inside: &inside, place, deadline };
    let outcome = match service.all(asked).await {
        Ok(outcome) | Err(Not::Here(outcome)) => Ok(outcome.value()),
        Err(Not::Known(why)) => Err(why),
    };
    inside.leave().await;
    outcome
}

/// Why the service says nothing.
enum Not {
    /// What that says of the target.
    Here(Outcome),
    /// The guest would not let it be asked.
    Known(String),
}

struct Service<'a> {
    inside: &'a Inside,
    place: (&'a str, u16),
    deadline: Instant,
}

impl Service<'_> {
    async fn all(&self, asked: &Asked<'_>) -> Result<Outcome, Not> {
        let mut outcome = Outcome::new("answered");
        let mut token = None;
        if asked.version != Some(1) {
            let life = asked.token_seconds.to_string();
            let answer = self.ask("PUT", TOKEN_PATH, (TOKEN_LIFE, &life)).await?;
            outcome = outcome.with("TokenStatus", answer.status);
            // What SDKs take for "there are no tokens here".
            let none = matches!(answer.status, 403..=405);
            match answer.status {
                200 => token = Some(answer.body.text()),
                _ if none && asked.version.is_none() => {}
                status => {
                    let no_token = Outcome::new("no-token").with("TokenStatus", status);
                    return Err(Not::Here(no_token));
                }
            }
        }
        let header = (TOKEN, token.as_deref().unwrap_or_default());
        let (mut values, mut statuses) = (Map::new(), Map::new());
        let (mut bytes, mut digests) = (Map::new(), Map::new());
        for (name, path) in &asked.paths {
            let answer = self.ask("GET", path, header).await?;
            let said = answer.status == 200;
            statuses.insert((*name).to_owned(), json!(answer.status));
            bytes.insert((*name).to_owned(), json!(answer.body.bytes()));
            let secret = Secret::of(path);
            if secret != Secret::Whole {
                digests.insert((*name).to_owned(), json!(answer.body.sha256()));
            }
            let value = match said {
                true if secret == Secret::None => Value::String(answer.body.text()),
                true => Value::String(format!("[redacted: {} bytes]", answer.body.bytes())),
                false => Value::Null,
            };
            values.insert((*name).to_owned(), value);
        }
        Ok(outcome
            .with("Values", values)
            .with("Statuses", statuses)
            .with("Bytes", bytes)
            .with("Sha256", digests))
    }

    async fn ask(&self, method: &str, path: &str, header: (&str, &str)) -> Result<Answered, Not> {
        let (host, port) = self.place;
        let stream = match self.inside.connect(host, port, self.deadline).await {
            Ok(stream) => stream,
            Err(NotConnected::Closed(outcome)) => return Err(Not::Here(outcome)),
            Err(NotConnected::Never(why)) => return Err(Not::Known(why)),
        };
        let headers = Some(header).filter(|(_, value)| !value.is_empty());
        let asked = http::Asked {
            method,
            path,
            authority: host,
            headers: headers.into_iter().collect(),
            body: "",
        };
        http::ask(stream, &asked, self.deadline)
            .await
            .map_err(|why| Not::Here(Outcome::because("no-http", why)))
    }
}

/// How much of what a path gives may not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Secret {
    None,
    /// What it says, but whether it is what was expected may be known.
    Text,
    /// Not even that.
    Whole,
}

impl Secret {
    fn of(path: &str) -> Secret {
        let is_in = |part: &str| path.contains(part);
        if is_in("security-credentials") || is_in("identity-credentials") || is_in("api/token") {
            Secret::Whole
        } else if is_in("user-data") {
            Secret::Text
        } else {
            Secret::None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_written() {
        assert_eq!(Secret::of("/latest/meta-data/instance-id"), Secret::None);
        assert_eq!(Secret::of("/latest/user-data"), Secret::Text);
        assert_eq!(Secret::of("/2009-04-04/user-data"), Secret::Text);
        assert_eq!(Secret::of("/latest/meta-data/iam/security-credentials/role"), Secret::Whole);
        assert_eq!(
            Secret::of(
                "/latest/meta-data/identity-credentials/ec2/security-credentials/ec2-instance"
            ),
            Secret::Whole
        );
        assert_eq!(Secret::of(TOKEN_PATH), Secret::Whole);
    }
}
