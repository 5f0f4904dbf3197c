//! A run without a process: the same client, engine and judge as the program's, hundreds of times a
//! second.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use aws_credential_types::Credentials;
use parallax::assets::Assets;
use parallax::case::{Case, Suite};
use parallax::judge::{CaseResult, Knowledge, RunResult, judge};
use parallax::run::{Order, Progress, RunOptions, Stop, run};
use parallax::target::{Caller, Endpoint, Rate};
use parallax::transcript::{
    FORMAT_VERSION, Recorder, Redactor, RunStarted, TargetFacts, Transcript,
};
use parallax::wire::{Attempt, Client, ClientOptions, Manner, Signer};

use super::command::{ACCESS_KEY, SECRET_KEY};

/// A client of this endpoint.
pub fn client(url: &str, options: ClientOptions) -> Client {
    let credentials = Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "tests");
    Client::new(url, Signer::new(credentials, "here-1"), options).expect("a client")
}

/// One request by it: DescribeAvailabilityZones.
pub async fn ask(client: &Client) -> Attempt {
    let form = "Action=DescribeAvailabilityZones&Version=2016-11-15".to_owned();
    client.send(form, Vec::new(), &Manner::default()).await
}

/// What tests run that call the client themselves.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// What came of a run of one case.
pub struct Inside {
    pub transcript: Transcript,
    pub result: RunResult,
    pub took: Duration,
}

impl Inside {
    pub fn case(&self) -> &CaseResult {
        &self.result.cases[0]
    }
}

/// Runs a case on this endpoint, with so long for a request, and judges what happened.
pub fn run_case(url: &str, case: &Case, timeout: Duration) -> Inside {
    let began = Instant::now();
    let options = ClientOptions { timeout, ..ClientOptions::default() };
    let client = client(url, options);
    let recorder = Recorder::new(Redactor::new(client.signer().secrets()), began);
    let target = TargetFacts {
        name: "here".to_owned(),
        endpoint: url.to_owned(),
        region: "here-1".to_owned(),
        ..TargetFacts::default()
    };
    let run_id = "1a2b3c4d".to_owned();
    recorder.run_started(RunStarted {
        version: FORMAT_VERSION,
        parallax: "tests".to_owned(),
        run: run_id.clone(),
        started: "2026-11-21T00:00:00Z".to_owned(),
        target: target.clone(),
    });
    let options = RunOptions {
        run: run_id,
        jobs: 1,
        order: Order::LongestFirst,
        target,
        ..RunOptions::default()
    };
    let endpoint = Endpoint::new(client, Rate::Unlimited);
    let caller = Caller::new(&endpoint, &recorder);
    let (stop, cases) = (Stop::default(), [case.clone()]);
    runtime().block_on(run(&caller, &cases, &options, &stop, &Progress::quiet()));
    let transcript = Transcript::parse(&recorder.kept()).expect("a transcript");
    let result = judge(&transcript, knowledge());
    Inside { transcript, result, took: began.elapsed() }
}

/// What is known of AWS.
pub fn knowledge() -> &'static Knowledge {
    static KNOWLEDGE: OnceLock<Knowledge> = OnceLock::new();
    KNOWLEDGE
        .get_or_init(|| Knowledge::load(&Assets::Baselines, None).expect("the bundled baselines"))
}

/// A case of the suite.
pub fn case(name: &str) -> &'static Case {
    static SUITE: OnceLock<Suite> = OnceLock::new();
    let suite = SUITE.get_or_init(|| Suite::load(&Assets::Cases).expect("the bundled suite"));
    suite.find(name).expect("it is in the suite")
}
