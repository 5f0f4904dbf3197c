//! What AWS publishes about the EC2 API: actions, members and their names on the wire, types, enum
//! values, documented filters, paginators and waiters.
//!
//! The facts are in `ec2-2016-11-15.json`, which `ci/model.py` writes from botocore's data files;
//! nothing in this room knows anything about EC2 by itself. [`Model::ec2`] is the way in.

mod ec2;
mod facts;
mod load;
mod names;
mod sensitive;
mod waiter;

pub use ec2::Model;
pub use facts::{
    Action, Identifier, List, Member, Paginator, Range, Shape, ShapeId, ShapeKind, Structure, Text,
};
pub(crate) use names::only_reads;
pub use names::suggest;
pub use waiter::{Acceptor, ErrorExpect, Matcher, Waiter, WaiterState};
