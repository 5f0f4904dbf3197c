//! What the tests of the program share.

pub mod command;
pub mod ec2;
pub mod inside;
pub mod proxy;
pub mod server;
pub mod tls;
