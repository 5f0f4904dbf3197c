//! The configuration file: targets by name.
//!
//! It is YAML, as cases are (and as OpenStack's `clouds.yaml`, which it is found beside): the same
//! reader gives places, carets and suggestions, and whoever writes cases knows its rules. There is no
//! secret in it, and nothing that a run learns is written to it.

mod doc;
mod find;
mod read;
mod refused;

pub(super) use doc::SectionDoc;
pub use doc::{Kind, schema};
pub(super) use find::places;
pub use find::{ConfigError, ConfigFile, Listed, find_config};
