//! From what the user gave to a target that is known to answer.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::discover::{Found, find_rest, first_question};
use super::guests::prober;
use super::settings::Chosen;
use super::{AccessError, Caller, Endpoint, GuestsError, Kind, Problem, Rate, find_access, room};
use crate::probe::Prober;
use crate::transcript::{
    FORMAT_VERSION, Reach, Recorder, Redactor, RunStarted, Salt, TargetFacts, Transcript,
    VpcSupport,
};
use crate::wire::{Client, ClientError, ClientOptions, Signer};

/// Seconds that one request may take if nobody says otherwise.
pub(crate) const TIMEOUT: u64 = 60;

/// What is said of a target; what is `None` is found out.
#[derive(Debug, Clone)]
pub struct Connection {
    /// URL of the EC2 API, or `aws` for AWS's own of the region.
    pub endpoint: String,
    /// What kind of cloud it is; by its URL if `None`.
    pub kind: Option<Kind>,
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
    /// Who logs in to machines of the image.
    pub ssh_user: Option<String>,
    /// How guests are reached; through the jump host if one is named, else not at all, if `None`.
    pub reach: Option<Reach>,
    /// The host through which they are, `user@host`.
    pub jump: Option<String>,
    /// The file of the key to log in there with.
    pub jump_key: Option<PathBuf>,
    /// Whether there are VPCs.
    pub vpc: Option<VpcSupport>,
    /// What it is declared to lack.
    pub lacks: Vec<String>,
    /// How many of a thing may be there at once.
    pub quotas: BTreeMap<String, u32>,
    /// PEM file of certificate authorities to trust beside the system's.
    pub ca_bundle: Option<PathBuf>,
    /// How many requests it is sent; by its kind if `None`.
    pub rate: Option<Rate>,
    /// Time that one request may take.
    pub timeout: Duration,
    /// If accounts and addresses are not to be seen in what is written.
    pub anonymous: Option<Salt>,
}

impl Connection {
    /// Nothing is said but where it is.
    pub fn to(endpoint: impl Into<String>) -> Connection {
        Connection {
            endpoint: endpoint.into(),
            kind: None,
            region: None,
            profile: None,
            name: None,
            image: None,
            instance_type: None,
            zone: None,
            ssh_user: None,
            reach: None,
            jump: None,
            jump_key: None,
            vpc: None,
            lacks: Vec::new(),
            quotas: BTreeMap::new(),
            ca_bundle: None,
            rate: None,
            timeout: Duration::from_secs(TIMEOUT),
            anonymous: None,
        }
    }

    /// What kind of cloud it is, said or by its URL.
    pub fn kind(&self) -> Kind {
        self.kind.unwrap_or_else(|| Kind::of(&self.endpoint))
    }

    /// How many requests it is sent, said or by its kind. Only AWS documents what it allows; others
    /// are asked as fast as cases come, and slower as soon as they complain.
    pub fn rate(&self) -> Rate {
        let usual = if self.kind() == Kind::Aws { Rate::OfAws } else { Rate::Unlimited };
        self.rate.unwrap_or(usual)
    }
}

impl From<&Chosen> for Connection {
    fn from(chosen: &Chosen) -> Connection {
        let said = chosen.said.clone();
        Connection {
            kind: said.kind.map(|s| s.value),
            region: said.region.map(|s| s.value),
            profile: said.profile.map(|s| s.value),
            name: said.name.map(|s| s.value),
            image: said.image.map(|s| s.value),
            instance_type: said.instance_type.map(|s| s.value),
            zone: said.zone.map(|s| s.value),
            ssh_user: said.ssh_user.map(|s| s.value),
            reach: said.reach.map(|s| s.value),
            jump: said.jump.map(|s| s.value),
            jump_key: said.jump_key.map(|s| s.value),
            vpc: said.vpc.map(|s| s.value),
            lacks: said.lacks.map(|s| s.value).unwrap_or_default(),
            quotas: said.quotas.map(|s| s.value).unwrap_or_default(),
            ca_bundle: said.ca.map(|s| s.value),
            rate: said.rate.map(|s| s.value),
            timeout: Duration::from_secs(said.timeout.map_or(TIMEOUT, |s| s.value)),
            ..Connection::to(chosen.endpoint.value.clone())
        }
    }
}

