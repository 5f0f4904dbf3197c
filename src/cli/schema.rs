//! `parallax schema`.

use super::exit::{Done, Exit};
use super::files::to_json;
use super::out::print;

pub(super) fn run() -> Done {
    print(&to_json(&crate::case::schema()));
    Ok(Exit::Ok)
}
