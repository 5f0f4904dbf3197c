//! What a person sees while cases run: a bar on a terminal, plain lines elsewhere.

use std::io::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::options::{Assessment, Standing};
use super::part::Part;
use super::{RunOptions, Times};
use crate::case::Case;

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

/// Lines between which it is said how far the run is.
const EVERY: Duration = Duration::from_secs(30);
/// Cases that have to have ended before it is said how long the others will take, if nothing is known
/// of earlier runs.
const ENOUGH: usize = 20;

/// Shows how far a run is, and how long it will still take. How a case went it shows only if it is
/// told: that is for the judge to say.
#[derive(Debug)]
pub struct Progress {
    shows: Shows,
    state: Mutex<State>,
}

#[derive(Debug)]
enum Shows {
    /// Nothing.
    Quiet,
    /// A bar that is redrawn, on a terminal.
    Bar(ProgressBar),
    /// A line for each case, on standard error.
    Lines,
}

/// How far a run is.
#[derive(Debug, Default)]
struct State {
    cases: usize,
    done: usize,
    failed: usize,
    running: Vec<String>,
    left: Left,
    said: Option<Instant>,
}

/// What is known of how long the rest will take.
#[derive(Debug, Default, Clone)]
struct Left {
    times: Times,
    jobs: usize,
    /// Estimates of what has not ended, by part of the run.
    waiting_ms: [u64; Part::ALL.len()],
    /// Estimates of what has ended, and what it took in truth.
    estimated_ms: u64,
    took_ms: u64,
    ended: usize,
}

impl Progress {
    /// Nothing is shown.
    pub fn quiet() -> Self {
        Progress { shows: Shows::Quiet, state: Mutex::default() }
    }

