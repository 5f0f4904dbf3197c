//! `parallax explain CODE`: what is known of an error code.

use super::out::say;
use crate::assets::Assets;
use crate::judge::errors::{Answer, Applies, Basis, ErrorCode, ErrorCodes, Fault, SourceKind};

/// Prints what is known of a code, if it is one of AWS's. Otherwise gives a code that may be meant.
pub(super) fn explain(code: &str) -> Result<(), Option<String>> {
    // The list is about AWS and comes with the program: there is no other to choose.
    let codes = ErrorCodes::load(&Assets::Baselines).unwrap_or_default();
    let Some(known) = codes.known(code) else {
        return Err(codes.meant_by(code));
    };
    say!("{}: {}", known.code, known.meaning);
    say!("\nStatus    {}", status(known, &codes));
    say!("Actions   {}", actions(known, &codes));
    if let Some(doubt) = &known.doubt {
        say!("Doubt     {doubt}");
    }
    for (n, answer) in known.answers.iter().enumerate() {
        say!("{:9} {}", if n == 0 { "Messages" } else { "" }, message(answer));
        source(&answer.source, &codes, "          ");
    }
    for (n, key) in known.sources.iter().enumerate() {
        source(key, &codes, if n == 0 { "Sources   " } else { "          " });
    }
    Ok(())
}

fn status(known: &ErrorCode, codes: &ErrorCodes) -> String {
    let kind = match known.kind {
        Fault::Client => "a client error, with HTTP 4xx",
        Fault::Server => "a server error, with HTTP 5xx",
    };
    let mut parts = vec![kind.to_owned()];
    for stated in &known.statuses {
        let title = codes.source(&stated.source).map_or("", |source| source.title.as_str());
        parts.push(format!("{} documented ({title})", stated.status));
    }
    let mut seen: Vec<u16> = known.answers.iter().filter_map(|answer| answer.status).collect();
    seen.sort_unstable();
    seen.dedup();
    parts.extend(seen.into_iter().map(|status| format!("{status} recorded")));
    parts.join("; ")
}

fn actions(known: &ErrorCode, codes: &ErrorCodes) -> String {
    let applies = known.applies.iter().map(|applies| match applies {
        Applies::Any => "any".to_owned(),
        Applies::Changes => "any that is not named Describe…".to_owned(),
        Applies::Action(action) => action.clone(),
        Applies::Family(family) => {
            let words = codes.family(family).join(" or ");
            format!("those with {words} in their name or their input")
        }
    });
    let applies = applies.collect::<Vec<_>>().join("; ");
    match known.applies_from {
        Basis::Documented => applies,
        Basis::Derived => format!("{applies} (derived; AWS does not say)"),
    }
}

fn message(answer: &Answer) -> String {
    let status = answer.status.map(|status| format!("HTTP {status}"));
    let head: Vec<String> = answer.action.clone().into_iter().chain(status).collect();
    let times = if answer.times > 1 { format!(" ({} times)", answer.times) } else { String::new() };
    match head.is_empty() {
        true => format!("{}{times}", answer.message),
        false => format!("{}: {}{times}", head.join(", "), answer.message),
    }
}

fn source(key: &str, codes: &ErrorCodes, before: &str) {
    let Some(source) = codes.source(key) else { return };
    let how = match source.kind {
        SourceKind::Documented => "read",
        SourceKind::Recorded => "recorded,",
        SourceKind::Client => "not AWS's, but a client's; read",
    };
    say!("{before}{} ({how} {})", source.title, source.date);
    say!("          {}", source.url);
}
