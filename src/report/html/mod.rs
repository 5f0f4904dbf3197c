//! The report as one self-contained HTML page: style and script inside, nothing loaded from
//! elsewhere, readable with scripts off.
//!
//! `page` is the whole; the other files are its parts. Each turns results into what the templates
//! next to it show. Everything an endpoint said is hostile here: all of it goes through `escape`,
//! which the templates apply by themselves to every value.

mod case;
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

pub(crate) use page::render;