    /// A bar if standard error is a terminal, else lines.
    pub fn automatic() -> Self {
        use std::io::IsTerminal as _;
        let shows = if std::io::stderr().is_terminal() {
            Shows::Bar(ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()))
        } else {
            Shows::Lines
        };
        Progress { shows, state: Mutex::default() }
    }

    pub(super) fn begin(&self, cases: &[Case], options: &RunOptions) {
        let mut state = self.state();
        state.cases = cases.len();
        state.left = Left::new(cases, options);
        state.said = Some(Instant::now());
        if let Shows::Bar(bar) = &self.shows {
            bar.set_length(cases.len() as u64);
            if let Ok(style) =
                ProgressStyle::with_template("{bar:30} {pos}/{len} cases  {elapsed}  {wide_msg}")
            {
                bar.set_style(style);
            }
            bar.set_message(state.words(false));
            bar.enable_steady_tick(Duration::from_millis(250));
        }
    }

    pub(super) fn case_began(&self, case: &Case) {
        let mut state = self.state();
        state.running.push(case.name.clone());
        if let Shows::Bar(bar) = &self.shows {
            bar.set_message(state.words(true));
        }
    }

    /// An attempt at a case has ended. `again`: it is going to be run once more.
    pub(super) fn case_ended(
        &self,
        case: &Case,
        end: &CaseEnd,
        took: Duration,
        assessment: Option<&Assessment>,
        again: bool,
    ) {
        let mut state = self.state();
        state.ended(case, took, assessment, again);
        let leak = if end.leaks > 0 { "  NOT UNDONE YET" } else { "" };
        let word = assessment.map(|a| format!("  {}", a.word)).unwrap_or_default();
        let word = if end.skipped { "  skipped".to_owned() } else { word };
        let once_more = if again { ", again later" } else { "" };
        match &self.shows {
            Shows::Quiet => {}
            Shows::Bar(bar) => {
                if end.leaks > 0 {
                    bar.println(format!("{}{leak}", case.name));
                }
                bar.set_position(state.done as u64);
                bar.set_message(state.words(true));
            }
            Shows::Lines => {
                let (name, seconds) = (&case.name, took.as_secs_f32());
                let mut stderr = std::io::stderr().lock();
                let _ = writeln!(stderr, "ran {name}  {seconds:.1} s{word}{once_more}{leak}");
                if state.said.is_some_and(|said| said.elapsed() >= EVERY) {
                    state.said = Some(Instant::now());
                    let (done, cases, words) = (state.done, state.cases, state.words(false));
                    let _ = writeln!(stderr, "{done} of {cases} cases: {words}");
                }
            }
        }
    }

    /// All cases are over, and so many undos are tried again.
    pub(super) fn undoing_again(&self, count: usize) {
        let text = format!(
            "trying again to undo what could not be undone yet: {count}; this may take {} minutes",
            super::undo::END_LIMIT.as_secs() / 60
        );
        match &self.shows {
            Shows::Quiet => {}
            Shows::Bar(bar) => bar.set_message(text),
            Shows::Lines => drop(writeln!(std::io::stderr(), "{text}")),
        }
    }

    pub(super) fn finish(&self) {
        if let Shows::Bar(bar) = &self.shows {
            bar.finish_and_clear();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn ended(&mut self, case: &Case, took: Duration, assessment: Option<&Assessment>, again: bool) {
        if let Some(at) = self.running.iter().position(|name| *name == case.name) {
            self.running.remove(at);
        }
        self.left.ended(case, took, again);
        if !again {
            self.done += 1;
            let failed = assessment.is_some_and(|a| a.standing == Standing::Failed);
            self.failed += usize::from(failed);
        }
    }

    /// How long it will take, what failed and what runs, in a few words.
    fn words(&self, names: bool) -> String {
        let mut words = Vec::new();
        if let Some(left) = self.left.estimate() {
            words.push(format!("about {} left", duration(left)));
        }
        if self.failed > 0 {
            words.push(format!("{} failed", self.failed));
        }
        // The one that has run longest is the one that is waited for.
        match (self.running.as_slice(), names) {
            ([], _) => {}
            ([first], true) => words.push(first.clone()),
            ([first, others @ ..], true) => {
                words.push(format!("{first} and {} more", others.len()))
            }
            (running, false) => words.push(format!("{} running", running.len())),
        }
        words.join(" · ")
    }
}

impl Left {
    fn new(cases: &[Case], options: &RunOptions) -> Left {
        let mut left =
            Left { times: options.times.clone(), jobs: options.jobs.max(1), ..Left::default() };
        for case in cases {
            left.waiting_ms[Part::of(case) as usize] += options.times.estimate_ms(case);
        }
        left
    }

    fn ended(&mut self, case: &Case, took: Duration, again: bool) {
        let estimate = self.times.estimate_ms(case);
        let waiting = &mut self.waiting_ms[Part::of(case) as usize];
        if !again {
            *waiting = waiting.saturating_sub(estimate);
        }
        self.estimated_ms += estimate;
        self.took_ms += u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.ended += 1;
    }

    /// How long the rest will take: as long as it is estimated to, by so much longer or shorter as
    /// what has ended took. `None` if nothing can be said yet.
    fn estimate(&self) -> Option<Duration> {
        if !self.times.is_learned() && self.ended < ENOUGH {
            return None;
        }
        // Few that have ended say little of the others; a second of estimates says nothing.
        let (took, estimated) = (self.took_ms + 1000, self.estimated_ms + 1000);
        let parts = Part::ALL.iter().zip(self.waiting_ms);
        let waiting: f64 = parts.map(|(part, ms)| ms as f64 / part.jobs(self.jobs) as f64).sum();
        Some(Duration::from_millis((waiting * took as f64 / estimated as f64) as u64))
    }
}

/// `20 s`, `4 min`, `1 h 20 min`: nobody wants more of an estimate.
fn duration(time: Duration) -> String {
    let seconds = time.as_secs().max(1);
    match seconds {
        0..100 => format!("{} s", seconds.div_ceil(10) * 10),
        100..5970 => format!("{} min", (seconds + 30) / 60),
        _ => format!("{} h {:02} min", (seconds + 30) / 3600, (seconds + 30) % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_follow_what_is_seen() {
        let mut left = Left { jobs: 2, waiting_ms: [0, 100_000, 10_000], ..Left::default() };
        assert_eq!(left.estimate(), None, "nothing is known");
        left.ended = ENOUGH;
        assert_eq!(left.estimate(), Some(Duration::from_secs(60)), "two at once, then one by one");
        (left.estimated_ms, left.took_ms) = (9_000, 19_000);
        assert_eq!(left.estimate(), Some(Duration::from_secs(120)), "all takes twice as long");
    }

    #[test]
    fn durations_are_rough() {
        for (seconds, words) in [
            (0, "10 s"),
            (11, "20 s"),
            (99, "100 s"),
            (100, "2 min"),
            (3599, "60 min"),
            (5999, "1 h 40 min"),
            (7200, "2 h 00 min"),
        ] {
            assert_eq!(duration(Duration::from_secs(seconds)), words, "{seconds}");
        }
    }
}
