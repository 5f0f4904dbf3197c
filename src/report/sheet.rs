//! Headings, sentences and tables, as text for a terminal or as Markdown.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::clean::{as_markdown, clean};

/// What a text is about; a colour on a terminal, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Strong,
    Soft,
    Good,
    Bad,
    Doubt,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Tone::Plain => Style::new(),
            Tone::Strong => Style::new().bold(),
            Tone::Soft => Style::new().dimmed(),
            Tone::Good => AnsiColor::Green.on_default(),
            Tone::Bad => AnsiColor::Red.on_default(),
            Tone::Doubt => AnsiColor::Yellow.on_default(),
        }
    }
}

/// A piece of text.
pub(super) type Piece = (String, Tone);

/// A plain piece.
pub(super) fn plain(text: impl Into<String>) -> Piece {
    (text.into(), Tone::Plain)
}

/// A column: what stands above it, and whether it holds numbers.
pub(super) type Column = (&'static str, Side);

/// Where a column's text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

enum Block {
    Title(String),
    Heading(String),
    Line(Vec<Piece>),
    Table { columns: Vec<Column>, rows: Vec<Vec<Piece>> },
    List(Vec<String>),
}

/// What is shown, from top to bottom.
#[derive(Default)]
pub(super) struct Sheet {
    blocks: Vec<Block>,
}

impl Sheet {
    pub(super) fn title(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Title(text.into()));
    }

    pub(super) fn heading(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading(text.into()));
    }

    pub(super) fn line(&mut self, pieces: impl IntoIterator<Item = Piece>) {
        self.blocks.push(Block::Line(pieces.into_iter().collect()));
    }

    /// A table; nothing if it has no rows.
    pub(super) fn table(&mut self, columns: &[Column], rows: Vec<Vec<Piece>>) {
        if !rows.is_empty() {
            self.blocks.push(Block::Table { columns: columns.to_vec(), rows });
        }
    }

    /// A list; nothing if it is empty.
    pub(super) fn list(&mut self, items: Vec<String>) {
        if !items.is_empty() {
            self.blocks.push(Block::List(items));
        }
    }

    /// With ANSI styles; whoever prints it strips them where they do not belong.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        for block in &self.blocks {
            match block {
                Block::Title(text) => {
                    let bold = Tone::Strong.style();
                    let _ = writeln!(out, "{bold}{}{bold:#}", clean(text));
                }
                Block::Heading(text) => {
                    let bold = Tone::Strong.style();
                    let _ = writeln!(out, "\n{bold}{}{bold:#}", clean(text));
                }
                Block::Line(pieces) => {
                    pieces.iter().for_each(|piece| styled(&mut out, &clean(&piece.0), piece.1));
                    out.push('\n');
                }
                Block::Table { columns, rows } => aligned(&mut out, columns, rows),
                Block::List(items) => {
                    for item in items {
                        let _ = writeln!(out, "  {}", clean(item));
                    }
                }
            }
        }
        out
    }

    /// As Markdown.
    pub(super) fn markdown(&self) -> String {
        let mut out = String::new();
        for block in &self.blocks {
            match block {
                Block::Title(text) => {
                    let _ = writeln!(out, "# {}\n", as_markdown(text));
                }
                Block::Heading(text) => {
                    let _ = writeln!(out, "## {}\n", as_markdown(text));
                }
                Block::Line(pieces) => {
                    let text: String = pieces.iter().map(|(text, _)| as_markdown(text)).collect();
                    let _ = writeln!(out, "{}\n", text.trim());
                }
                Block::Table { columns, rows } => {
                    row(&mut out, columns.iter().map(|(name, _)| (*name).to_owned()));
                    row(
                        &mut out,
                        columns.iter().map(|(_, side)| match side {
                            Side::Left => "---".to_owned(),
                            Side::Right => "---:".to_owned(),
                        }),
                    );
                    for cells in rows {
                        row(&mut out, cells.iter().map(|(text, _)| as_markdown(text.trim())));
                    }
                    out.push('\n');
                }
                Block::List(items) => {
                    for item in items {
                        let _ = writeln!(out, "- {}", as_markdown(item.trim()));
                    }
                    out.push('\n');
                }
            }
        }
        out
    }
}

fn styled(out: &mut String, text: &str, tone: Tone) {
    let style = tone.style();
    let _ = write!(out, "{style}{text}{style:#}");
}

fn aligned(out: &mut String, columns: &[Column], rows: &[Vec<Piece>]) {
    let rows: Vec<Vec<Piece>> = rows
        .iter()
        .map(|cells| cells.iter().map(|(text, tone)| (clean(text), *tone)).collect())
        .collect();
    let length = |text: &str| text.chars().count();
    let widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(at, (name, _))| {
            let cells = rows.iter().filter_map(|cells| cells.get(at));
            cells.map(|(text, _)| length(text)).chain([length(name)]).max().unwrap_or(0)
        })
        .collect();
    let mut line = |cells: &mut dyn Iterator<Item = (&str, Tone)>| {
        let mut text = String::from("  ");
        let mut pending = String::new();
        for (at, (cell, tone)) in cells.enumerate() {
            let (Some((_, side)), Some(width)) = (columns.get(at), widths.get(at)) else { break };
            let blanks = " ".repeat(width - length(cell));
            if *side == Side::Right {
                pending.push_str(&blanks);
            }
            // Nothing is filled up to the end of the line.
            if !cell.is_empty() {
                text.push_str(&std::mem::take(&mut pending));
                styled(&mut text, cell, tone);
            }
            if *side == Side::Left {
                pending.push_str(&blanks);
            }
            pending.push_str("  ");
        }
        let _ = writeln!(out, "{text}");
    };
    line(&mut columns.iter().map(|(name, _)| (*name, Tone::Soft)));
    for cells in &rows {
        line(&mut cells.iter().map(|(text, tone)| (text.as_str(), *tone)));
    }
}

fn row(out: &mut String, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.collect();
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let mut sheet = Sheet::default();
        sheet.title("T");
        sheet.line([plain("a <b> "), ("\u{1b}[31m|c".to_owned(), Tone::Bad)]);
        sheet.table(
            &[("name", Side::Left), ("n", Side::Right), ("", Side::Left)],
            vec![
                vec![plain("a|b"), plain("12"), plain("")],
                vec![plain("é"), plain("7"), plain("end")],
            ],
        );
        sheet.table(&[("none", Side::Left)], Vec::new());
        sheet
    }

    #[test]
    fn columns_stand_below_each_other() {
        let text = anstream::adapter::strip_str(&sheet().text()).to_string();
        assert_eq!(text, "T\na <b> ␦[31m|c\n  name   n\n  a|b   12\n  é      7  end\n");
    }

    #[test]
    fn markdown_takes_text_for_text() {
        let text = sheet().markdown();
        assert!(text.contains("a &lt;b&gt; ␦\\[31m\\|c"), "{text}");
        assert!(
            text.contains("| name | n |  |\n| --- | ---: | --- |\n| a\\|b | 12 |  |\n"),
            "{text}"
        );
    }
}
