//! One input, tried: what came of it, how long it took and how much memory.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use crate::MEMORY;
use crate::targets::Target;

/// Memory that any input may take.
const MEMORY_FOR_ANY: usize = 96 << 20;
/// Memory for each byte of it beyond. One byte can be a step, an element, a finding with its evidence.
const MEMORY_FOR_EACH: usize = 2000;
/// Time of the processor that any input may take, in a build without optimisation.
const TIME_FOR_ANY: Duration = Duration::from_secs(3);
/// Time for each byte of it beyond.
const TIME_FOR_EACH: Duration = Duration::from_micros(40);

/// What came of an input.
pub struct Tried {
    /// The kind of outcome, or what was found.
    pub outcome: Result<String, Found>,
    pub took: Duration,
    pub memory: usize,
}

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where: file and line of a panic, else what is beyond its bound.
    pub place: String,
    pub message: String,
}

thread_local! {
    static PANIC: RefCell<Option<Found>> = const { RefCell::new(None) };
}

/// Panics are kept instead of printed.
pub fn keep_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let message = message(info.payload());
        PANIC.with(|panic| *panic.borrow_mut() = Some(Found { place, message }));
    }));
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().cloned();
    text.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic without words".to_owned())
}

/// Gives an input to a target.
pub fn try_out(target: &Target, input: &[u8]) -> Tried {
    let cpu = processor_time();
    let began = Instant::now();
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    let memory = MEMORY.peak_usage().saturating_sub(before);
    // Other programs have their turn, too: only the processor's time is the input's doing.
    let took = match (cpu, processor_time()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => began.elapsed(),
    };
    let outcome = outcome.map_err(|_| {
        PANIC.with(|panic| panic.borrow_mut().take()).unwrap_or_else(|| Found {
            place: "somewhere".to_owned(),
            message: "a panic in another thread".to_owned(),
        })
    });
    let outcome = outcome.and_then(|kind| bounded(input.len(), took, memory).map(|()| kind));
    Tried { outcome, took, memory }
}

fn bounded(length: usize, took: Duration, memory: usize) -> Result<(), Found> {
    let beyond = |place: &str, message: String| {
        Err(Found { place: place.to_owned(), message: format!("{message} for {length} bytes") })
    };
    let each = u32::try_from(length).unwrap_or(u32::MAX);
    if memory > MEMORY_FOR_ANY + MEMORY_FOR_EACH * length {
        return beyond("memory", format!("{} MB", memory >> 20));
    }
    if took > TIME_FOR_ANY + TIME_FOR_EACH * each {
        return beyond("time", format!("{:.1} s", took.as_secs_f32()));
    }
    Ok(())
}

/// The time that this thread has had on a processor.
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
