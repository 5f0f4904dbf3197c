//! `parallax guideline score`.

use clap::Args;

use super::{Format, file};
use crate::cli::exit::{Done, Exit, Failed};
use crate::cli::files::to_json;
use crate::cli::out::print;
use crate::guideline::score;
use crate::model::suggest;
use crate::report::{self, Markup};

/// Arguments of `guideline score`.
#[derive(Debug, Args)]
pub(super) struct ScoreArgs {
    /// A file, or the name of a guideline that comes with the program [default: the newest of these]
    #[arg(value_name = "GUIDELINE")]
    guideline: Option<String>,
    /// Only this capability, with the reason for each criterion
    #[arg(long, value_name = "NAME")]
    capability: Option<String>,
    /// How to write it
    #[arg(long, short, default_value = "text")]
    format: Format,
}

pub(super) fn run(args: &ScoreArgs) -> Done {
    let guideline = file::read(args.guideline.as_deref())?;
    let mut scores = score(&guideline).ok_or_else(|| {
        Failed::usage(format!("guideline {} has no criteria to score by", guideline.metadata.id))
    })?;
    if let Some(name) = &args.capability {
        if !guideline.capabilities.contains_key(name) {
            let close = suggest(name, guideline.capabilities.keys().map(String::as_str));
            let hint = close.map(|c| format!("; did you mean {c}?")).unwrap_or_default();
            return Err(Failed::usage(format!("the guideline has no capability {name}{hint}")));
        }
        scores.capabilities.retain(|score| score.capability == *name);
    }
    let one = args.capability.as_deref();
    print(&match args.format {
        Format::Text => report::scores(&scores, one, Markup::Text),
        Format::Markdown => report::scores(&scores, one, Markup::Markdown),
        Format::Json => to_json(&scores),
    });
    Ok(Exit::Ok)
}
