//! From what the user gave to a target that is known to answer.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::{AccessError, Caller, Problem, discover, find_access, room};
use crate::transcript::{
    FORMAT_VERSION, Recorder, Redactor, RunStarted, Salt, TargetFacts, Transcript,
};
use crate::wire::{Client, ClientError, ClientOptions, Signer};

/// What the user says of a target; what is `None` is found out.
#[derive(Debug, Clone)]
pub struct Connection {
    /// URL of the EC2 API, or `aws` for AWS's own of the region.
    pub endpoint: String,
    /// Region to sign for.
    pub region: Option<String>,
    /// Profile of AWS's configuration files.
    pub profile: Option<String>,
    /// What to call the target in reports.
    pub name: Option<String>,
    /// An image that boots.
    pub image: Option<String>,
    /// A small instance type.
    pub instance_type: Option<String>,
    /// An availability zone.
    pub zone: Option<String>,
    /// PEM file of certificate authorities to trust beside the system's.
    pub ca_bundle: Option<PathBuf>,
    /// Time that one request may take.
    pub timeout: Duration,
    /// If accounts and addresses are not to be seen in what is written.
    pub anonymous: Option<Salt>,
}

/// A target that answers as EC2 does.
#[derive(Debug)]
pub struct Target {
    /// What is known of it and may be shown.
    pub facts: TargetFacts,
    client: Client,
    redactor: Redactor,
    discovery: Recorder,
    began: Instant,
}

/// Why no case can run on a target.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// There are no credentials, or no region.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The endpoint's URL or the certificates cannot be used.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The endpoint does not answer as EC2 does.
    #[error(transparent)]
    Target(#[from] Problem),
}

/// Finds credentials and asks the endpoint who it is. Nothing is made there or here.
///
/// # Errors
/// Says what is missing or wrong, and what to do.
pub async fn connect(connection: &Connection) -> Result<Target, ConnectError> {
    let began = Instant::now();
    let access = find_access(connection.profile.as_deref(), connection.region.as_deref()).await?;
    let endpoint = match connection.endpoint.as_str() {
        "aws" => of_aws(&access.region),
        url => url.to_owned(),
    };
    let signer = Signer::new(access.credentials, access.region.clone());
    let mut redactor = Redactor::new(signer.secrets());
    if let Some(salt) = &connection.anonymous {
        redactor = redactor.anonymous(salt.clone());
    }
    let options = ClientOptions {
        timeout: connection.timeout,
        ca_bundle: connection.ca_bundle.clone(),
        ..ClientOptions::default()
    };
    let client = Client::new(&endpoint, signer, options)?;
    let mut facts = TargetFacts {
        name: connection.name.clone().unwrap_or_else(|| host(&client)),
        endpoint: client.endpoint().to_string(),
        region: access.region,
        image: connection.image.clone(),
        instance_type: connection.instance_type.clone(),
        zone: connection.zone.clone(),
        quotas: BTreeMap::new(),
    };
    let discovery = Recorder::new(redactor.clone(), began);
    let caller = Caller::new(&client, &discovery);
    let found = discover(&caller, &facts).await?;
    facts.quotas = room(&caller, &facts.endpoint).await;
    facts.zone = facts.zone.or(found.zone);
    facts.image = facts.image.or(found.image);
    Ok(Target { facts, client, redactor, discovery, began })
}

impl Target {
    /// Takes out of what is written what is secret, and nothing else.
    pub fn redactor(&self) -> Redactor {
        self.redactor.identified()
    }

    /// The client of the endpoint, and a recorder that keeps nothing.
    pub fn into_silence(self) -> (Client, Recorder) {
        let recorder = Recorder::new(self.redactor.identified(), self.began).silent();
        (self.client, recorder)
    }

    /// The client of the endpoint, and a recorder that begins with the run's first line and what
    /// was asked so far. `run` is the run's id, `started` the time in RFC 3339.
    pub fn into_recording(self, run: &str, started: &str) -> (Client, Recorder) {
        let recorder = Recorder::new(self.redactor, self.began);
        recorder.run_started(RunStarted {
            version: FORMAT_VERSION,
            parallax: env!("CARGO_PKG_VERSION").to_owned(),
            run: run.to_owned(),
            started: started.to_owned(),
            target: self.facts,
        });
        recorder.continue_with(self.discovery);
        (self.client, recorder)
    }

    /// The client of the endpoint, and a recorder that goes on with an interrupted run, beginning with
    /// what was asked now. `started` is the time in RFC 3339.
    pub fn into_resuming(self, so_far: &Transcript, started: &str) -> (Client, Recorder) {
        let recorder = Recorder::resuming(self.redactor, self.began, so_far);
        recorder.resumed(started);
        recorder.continue_with(self.discovery);
        (self.client, recorder)
    }
}

/// AWS's endpoint of a region. China's partition has a domain of its own (botocore's
/// `partitions.json`).
fn of_aws(region: &str) -> String {
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    format!("https://ec2.{region}.{domain}/")
}

fn host(client: &Client) -> String {
    let url = client.endpoint();
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::of_aws;

    #[test]
    fn every_region_has_its_endpoint() {
        assert_eq!(of_aws("eu-west-1"), "https://ec2.eu-west-1.amazonaws.com/");
        assert_eq!(of_aws("cn-north-1"), "https://ec2.cn-north-1.amazonaws.com.cn/");
    }
}
