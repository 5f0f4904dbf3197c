//! Whether AWS has the error codes that a baseline expects.

use serde_json::Value;

use crate::case::Scope;
use crate::judge::errors::{ErrorCodes, Possible};
use crate::syntax::{Diagnostic, Reader, Spanned};

/// Reports every code that AWS does not have, or not for the action. `scope` holds the variables of
/// the case's row; what is known only when the case runs is not checked.
pub(super) fn check(
    codes: &[Spanned<Value>],
    case: &str,
    action: &str,
    scope: &Scope,
    errors: &ErrorCodes,
    reader: &mut Reader,
) {
    if errors.is_empty() {
        return;
    }
    let resolved = codes.iter().flat_map(|spanned| {
        let codes = match scope.resolve(&spanned.value) {
            Ok(Value::Array(several)) => several,
            Ok(one) => vec![one],
            Err(_) => Vec::new(),
        };
        codes.into_iter().map(move |code| (spanned, code))
    });
    for (spanned, code) in resolved {
        let Value::String(code) = code else {
            let mistake = Diagnostic::error(format!("{code} is no error code"));
            reader.report(mistake.at(spanned.span.clone(), format!("as expected in {case}")));
            continue;
        };
        let mistake = match errors.possible(action, &code) {
            Possible::Yes => continue,
            Possible::OtherAction => {
                Diagnostic::error(format!("AWS does not answer {action} with {code}"))
                    .help(format!("`parallax explain {code}` shows what is known of the code"))
            }
            Possible::CaseOnly(known) => Diagnostic::error(format!("`{code}` is no code of AWS"))
                .help(format!("write `{known}`: clients compare codes letter by letter")),
            Possible::Unknown(close) => Diagnostic::error(format!("`{code}` is no code of AWS"))
                .suggest(close.as_deref())
                .help(
                    "if a recording of AWS shows it, add it to baselines/aws/errors.json with that \
                     source",
                ),
        };
        reader.report(mistake.at(spanned.span.clone(), format!("as expected in {case}")));
    }
}
