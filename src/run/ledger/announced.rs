//! A call that is announced in the ledger before each of its attempts.

use std::sync::OnceLock;

use futures_util::future::{BoxFuture, FutureExt as _};

use super::Ledger;
use super::writer::Undoing;
use crate::case::{Case, Step};
use crate::target::Ahead;

/// A call that is announced in the ledger before each of its attempts.
#[derive(Debug)]
pub(crate) struct Announced<'a> {
    ledger: &'a Ledger,
    case: &'a Case,
    step: &'a Step,
    undo: Option<Undoing<'a>>,
    n: OnceLock<u64>,
}

impl<'a> Announced<'a> {
    /// The call of a step; `undo`: how it is going to be undone, if the case says it.
    pub(crate) fn new(
        ledger: &'a Ledger,
        case: &'a Case,
        step: &'a Step,
        undo: Option<Undoing<'a>>,
    ) -> Self {
        Announced { ledger, case, step, undo, n: OnceLock::new() }
    }

    /// Its number in the ledger; `None` if nothing was sent.
    pub(crate) fn number(&self) -> Option<u64> {
        self.n.get().copied()
    }
}

impl Ahead for Announced<'_> {
    fn attempt<'s>(
        &'s self,
        parameters: &'s [(String, String)],
    ) -> BoxFuture<'s, Result<(), String>> {
        async move {
            if let Some(n) = self.number() {
                return self.ledger.again(n).await;
            }
            let n = self.ledger.intend(self.case, self.step, self.undo, parameters).await?;
            self.n.get_or_init(|| n);
            Ok(())
        }
        .boxed()
    }
}
