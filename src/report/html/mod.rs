//! The report, and comparisons, as one self-contained HTML page each: style and script inside,
//! nothing loaded from elsewhere.
//!
//! `page` is the whole report; the other files are its parts. Each turns results into what the
//! templates next to it show: everything that says how the cloud does, and a row for each case. What
//! is behind a row, thousands of findings and exchanges, is data in the page (`data`), which the
//! script lays out when the row is opened; so a page of thousands of cases opens at once. Everything
//! an endpoint said is hostile here: all of it goes through `escape`, which the templates apply by
//! themselves to every value, and `escape::embedded` to the data; the script makes text of it, never
//! markup, and the browser is told to hold it to that.

mod case;
mod comparison;
mod data;
mod diff;
mod escape;
mod exchange;
mod guideline;
mod overview;
mod page;
mod rule;
mod words;
mod xml;

#[cfg(test)]
mod tests;

pub(crate) use comparison::render as render_comparison;
pub(crate) use exchange::{Stored, stored};
pub(crate) use page::render;