/// A target that answers as EC2 does.
#[derive(Debug)]
pub struct Target {
    /// What is known of it and may be shown.
    pub facts: TargetFacts,
    /// What nobody had said and it told.
    pub found: Found,
    /// What looks at its guests.
    pub prober: Prober,
    prepared: Prepared,
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
    /// It is not known how its guests are reached.
    #[error(transparent)]
    Guests(#[from] GuestsError),
    /// The endpoint does not answer as EC2 does.
    #[error(transparent)]
    Target(#[from] Problem),
}

/// Everything that a target can be asked with; nothing has been sent yet.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) endpoint: Endpoint,
    pub(super) facts: TargetFacts,
    pub(super) discovery: Recorder,
    prober: Prober,
    pub(super) expires: Option<std::time::SystemTime>,
    redactor: Redactor,
    began: Instant,
}

/// Finds credentials and certificates.
///
/// # Errors
/// Says what is missing or wrong, and what to do.
pub(super) async fn prepare(connection: &Connection) -> Result<Prepared, ConnectError> {
    let began = Instant::now();
    let prober = prober(connection)?;
    let access = find_access(connection.profile.as_deref(), connection.region.as_deref()).await?;
    let url = match connection.endpoint.as_str() {
        "aws" => of_aws(&access.region),
        url => url.to_owned(),
    };
    let expires = access.credentials.expiry();
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
    let client = Client::new(&url, signer, options)?;
    let facts = TargetFacts {
        name: connection.name.clone().unwrap_or_else(|| host(&client)),
        endpoint: client.endpoint().to_string(),
        region: access.region,
        image: connection.image.clone(),
        instance_type: connection.instance_type.clone(),
        zone: connection.zone.clone(),
        quotas: BTreeMap::new(),
        ssh_user: connection.ssh_user.clone(),
        reach: Some(prober.reach()).filter(|reach| *reach != Reach::None),
        vpc: connection.vpc,
        lacks: connection.lacks.clone(),
    };
    let endpoint = Endpoint::new(client, connection.rate());
    let discovery = Recorder::new(redactor.clone(), began);
    Ok(Prepared { endpoint, facts, discovery, prober, expires, redactor, began })
}

/// Finds credentials, asks the endpoint whether it is EC2 and takes them, and asks what nobody said of
/// it. Nothing is made there or here.
///
/// # Errors
/// Says what is missing or wrong, and what to do.
pub async fn connect(connection: &Connection) -> Result<Target, ConnectError> {
    let mut target = connect_only(connection).await?;
    let caller = Caller::new(&target.prepared.endpoint, &target.prepared.discovery);
    let rest = find_rest(&caller, &target.facts, connection.kind()).await;
    rest.complete(&mut target.facts);
    target.facts.quotas = room(&caller, &target.facts.endpoint).await;
    target.facts.quotas.extend(connection.quotas.clone());
    target.found = Found { zone: target.found.zone, ..rest };
    Ok(target)
}

/// The same for whoever starts nothing: image, type and VPCs are not asked for.
///
/// # Errors
/// As [`connect`].
pub async fn connect_only(connection: &Connection) -> Result<Target, ConnectError> {
    let prepared = prepare(connection).await?;
    let mut facts = prepared.facts.clone();
    let caller = Caller::new(&prepared.endpoint, &prepared.discovery);
    let found = Found { zone: first_question(&caller, &facts).await?, ..Found::default() };
    found.complete(&mut facts);
    let prober = prepared.prober.clone();
    Ok(Target { facts, found, prober, prepared })
}

impl Target {
    /// Takes out of what is written what is secret, and nothing else.
    pub fn redactor(&self) -> Redactor {
        self.prepared.redactor.identified()
    }

    /// The endpoint, and a recorder that keeps nothing.
    pub fn into_silence(self) -> (Endpoint, Recorder) {
        let prepared = self.prepared;
        let recorder = Recorder::new(prepared.redactor.identified(), prepared.began).silent();
        (prepared.endpoint, recorder)
    }

    /// The endpoint, and a recorder that begins with the run's first line and what was asked so far.
    /// `run` is the run's id, `started` the time in RFC 3339.
    pub fn into_recording(self, run: &str, started: &str) -> (Endpoint, Recorder) {
        let recorder = Recorder::new(self.prepared.redactor, self.prepared.began);
        recorder.run_started(RunStarted {
            version: FORMAT_VERSION,
            parallax: env!("CARGO_PKG_VERSION").to_owned(),
            run: run.to_owned(),
            started: started.to_owned(),
            target: self.facts,
        });
        recorder.continue_with(self.prepared.discovery);
        (self.prepared.endpoint, recorder)
    }

    /// The client of the endpoint, and a recorder that goes on with an interrupted run, beginning with
    /// what was asked now. `started` is the time in RFC 3339.
    pub fn into_resuming(self, so_far: &Transcript, started: &str) -> (Endpoint, Recorder) {
        let Prepared { endpoint, redactor, began, discovery, .. } = self.prepared;
        let recorder = Recorder::resuming(redactor, began, so_far);
        recorder.resumed(started);
        recorder.continue_with(discovery);
        (endpoint, recorder)
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
    use super::*;

    #[test]
    fn every_region_has_its_endpoint() {
        assert_eq!(of_aws("eu-west-1"), "https://ec2.eu-west-1.amazonaws.com/");
        assert_eq!(of_aws("cn-north-1"), "https://ec2.cn-north-1.amazonaws.com.cn/");
        for region in ["eu-west-1", "cn-north-1"] {
            assert_eq!(Connection::to(of_aws(region)).kind(), Kind::Aws);
        }
    }

    #[test]
    fn only_aws_is_aws() {
        assert_eq!(Connection::to("aws").rate(), Rate::OfAws);
        for url in ["http://cloud.example/ec2.amazonaws.com/", "http://amazonaws.com.evil.example/"]
        {
            let connection = Connection::to(url);
            assert_eq!((connection.kind(), connection.rate()), (Kind::Other, Rate::Unlimited));
        }
        // As it is said: an endpoint within a VPC has another name.
        let said = Connection { kind: Some(Kind::Aws), ..Connection::to("http://vpce.example/") };
        assert_eq!(said.rate(), Rate::OfAws);
    }
}
