//! A comparison as text: for a terminal, and as Markdown.

mod markdown;
mod text;

#[cfg(test)]
mod tests;

pub use markdown::markdown;
pub use text::text;
