//! Parts of Markdown files that commands write: between `<!-- name -->` and `<!-- /name -->`.

use std::path::Path;

use super::exit::{Done, Exit, Failed};
use crate::assets::replace_file;

/// Puts a text between the marks of a file; everything else of it stays as it is.
pub(super) fn renew(file: &Path, name: &str, text: &str) -> Done {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let failed = |why: String| Failed::usage(format!("{}: {why}", file.display()));
    let kept = std::fs::read_to_string(file).map_err(|e| failed(e.to_string()))?;
    let parts =
        kept.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let Some((before, after)) = parts else {
        let why = format!("it has no lines {} and {end} to put the table between", begin.trim());
        return Err(failed(why));
    };
    let made = format!("{before}{begin}{text}{end}{after}");
    replace_file(file, made.as_bytes()).map_err(|e| failed(e.to_string()))?;
    Ok(Exit::Ok)
}
