//! Answers of AWS, broken one at a time and judged each by itself: client, model and shape layer.

use std::collections::HashMap;

use parallax::judge::{Finding, Knowledge, Severity, judge_exchange};
use parallax::model::Model;
use sha2::{Digest as _, Sha256};

use super::change::Change;
use super::operator::{Expect, number};
use super::sample::{Reply, Sample};
use super::sites::sites;
use super::statistics::Statistics;
use super::tally::{Tally, Trial};
use super::{envelope, members};

/// A change that may be tried.
struct Candidate {
    operator: usize,
    sample: usize,
    /// `Action.path`.
    at: String,
    what: What,
    expect: Expect,
}

enum What {
    Element { place: Vec<usize>, change: Change },
    Whole(Box<Reply>),
}

/// Tries every operator at every path of every action, at most so many times each.
pub fn run<'k>(
    samples: &[Sample],
    knowledge: impl Fn(&Sample) -> &'k Knowledge + Sync,
    per_place: usize,
) -> Tally {
    let statistics = Statistics::of(samples);
    let (candidates, possible) = candidates(samples, &statistics, per_place);
    let before: Vec<Vec<Finding>> =
        in_parallel(samples, |s| judge_exchange(&s.exchange(&s.reply), knowledge(s)));
    let trials = in_parallel(&candidates, |candidate| {
        let sample = &samples[candidate.sample];
        let reply = match &candidate.what {
            What::Element { place, change } => {
                Reply { body: change.apply(&sample.root, place).document(), ..sample.reply.clone() }
            }
            What::Whole(reply) => reply.as_ref().clone(),
        };
        let after = judge_exchange(&sample.exchange(&reply), knowledge(sample));
        Trial {
            operator: candidate.operator,
            at: candidate.at.clone(),
            expect: candidate.expect,
            found: brought(&before[candidate.sample], after),
            source: sample.source.clone(),
            judged_by: None,
        }
    });
    Tally::new(trials, possible)
}

/// The findings that were not there before.
pub fn brought(before: &[Finding], after: Vec<Finding>) -> Vec<Finding> {
    let known = |new: &Finding| {
        before.iter().any(|old| {
            (&old.rule, &old.path, &old.expected, &old.actual, &old.step)
                == (&new.rule, &new.path, &new.expected, &new.actual, &new.step)
                && old.times >= new.times
        })
    };
    after.into_iter().filter(|new| !known(new)).collect()
}

/// Samples with findings that no answer of AWS should have, and those that are judged differently
/// when written anew: the control that the changes start from what AWS sends.
pub fn control(samples: &[Sample], knowledge: &Knowledge) -> Vec<String> {
    let wrong = in_parallel(samples, |sample| {
        let judge = |reply: &Reply| judge_exchange(&sample.exchange(reply), knowledge);
        let found = judge(&sample.reply);
        let breaking: Vec<&str> = found
            .iter()
            .filter(|f| f.severity == Severity::Breaking)
            .map(|f| f.message.as_str())
            .collect();
        if !breaking.is_empty() {
            return Some(format!("{}: {}", sample.source, breaking.join("; ")));
        }
        let again = judge(&Reply { body: sample.root.document(), ..sample.reply.clone() });
        (found != again).then(|| format!("{}: judged differently when written anew", sample.source))
    });
    wrong.into_iter().flatten().collect()
}

fn candidates(
    samples: &[Sample],
    statistics: &Statistics,
    per_place: usize,
) -> (Vec<Candidate>, u64) {
    let mut chosen = Vec::new();
    let mut possible = 0;
    let mut counts: HashMap<(usize, String), usize> = HashMap::new();
    let mut choose = |candidate: Candidate| {
        possible += 1;
        let key = (candidate.operator, candidate.at.clone());
        let count = counts.entry(key).or_default();
        if *count < per_place {
            *count += 1;
            chosen.push(candidate);
        }
    };
    for n in small_ones_first(samples) {
        let sample = &samples[n];
        let action = Model::ec2().action(&sample.action);
        let output = action.and_then(|a| a.output).filter(|_| sample.is_success());
        for site in sites(Model::ec2(), output, &sample.root) {
            let node = sample.root.at(&site.place);
            members::changes(
                &sample.action,
                &site,
                node,
                statistics,
                &mut |name, change, expect| {
                    choose(Candidate {
                        operator: number(name),
                        sample: n,
                        at: format!("{}.{}", sample.action, site.path),
                        what: What::Element { place: site.place.clone(), change },
                        expect,
                    });
                },
            );
        }
        envelope::changes(sample, &mut |name, reply, expect| {
            choose(Candidate {
                operator: number(name),
                sample: n,
                at: sample.action.clone(),
                what: What::Whole(Box::new(reply)),
                expect,
            });
        });
    }
    (chosen, possible)
}

/// Small answers first, so that judging them takes little; among those of about one size by a hash,
/// so that no one source is preferred.
fn small_ones_first(samples: &[Sample]) -> Vec<usize> {
    let key = |n: &usize| {
        let sample = &samples[*n];
        let hash: [u8; 32] = Sha256::digest(format!("{}{n}", sample.source)).into();
        (sample.reply.body.len().ilog2().max(12), hash)
    };
    let mut order: Vec<usize> = (0..samples.len()).collect();
    order.sort_by_cached_key(key);
    order
}

/// Maps in the order of the items, on all cores.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], map: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let size = items.len().div_ceil(cores).max(1);
    let map = &map;
    std::thread::scope(|scope| {
        let parts: Vec<_> = items
            .chunks(size)
            .map(|part| scope.spawn(move || part.iter().map(map).collect::<Vec<R>>()))
            .collect();
        parts.into_iter().flat_map(|part| part.join().expect("no panic")).collect()
    })
}
