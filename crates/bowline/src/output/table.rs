//! Columns as Go's `text/tabwriter` aligns them, since people and scripts know Argo CD's tables.

use std::io::{self, Write};

use super::style::width;

/// Spaces after the widest cell of a column.
const PADDING: usize = 2;

/// Aligns tab-separated lines as [`align_apart`] does, with the usual distance between columns.
pub fn align(text: &str) -> String {
    align_apart(text, PADDING)
}

/// Aligns tab-separated lines: each run of neighbouring lines that have a cell in a column shares its width. The last cell of a
/// line ends no column, so it needs no width. Columns stand `padding` spaces apart.
fn align_apart(text: &str, padding: usize) -> String {
    let lines: Vec<Vec<&str>> = text.split('\n').map(|line| line.split('\t').collect()).collect();
    let mut widths: Vec<Vec<usize>> = lines.iter().map(|cells| vec![0; cells.len().saturating_sub(1)]).collect();
    let columns = widths.iter().map(Vec::len).max().unwrap_or(0);
    for column in 0..columns {
        let mut start = 0;
        while start < lines.len() {
            let run = widths[start..].iter().take_while(|w| w.len() > column).count();
            // A column of empty cells keeps its padding, as tabwriter does without DiscardEmptyColumns.
            let widest = lines[start..start + run].iter().map(|cells| width(cells[column])).max().unwrap_or(0);
            for row in &mut widths[start..start + run] {
                row[column] = widest + padding;
            }
            start += run.max(1);
        }
    }
    let mut out = String::with_capacity(text.len() * 2);
    for (i, (cells, widths)) in lines.iter().zip(&widths).enumerate() {
        if i > 0 {
            out.push('\n');
        }
        for (column, cell) in cells.iter().enumerate() {
            out.push_str(cell);
            if let Some(full) = widths.get(column) {
                out.extend(std::iter::repeat_n(' ', full - width(cell)));
            }
        }
    }
    out
}

/// Prints a table of rows under its headers.
pub fn print(out: &mut dyn Write, headers: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> io::Result<()> {
    print_apart(out, PADDING, headers, rows)
}

/// The same with `padding` spaces after the widest cell of a column.
pub fn print_apart(
    out: &mut dyn Write,
    padding: usize,
    headers: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> io::Result<()> {
    let mut text = headers.join("\t");
    for row in rows {
        text.push('\n');
        // A cell's own tabs and line ends would break the table.
        text.push_str(&row.iter().map(|cell| cell.replace(['\t', '\n'], " ")).collect::<Vec<_>>().join("\t"));
    }
    writeln!(out, "{}", align_apart(&text, padding))
}

#[cfg(test)]
mod tests {
    use super::align;

    #[test]
    fn aligns_as_tabwriter_does() {
        // Printed by Go's tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0).
        for (text, want) in [
            ("A\tB\tC\nlonger\tx\ty\n", "A       B  C\nlonger  x  y\n"),
            ("GROUP\tKIND\n\tService\n", "GROUP  KIND\n       Service\n"),
            ("a\t\tc\nb\t\td", "a    c\nb    d"),
            ("SOURCE\turl\nID\tDATE\tREV\n1\t2026\tx", "SOURCE  url\nID      DATE  REV\n1       2026  x"),
            ("one\n\ntwo\tx", "one\n\ntwo  x"),
            ("\x1b[32mok\x1b[0m\tx\nlong\ty", "\x1b[32mok\x1b[0m    x\nlong  y"),
        ] {
            assert_eq!(align(text), want);
        }
    }
}
