//! Comments on their way into the text.

use super::Writer;
use super::analyze::break_width;
use crate::yaml::parse::Comments;

/// Comments that were met and wait for their place.
#[derive(Default)]
pub(crate) struct Pending {
    head: String,
    line: String,
    foot: String,
    /// The foot comment of the field before.
    tail: String,
    /// A line comment that came with a key.
    key_line: String,
}

// === impl Pending ===

impl Pending {
    /// Takes up comments; those that wait already stay where there are none of their sort.
    pub(crate) fn note(&mut self, comments: &Comments, tail: &str) {
        let sorts = [
            (&mut self.head, comments.head.as_str()),
            (&mut self.line, &comments.line),
            (&mut self.foot, &comments.foot),
            (&mut self.tail, tail),
        ];
        for (waiting, text) in sorts {
            if !text.is_empty() {
                text.clone_into(waiting);
            }
        }
    }

    /// Whether a line, foot or tail comment waits.
    pub(crate) fn any(&self) -> bool {
        !(self.line.is_empty() && self.foot.is_empty() && self.tail.is_empty())
    }

    /// Whether a head, foot or tail comment waits.
    pub(crate) fn any_but_line(&self) -> bool {
        !(self.head.is_empty() && self.foot.is_empty() && self.tail.is_empty())
    }

    /// A key's line comment is written behind its value.
    pub(crate) fn keep_for_value(&mut self) {
        if !self.line.is_empty() {
            self.key_line = std::mem::take(&mut self.line);
        }
    }
}

// === impl Writer ===

impl Writer {
    /// Writes the foot comment of the field before and the head comment.
    pub(crate) fn head_comment(&mut self) {
        let tail = std::mem::take(&mut self.pending.tail);
        if !tail.is_empty() {
            self.write_indent();
            self.write_comment(&tail);
            self.foot_indent = Some(self.indent.max(0) as usize);
        }
        let head = std::mem::take(&mut self.pending.head);
        if !head.is_empty() {
            self.write_indent();
            self.write_comment(&head);
        }
    }

    /// Writes the line comment; `or_break`: where there is none, the line ends here all the same.
    pub(crate) fn line_comment(&mut self, or_break: bool) {
        let line = std::mem::take(&mut self.pending.line);
        if line.is_empty() {
            if or_break {
                self.put_break();
            }
            return;
        }
        if !self.whitespace {
            self.copy(" ");
        }
        self.write_comment(&line);
    }

    pub(crate) fn foot_comment(&mut self) {
        let foot = std::mem::take(&mut self.pending.foot);
        if !foot.is_empty() {
            self.write_indent();
            self.write_comment(&foot);
            self.foot_indent = Some(self.indent.max(0) as usize);
        }
    }

    /// Writes the comment below the document.
    pub(crate) fn last_foot_comment(&mut self) {
        self.foot_indent = Some(0);
        self.foot_comment();
        self.foot_indent = None;
    }

    /// Gives a key's line comment to the scalar that is its value, or writes it before the block that is.
    pub(crate) fn key_line_comment(&mut self, scalar: bool, block: bool) {
        if self.pending.key_line.is_empty() {
            return;
        }
        if scalar {
            if self.pending.line.is_empty() {
                self.pending.line = std::mem::take(&mut self.pending.key_line);
            }
        } else if block {
            let own = std::mem::replace(&mut self.pending.line, std::mem::take(&mut self.pending.key_line));
            self.line_comment(false);
            self.pending.line = own;
        }
    }

    fn write_comment(&mut self, comment: &str) {
        let (mut breaks, mut pound) = (false, false);
        let mut i = 0;
        while i < comment.len() {
            if break_width(&comment.as_bytes()[i..]) > 0 {
                i += self.copy_break(&comment[i..]);
                self.indention = true;
                (breaks, pound) = (true, false);
                continue;
            }
            if breaks {
                self.write_indent();
            }
            if !pound && !comment[i..].starts_with('#') {
                self.copy("# ");
            }
            pound = true;
            let rest = &comment[i..];
            let run = rest.char_indices().find(|(at, _)| break_width(&rest.as_bytes()[*at..]) > 0);
            let run = run.map_or(rest.len(), |(at, _)| at);
            self.copy(&rest[..run]);
            i += run;
            self.indention = false;
            breaks = false;
        }
        if !breaks {
            self.put_break();
        }
        self.whitespace = true;
    }
}
