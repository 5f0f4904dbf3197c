//! Waiters: what to poll for, as AWS's SDKs do it (`waiters-2.json`).

use serde_json::Value;

/// How AWS's SDKs wait for a resource to get somewhere.
#[derive(Clone, PartialEq, Debug)]
pub struct Waiter {
    /// Its name, such as `InstanceRunning`.
    pub name: String,
    /// The action to poll.
    pub operation: String,
    /// The time between two attempts.
    pub delay_seconds: u32,
    /// After so many attempts an SDK gives up.
    pub max_attempts: u32,
    /// The first that matches an attempt decides. If none does, a success is tried again and an
    /// error is a failure.
    pub acceptors: Vec<Acceptor>,
}

/// What an attempt that matches means.
#[derive(Clone, PartialEq, Debug)]
pub struct Acceptor {
    /// What it means.
    pub state: WaiterState,
    /// When it matches.
    pub matcher: Matcher,
}

/// Where a waiter goes after an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaiterState {
    /// The wait is over, the resource is there.
    Success,
    /// The wait is over, the resource will never be there.
    Failure,
    /// Wait on.
    Retry,
}

/// What an acceptor looks at. An argument is a JMESPath over the output, in SDK names.
#[derive(Clone, PartialEq, Debug)]
pub enum Matcher {
    /// The argument's value is the expected one.
    Path {
        /// The JMESPath.
        argument: String,
        /// The value, mostly `true`.
        expected: Value,
    },
    /// The argument is a list that is not empty and every item of it is the expected value.
    PathAll {
        /// The JMESPath.
        argument: String,
        /// The value of every item.
        expected: Value,
    },
    /// The argument is a list and some item of it is the expected value.
    PathAny {
        /// The JMESPath.
        argument: String,
        /// The value of some item.
        expected: Value,
    },
    /// The attempt failed in this way.
    Error {
        /// The way.
        code: ErrorExpect,
    },
    /// The response has this HTTP status.
    Status(u16),
}

/// The error that an acceptor expects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ErrorExpect {
    /// An error with this code.
    Code(String),
    /// Any error.
    Any,
    /// No error.
    None,
}

#[cfg(test)]
mod tests {
    use super::super::Model;
    use super::*;

    #[test]
    fn instance_running() {
        let waiter = Model::ec2().waiter("InstanceRunning").unwrap();
        assert_eq!(waiter.operation, "DescribeInstances");
        assert_eq!((waiter.delay_seconds, waiter.max_attempts), (15, 40));
        let argument = || "Reservations[].Instances[].State.Name".to_owned();
        let failure = |state: &str| Acceptor {
            state: WaiterState::Failure,
            matcher: Matcher::PathAny { argument: argument(), expected: state.into() },
        };
        let expected = [
            Acceptor {
                state: WaiterState::Success,
                matcher: Matcher::PathAll { argument: argument(), expected: "running".into() },
            },
            failure("shutting-down"),
            failure("terminated"),
            failure("stopping"),
            Acceptor {
                state: WaiterState::Retry,
                matcher: Matcher::Error {
                    code: ErrorExpect::Code("InvalidInstanceID.NotFound".to_owned()),
                },
            },
        ];
        assert_eq!(waiter.acceptors, expected);
    }

    #[test]
    fn other_matchers() {
        let first = |waiter| &Model::ec2().waiter(waiter).unwrap().acceptors[0].matcher;
        assert_eq!(first("VpcExists"), &Matcher::Status(200));
        assert_eq!(
            first("KeyPairExists"),
            &Matcher::Path {
                argument: "length(KeyPairs[].KeyName) > `0`".to_owned(),
                expected: true.into()
            }
        );
    }
}
