//! Whether the endpoint knows who asks, and why not.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::Step;
use crate::target::discover::{cause, of_refusal};
use crate::target::endpoint::Skew;
use crate::target::{Caller, Cause, Question};
use crate::wire::{Manner, Signature};

/// Temporary credentials that end sooner than this may not last for a run.
const SHORT: Duration = Duration::from_secs(60 * 60);

/// What to do about a refusal that this cannot explain either.
const UNCLEAR: &str = "check AWS_ACCESS_KEY_ID first, or --profile: of a key that nobody has the \
     endpoint says the same; then AWS_SECRET_ACCESS_KEY and --region";

/// What the answer to a question says of the credentials; `None` if it is no answer of EC2.
pub(super) async fn credentials(
    caller: &Caller<'_>,
    answer: &Question,
    expires: Option<SystemTime>,
) -> Option<Step> {
    const WHAT: &str = "credentials";
    match answer {
        Question::Answered(_) => Some(accepted(caller, expires).await),
        Question::Refused { code, what } => match cause(code, what) {
            Some(seen) => {
                let cause = match seen {
                    Cause::Unclear => compared(caller, what).await,
                    seen => seen,
                };
                let advice = match cause {
                    // It was this check that was to tell.
                    Cause::Unclear => UNCLEAR.to_owned(),
                    cause => of_refusal(cause, None),
                };
                let advice = match caller.endpoint().skew().filter(|skew| skew.is_too_far()) {
                    Some(skew) => of_refusal(cause, Some(skew)),
                    None => advice,
                };
                Some(Step::failed(WHAT, format!("not accepted: {what}"), advice))
            }
            None if not_allowed(code) => Some(Step::warning(
                WHAT,
                format!("known, but not allowed to ask for zones: {what}"),
                "`parallax policy` prints the IAM policy that cases need",
            )),
            // Whatever it refused, it was not who asked.
            None => Some(Step::ok(WHAT, "not complained about")),
        },
        Question::Foreign(_) | Question::Failed { .. } => None,
    }
}

/// Whether a code says: we know you, but you may not.
pub(super) fn not_allowed(code: &str) -> bool {
    matches!(code, "UnauthorizedOperation" | "AccessDenied" | "AccessDeniedException")
}

async fn accepted(caller: &Caller<'_>, expires: Option<SystemTime>) -> Step {
    let left = expires.map(|at| at.duration_since(SystemTime::now()).unwrap_or_default());
    if let Some(left) = left.filter(|left| *left < SHORT) {
        return Step::warning(
            "credentials",
            format!("accepted; they end in {} min", left.as_secs() / 60),
            "a run takes the ones that it begins with to its end: renew them before a long one",
        );
    }
    // Emulators take any; that they were taken says nothing then.
    match asked(caller, Signature::WrongSecret).await {
        Question::Answered(_) => Step::ok(
            "credentials",
            "accepted, as any are: the endpoint does not look at signatures",
        ),
        _ => Step::ok("credentials", "accepted"),
    }
}

/// What an unclear refusal means: where a key that nobody has is refused in other words, ours is known.
async fn compared(caller: &Caller<'_>, ours: &str) -> Cause {
    match asked(caller, Signature::UnknownKey).await {
        Question::Refused { what, .. } if of_any_key(&what) != of_any_key(ours) => {
            Cause::WrongSecret
        }
        _ => Cause::Unclear,
    }
}

/// A refusal without what differs from key to key and from request to request.
fn of_any_key(what: &str) -> String {
    let is_key = |word: &str| {
        word.len() >= 16 && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    };
    let word = |word: &str| {
        if is_key(word.trim_matches(|c: char| !c.is_ascii_alphanumeric()))
            || word.contains("[redacted")
        {
            return "KEY".to_owned();
        }
        word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
    };
    what.split_whitespace().map(word).collect::<Vec<String>>().join(" ")
}

async fn asked(caller: &Caller<'_>, signature: Signature) -> Question {
    let manner = Manner { signature, ..Manner::default() };
    caller.ask_in_manner("DescribeAvailabilityZones", &Value::Null, &manner).await
}

/// What the endpoint's clock says; `refused`: it did not accept the request.
pub(super) fn clock(skew: Option<Skew>, refused: bool) -> Step {
    match skew {
        None => Step::ok("clock", "not known: the endpoint's answers have no Date"),
        Some(skew) if skew.is_too_far() => {
            let says = format!("the endpoint's is {skew} this machine's");
            let advice = "signatures hold for five minutes: set the clock that is wrong (timedatectl \
                shows this machine's)";
            if refused {
                Step::failed("clock", says, advice)
            } else {
                Step::warning("clock", says, advice)
            }
        }
        Some(skew) => Step::ok("clock", format!("the endpoint's is {skew} this machine's")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_compared_without_keys() {
        let same = |a: &str, b: &str| of_any_key(a) == of_any_key(b);
        assert!(same(
            "AuthFailure (HTTP 401): no key AKIAIOSFODNN7EXAMPLE, at 10:15",
            "AuthFailure (HTTP 401): no key [redacted:20], at 10:16"
        ));
        assert!(!same(
            "AuthFailure (HTTP 401): no such key",
            "AuthFailure (HTTP 401): not its secret"
        ));
        assert!(!same("AuthFailure (HTTP 401): no", "SignatureDoesNotMatch (HTTP 401): no"));
    }

    #[test]
    fn clocks() {
        let outcome = |skew, refused| clock(skew, refused).outcome;
        assert_eq!(outcome(None, true), crate::target::Outcome::Ok);
        assert_eq!(outcome(Some(Skew(299)), true), crate::target::Outcome::Ok);
        assert_eq!(outcome(Some(Skew(-600)), false), crate::target::Outcome::Warning);
        assert_eq!(outcome(Some(Skew(600)), true), crate::target::Outcome::Failed);
    }
}
