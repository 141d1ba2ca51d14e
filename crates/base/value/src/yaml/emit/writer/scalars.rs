//! The texts of scalars in each style.

use super::Writer;
use crate::yaml::Flavour;
use crate::yaml::emit::analyze::{break_width, char_width, is_printable};

// === impl Writer ===

impl Writer {
    /// The length of the text's part before the next space, break, or character of `stop`.
    fn run(text: &str, stop: u8) -> usize {
        let bytes = text.as_bytes();
        let mut i = 0;
        while let Some(&c) = bytes.get(i) {
            match c {
                b' ' => break,
                _ if c == stop => break,
                b'\n' | b'\r' | 0xC2 | 0xE2 if break_width(&bytes[i..]) > 0 => break,
                _ => i += 1,
            }
        }
        i
    }

    pub(super) fn write_plain(&mut self, text: &str, folds: bool) {
        if text.is_empty() && self.options.flavour == Flavour::V3 {
            self.indention = false;
            return;
        }
        if !self.whitespace {
            self.out.push(' ');
            self.column += 1;
        }
        self.write_folding(text, folds, false);
        self.whitespace = false;
        self.indention = false;
    }

    pub(super) fn write_single_quoted(&mut self, text: &str, folds: bool) {
        self.indicator("'", true, false, false);
        self.write_folding(text, folds, true);
        self.indicator("'", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    /// What a plain and a single-quoted scalar have in common: spaces behind the width become line breaks, and line breaks
    /// are written twice.
    fn write_folding(&mut self, text: &str, folds: bool, quoted: bool) {
        let bytes = text.as_bytes();
        let (mut spaces, mut breaks) = (false, false);
        let mut i = 0;
        while i < bytes.len() {
            if bytes[i] == b' ' {
                let edge = quoted && (i == 0 || i == bytes.len() - 1);
                let next_space = bytes.get(i + 1) == Some(&b' ');
                if folds && !spaces && self.column > self.width && !edge && !next_space {
                    self.write_indent();
                } else {
                    self.copy(" ");
                }
                i += 1;
                spaces = true;
            } else if break_width(&bytes[i..]) > 0 {
                if !breaks && bytes[i] == b'\n' {
                    self.put_break();
                }
                i += self.copy_break(&text[i..]);
                self.indention = true;
                breaks = true;
            } else {
                if breaks {
                    self.write_indent();
                }
                if quoted && bytes[i] == b'\'' {
                    self.copy("''");
                    i += 1;
                } else {
                    let run = Writer::run(&text[i..], if quoted { b'\'' } else { b' ' });
                    self.copy(&text[i..i + run]);
                    i += run;
                }
                self.indention = false;
                (spaces, breaks) = (false, false);
            }
        }
    }

    pub(super) fn write_double_quoted(&mut self, text: &str, folds: bool) {
        self.indicator("\"", true, false, false);
        let bytes = text.as_bytes();
        // A text that starts with a byte order mark is escaped whole.
        let all = text.starts_with('\u{FEFF}');
        let mut spaces = false;
        let mut i = 0;
        while i < bytes.len() {
            let c = bytes[i];
            let width = char_width(c);
            if all || c == b'"' || c == b'\\' || !is_printable(&bytes[i..]) || break_width(&bytes[i..]) > 0 {
                let c = text[i..].chars().next().expect("because a character starts here");
                self.copy(&escape(c));
                i += width;
                spaces = false;
            } else if c == b' ' {
                if folds && !spaces && self.column > self.width && i > 0 && i < bytes.len() - 1 {
                    self.write_indent();
                    if bytes[i + 1] == b' ' {
                        self.copy("\\");
                    }
                } else {
                    self.copy(" ");
                }
                i += 1;
                spaces = true;
            } else {
                self.copy(&text[i..i + width]);
                i += width;
                spaces = false;
            }
        }
        self.indicator("\"", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    /// The indentation (where the text does not show it) and what becomes of the line breaks at the end.
    fn block_hints(&mut self, text: &str) {
        let bytes = text.as_bytes();
        if bytes.first() == Some(&b' ') || break_width(bytes) > 0 {
            let indent = self.options.indent.to_string();
            self.indicator(&indent, false, false, false);
        }
        let mut ends = text.chars().rev().map(|c| matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}'));
        let hint = match (ends.next(), ends.next()) {
            (Some(false) | None, _) => "-",
            (Some(true), None | Some(true)) => "+",
            (Some(true), Some(false)) => "",
        };
        if !hint.is_empty() {
            self.indicator(hint, false, false, false);
        }
    }

    pub(super) fn write_literal(&mut self, text: &str) {
        self.indicator("|", true, false, false);
        self.block_hints(text);
        self.line_comment(true);
        self.indention = true;
        self.whitespace = true;
        let mut breaks = true;
        let mut i = 0;
        while i < text.len() {
            if break_width(&text.as_bytes()[i..]) > 0 {
                i += self.copy_break(&text[i..]);
                self.indention = true;
                breaks = true;
                continue;
            }
            if breaks {
                self.write_indent();
            }
            let mut run = 0;
            loop {
                run += Writer::run(&text[i + run..], b'\n');
                if text.as_bytes().get(i + run) != Some(&b' ') {
                    break;
                }
                run += 1;
            }
            self.copy(&text[i..i + run]);
            i += run;
            self.indention = false;
            breaks = false;
        }
    }

    pub(super) fn write_folded(&mut self, text: &str) {
        self.indicator(">", true, false, false);
        self.block_hints(text);
        self.line_comment(true);
        self.indention = true;
        self.whitespace = true;
        let bytes = text.as_bytes();
        let (mut breaks, mut leading_spaces) = (true, true);
        let mut i = 0;
        while i < bytes.len() {
            if break_width(&bytes[i..]) > 0 {
                if !breaks && !leading_spaces && bytes[i] == b'\n' {
                    // go-yaml looks at the start of the text here, where it means this place.
                    let mut k = 0;
                    while break_width(&bytes[k..]) > 0 {
                        k += break_width(&bytes[k..]);
                    }
                    if k < bytes.len() && !matches!(bytes[k], b' ' | b'\t') {
                        self.put_break();
                    }
                }
                i += self.copy_break(&text[i..]);
                self.indention = true;
                breaks = true;
                continue;
            }
            if breaks {
                self.write_indent();
                leading_spaces = matches!(bytes[i], b' ' | b'\t');
            }
            let next_space = bytes.get(i + 1) == Some(&b' ');
            if !breaks && bytes[i] == b' ' && !next_space && self.column > self.width {
                self.write_indent();
                i += 1;
            } else {
                let width = char_width(bytes[i]);
                self.copy(&text[i..i + width]);
                i += width;
            }
            self.indention = false;
            breaks = false;
        }
    }
}

/// An escape of a double-quoted scalar.
fn escape(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\x07' => 'a',
        '\x08' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\x0B' => 'v',
        '\x0C' => 'f',
        '\r' => 'r',
        '\x1B' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{A0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        c => {
            return match c as u32 {
                code @ 0..=0xFF => format!("\\x{code:02X}"),
                code @ 0..=0xFFFF => format!("\\u{code:04X}"),
                code => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{short}")
}
