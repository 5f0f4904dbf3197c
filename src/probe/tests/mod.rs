//! Probes against guests that this process plays, on loopback.

mod guest;
mod logins;
mod ports;
mod web;

use serde_json::Value;

use super::Prober;
use crate::case::ProbeKind;

/// What one look finds.
async fn look(kind: ProbeKind, with: Value) -> Value {
    Prober::direct().look(kind, &with).await.expect("the way there is free")
}
