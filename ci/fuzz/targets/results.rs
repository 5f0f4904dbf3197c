//! `result.json`, as `parallax report` takes it.

use parallax::judge::{judge, read_result, write_result};
use parallax::transcript::Transcript;

use super::knowledge::all;
use super::{Target, kind, seen};
use crate::mutate::Syntax;

pub const TARGET: Target = Target {
    name: "results",
    syntax: Syntax::Json,
    seeds,
    words: &[
        "pass",
        "fail",
        "waived",
        "flaky",
        "breaking",
        "divergent",
        "cosmetic",
        "evidence",
        "leaks",
        "summary",
    ],
    run,
};

const MOST: usize = 300;

fn seeds() -> Vec<Vec<u8>> {
    let families = seen::by_family();
    let step = families.len().div_ceil(MOST);
    let texts = families.values().step_by(step).map(|transcripts| &transcripts[0]);
    let results = texts.map(|text| judge(&Transcript::parse(text).expect("one"), all()));
    results.map(|result| write_result(&result).into_bytes()).collect()
}

fn run(input: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(input) else { return "no text".to_owned() };
    let result = match read_result(text) {
        Ok(result) => result,
        Err(why) => return kind(&why),
    };
    seen::stored(&result);
    let nothing = Transcript::parse(
        "{\"event\":\"run\",\"version\":1,\"parallax\":\"0\",\"run\":\"r\",\"started\":\"s\",\
         \"target\":{\"name\":\"n\",\"endpoint\":\"e\",\"region\":\"r\"}}\n",
    );
    seen::shown(&result, &nothing.expect("a transcript"));
    kind(&seen::outcome(&result))
}
