//! What a person sees while cases run: a bar on a terminal, plain lines elsewhere.

use std::io::Write as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How a case's run ended, before anything is judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CaseEnd {
    /// Steps that were refused or did not get to their end. They may have been meant to.
    pub troubles: usize,
    /// Undos that failed until the case was over. They are tried again when all cases are.
    pub leaks: usize,
    /// Whether it was stopped.
    pub interrupted: bool,
    /// Whether it was not begun because the target lacks something.
    pub skipped: bool,
    /// Whether it was ended by a bug of this program.
    pub panicked: bool,
}

/// Shows how far a run is. Never says how a case went: that is for the judge.
#[derive(Debug)]
pub enum Progress {
    /// Nothing is shown.
    Quiet,
    /// A bar that is redrawn, on a terminal.
    Bar(ProgressBar),
    /// A line for each case, on standard error.
    Lines,
}

impl Progress {
    /// A bar if standard error is a terminal, else lines.
    pub fn automatic() -> Self {
        use std::io::IsTerminal as _;
        if std::io::stderr().is_terminal() {
            Progress::Bar(ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()))
        } else {
            Progress::Lines
        }
    }

    pub(super) fn begin(&self, cases: usize) {
        if let Progress::Bar(bar) = self {
            bar.set_length(cases as u64);
            if let Ok(style) =
                ProgressStyle::with_template("{bar:30} {pos}/{len} cases  {elapsed}  {wide_msg}")
            {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(250));
        }
    }

    pub(super) fn case_began(&self, name: &str) {
        if let Progress::Bar(bar) = self {
            bar.set_message(name.to_owned());
        }
    }

    pub(super) fn case_ended(&self, name: &str, end: &CaseEnd, took: Duration) {
        let leak = if end.leaks > 0 { "  NOT UNDONE YET" } else { "" };
        let note = if end.skipped { "  skipped" } else { leak };
        match self {
            Progress::Quiet => {}
            Progress::Bar(bar) => {
                if end.leaks > 0 {
                    bar.println(format!("{name}{leak}"));
                }
                bar.inc(1);
            }
            Progress::Lines => {
                let _ =
                    writeln!(std::io::stderr(), "ran {name}  {:.1} s{note}", took.as_secs_f32());
            }
        }
    }

    /// All cases are over, and so many undos are tried again.
    pub(super) fn undoing_again(&self, count: usize) {
        let text = format!(
            "trying again to undo what could not be undone yet: {count}; this may take {} minutes",
            super::undo::END_LIMIT.as_secs() / 60
        );
        match self {
            Progress::Quiet => {}
            Progress::Bar(bar) => bar.set_message(text),
            Progress::Lines => drop(writeln!(std::io::stderr(), "{text}")),
        }
    }

    pub(super) fn finish(&self) {
        if let Progress::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
