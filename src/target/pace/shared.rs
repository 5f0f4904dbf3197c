//! What all callers of a target share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use leaky_bucket::RateLimiter;

use super::brake::Brake;
use super::rate::{Bucket, Rate, of_aws};

/// Lets requests through.
#[derive(Debug)]
pub(in crate::target) struct Pace {
    buckets: Buckets,
    brake: Mutex<Brake>,
}

#[derive(Debug)]
enum Buckets {
    None,
    One(RateLimiter),
    /// One for each action, made when it is first called.
    ByAction(Mutex<HashMap<String, Arc<RateLimiter>>>),
}

impl Pace {
    pub(in crate::target) fn new(rate: Rate) -> Pace {
        let buckets = match rate {
            Rate::Unlimited => Buckets::None,
            Rate::Total(bucket) => Buckets::One(limiter(bucket)),
            Rate::OfAws => Buckets::ByAction(Mutex::default()),
        };
        Pace { buckets, brake: Mutex::default() }
    }

    /// Waits until a request of this action may go.
    pub(in crate::target) async fn turn(&self, action: &str) {
        match &self.buckets {
            Buckets::None => {}
            Buckets::One(limiter) => limiter.acquire_one().await,
            Buckets::ByAction(limiters) => of_action(limiters, action).acquire_one().await,
        }
        let now = Instant::now();
        let turn = lock(&self.brake).turn(now);
        if turn > now {
            tokio::time::sleep_until(turn.into()).await;
        }
    }

    /// The request that was sent then was too much for the target; `hold`: it said for how long.
    pub(in crate::target) fn slow_down(&self, sent: Instant, hold: Option<Duration>) {
        lock(&self.brake).press(sent, Instant::now(), hold);
    }

    /// A request was not too much.
    pub(in crate::target) fn go_on(&self) {
        lock(&self.brake).ease();
    }
}

fn of_action(
    limiters: &Mutex<HashMap<String, Arc<RateLimiter>>>,
    action: &str,
) -> Arc<RateLimiter> {
    let mut limiters = lock(limiters);
    if let Some(limiter) = limiters.get(action) {
        return Arc::clone(limiter);
    }
    let limiter = Arc::new(limiter(of_aws(action)));
    limiters.insert(action.to_owned(), Arc::clone(&limiter));
    limiter
}

/// A full bucket.
fn limiter(bucket: Bucket) -> RateLimiter {
    // Timers count milliseconds: at more than a hundred a second several tokens come at once.
    let tokens = (bucket.per_second / 100.0).ceil().max(1.0);
    let burst = usize::try_from(bucket.burst).unwrap_or(usize::MAX);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 100")]
    RateLimiter::builder()
        .max(burst)
        .initial(burst)
        .refill(tokens as usize)
        .interval(Duration::from_secs_f64(tokens / bucket.per_second))
        .build()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_hold_what_was_asked_for() {
        for (per_second, burst, refill, interval) in
            [(20.0, 100, 1, 50), (0.5, 1, 1, 2000), (333.0, 5, 4, 12), (10_000.0, 7, 100, 10)]
        {
            let limiter = limiter(Bucket { per_second, burst });
            assert_eq!((limiter.max(), limiter.balance()), (burst as usize, burst as usize));
            assert_eq!((limiter.refill(), limiter.interval().as_millis()), (refill, interval));
        }
    }

    /// One action's bucket says nothing of another's.
    #[test]
    fn each_action_has_its_own() {
        let limiters = Mutex::default();
        let run = of_action(&limiters, "RunInstances");
        assert!(run.try_acquire(5) && !run.try_acquire(1));
        assert!(!of_action(&limiters, "RunInstances").try_acquire(1), "the same one");
        assert!(of_action(&limiters, "CreateVpc").try_acquire(50));
    }
}
