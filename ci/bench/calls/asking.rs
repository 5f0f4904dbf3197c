//! The programs that ask.

use parallax::target::{Caller, Connection, Question, connect_only};
use serde_json::Value;

const BODY: &str = "Action=DescribeRegions&Version=2016-11-15";

/// Asks as `parallax run` does, and records to a file as it does.
pub fn through_parallax(url: &str, calls: u32) {
    let place = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let target = connect_only(&Connection::to(url)).await.expect("it answers");
        let (endpoint, recorder) = target.into_recording("bench", "2026-11-21T00:00:00Z");
        recorder.begin(&place.path().join("transcript.jsonl")).expect("a file");
        let caller = Caller::new(&endpoint, &recorder);
        for _ in 0..calls {
            let answer = caller.ask("DescribeRegions", &Value::Null).await;
            let Question::Answered(output) = answer else { panic!("{answer:?}") };
            assert!(output["Regions"][0]["RegionName"].is_string(), "{output}");
        }
    });
}

/// Sends the same form with the same client, and reads the answer.
pub fn bare(url: &str, calls: u32) {
    runtime().block_on(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::new();
        for _ in 0..calls {
            let request = client
                .post(url)
                .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
                .body(BODY);
            let response = request.send().await.expect("it answers");
            assert!(response.status().is_success());
            let body = response.bytes().await.expect("to its end");
            assert!(body.ends_with(b"</DescribeRegionsResponse>"));
        }
    });
}

/// As the program has it.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime")
}
