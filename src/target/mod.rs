//! The target: an endpoint, how to reach it, who is asking, at what pace, and what is peculiar to it.

mod call;
mod check;
mod config;
mod connect;
mod credentials;
mod discover;
mod endpoint;
mod guests;
mod lacks;
mod pace;
mod quotas;
mod settings;

pub(crate) use call::{Ahead, Call, Called, Form};
pub use call::{Caller, Question};
pub use check::{AskedAction, Checked, Offer, Outcome, Step, check};
pub use config::{ConfigError, ConfigFile, Kind, Listed, find_config, schema as config_schema};
pub use connect::{ConnectError, Connection, Target, connect, connect_only};
pub use credentials::{Access, AccessError, find_access};
pub(crate) use discover::CALLED_ON_AWS;
pub use discover::{Cause, Found, Problem};
pub use endpoint::{Endpoint, Skew};
pub use guests::GuestsError;
pub(crate) use lacks::{LACKABLE, lacked};
pub use pace::{Bucket, Rate};
pub(crate) use pace::{MAX_ATTEMPTS, longest_call};
pub use quotas::room;
pub use settings::{Asked, Chosen, Origin, Said, Saying, Setting, SettingsError, choose};
