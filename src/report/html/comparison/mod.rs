//! Results beside each other, on one page.
//!
//! `page` is the whole page and its summary; the other files are its parts, from top to bottom.

mod change;
mod data;
mod matrix;
mod page;
mod roots;

#[cfg(test)]
mod tests;

pub(crate) use page::render;
