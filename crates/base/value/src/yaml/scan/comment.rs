//! Comments: which token each belongs to.
//!
//! go-yaml 3 tells three sorts apart: a *line* comment stands behind something on its line; a *head* comment stands above
//! what it is about; a *foot* comment stands below, set off by an empty line or by lesser indentation.

use super::*;

/// White space that is looked through for the next comment.
const REACH: usize = 512;

/// A comment and the token that it waits for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Comment {
    /// Where the white space before it starts.
    scan: Mark,
    /// It belongs to the first token that starts here or behind.
    pub token: Mark,
    /// Where it starts; the column counts from 1.
    start: Mark,
    end: Mark,
    pub head: String,
    pub line: String,
    pub foot: String,
}

/// A run of comment lines being read.
struct Block {
    text: String,
    scan: Mark,
    /// The token that a foot comment is taken for.
    token: Mark,
    start: Mark,
}

impl Scanner<'_> {
    /// A comment behind the token that was just read, on the same line.
    pub(super) fn scan_line_comment(&mut self, token: Mark) {
        if !self.comments_wanted || self.input.newlines > 0 {
            return;
        }
        let blanks = self.input.rest().iter().take(REACH).take_while(|c| is_blank(**c)).count();
        if blanks == REACH || self.input.at(blanks) != b'#' {
            return;
        }
        self.input.advance(blanks);
        let start = self.input.mark();
        let line = self.comment_text();
        self.comments.push(Comment { token, start, line, ..Comment::default() });
    }

    /// The text from here to the end of the line.
    fn comment_text(&mut self) -> String {
        let from = self.input.pos();
        self.input.skip_until_break();
        self.input.text()[from..self.input.pos()].to_string()
    }

    /// `- # about the item` above a nested item: what was taken for a line comment is the head of what follows.
    pub(super) fn line_comment_to_head(&mut self) {
        let [.., a, b] = self.last_kinds();
        let under_entry = a == Some(TokenKind::BlockSequenceStart) && b == Some(TokenKind::BlockEntry);
        if !under_entry || self.input.is_break() {
            return;
        }
        let here = self.input.mark();
        if let Some(comment) = self.comments.last_mut().filter(|comment| !comment.line.is_empty()) {
            comment.head = std::mem::take(&mut comment.line);
            if comment.start.line + 1 == here.line {
                comment.token = here;
            }
        }
    }

    fn last_kinds(&self) -> [Option<TokenKind>; 2] {
        let last = self.tokens.back().map(|token| token.kind);
        let before = match self.tokens.len() {
            0 => None,
            1 => self.last_taken.map(|(kind, _)| kind),
            n => Some(self.tokens[n - 2].kind),
        };
        [before, last]
    }

    /// Reads the comment lines that start here, with the empty lines between them.
    pub(super) fn scan_comments(&mut self, scan: Mark) {
        let (mut kind, mut token) = self.tokens.back().map_or((None, Mark::default()), |t| (Some(t.kind), t.start));
        if kind == Some(TokenKind::FlowEntry) {
            let before = match self.tokens.len() {
                0 | 1 => self.last_taken,
                n => Some((self.tokens[n - 2].kind, self.tokens[n - 2].start)),
            };
            (kind, token) = before.map_or((None, Mark::default()), |(kind, start)| (Some(kind), start));
        }
        let mut block = Block { text: String::new(), scan, token, start: Mark::default() };
        let here = self.input.mark();
        let newlines = self.input.newlines;
        // The line on which a comment is still a foot of what is before it.
        let foot_line = match scan.line {
            0 => None,
            _ => Some(here.line + 1 - newlines + u32::from(newlines == 0 && here.column > 1)),
        };
        let mut next_indent = self.indent.max(0);
        let (mut recent_empty, mut first_empty) = (false, newlines <= 1);
        let (mut line, mut column) = (here.line, here.column);
        let mut peek = 0;
        while peek < REACH {
            column += 1;
            let c = self.input.at(peek);
            if is_blank(c) {
                peek += 1;
                continue;
            }
            let index = self.input.mark().index + peek as u32;
            let at = Mark { index, line, column };
            let dedented = |block: &Block| i64::from(block.start.column) - 1 < next_indent;
            let closes = self.flow_level > 0 && (c == b']' || c == b'}');
            let is_break = self.input.is_break_at(peek);
            if closes || c == 0 || is_break {
                if closes || !recent_empty {
                    let under = foot_line == Some(block.start.line) && kind != Some(TokenKind::Value);
                    if closes || first_empty && (under || dedented(&block)) {
                        // Above the first empty line: about what is before, unless it is indented less.
                        if !block.text.is_empty() {
                            if dedented(&block) {
                                block.token = block.start;
                            }
                            self.push_foot(&mut block, at);
                        }
                    } else if !block.text.is_empty() && c != 0 {
                        block.text.push('\n');
                    }
                }
                if !is_break {
                    break;
                }
                first_empty = false;
                recent_empty = true;
                column = 0;
                line += 1;
                peek += 1;
                continue;
            }
            let moved_left = i64::from(column) - 1 < next_indent && column != block.start.column;
            if !block.text.is_empty() && moved_left {
                self.push_foot(&mut block, at);
            }
            if c != b'#' {
                break;
            }
            if block.text.is_empty() {
                block.start = at;
            } else {
                block.text.push('\n');
            }
            recent_empty = false;
            self.skip_to(peek);
            let text = self.comment_text();
            block.text.push_str(&text);
            // The line break that stands here now is looked over.
            peek = 1;
            column = 0;
            line = self.input.mark().line;
            next_indent = self.indent.max(0);
        }
        if !block.text.is_empty() {
            let index = (self.input.mark().index + peek as u32).saturating_sub(1);
            self.comments.push(Comment {
                scan: block.scan,
                token: block.start,
                start: block.start,
                end: Mark { index, line, column },
                head: block.text,
                ..Comment::default()
            });
        }
    }

    fn push_foot(&mut self, block: &mut Block, at: Mark) {
        self.comments.push(Comment {
            scan: block.scan,
            token: block.token,
            start: block.start,
            end: at,
            foot: std::mem::take(&mut block.text),
            ..Comment::default()
        });
        block.scan = at;
        block.token = at;
    }

    /// Moves over `bytes` bytes of white space.
    fn skip_to(&mut self, bytes: usize) {
        let end = self.input.pos() + bytes;
        while self.input.pos() < end {
            if self.input.is_break() {
                self.input.skip_line();
            } else {
                self.input.advance(1);
            }
        }
    }

    /// Where the block that ends here is to end: before the comments behind it that are indented as its entries are.
    pub(super) fn block_end(&self, mut mark: Mark) -> Mark {
        let mut stop = mark.index;
        for comment in self.comments.iter().rev() {
            if comment.end.index < stop {
                break;
            }
            if i64::from(comment.start.column) == self.indent + 1 {
                mark = comment.start;
            }
            stop = comment.scan.index;
        }
        mark
    }

    /// Takes the next comment that belongs to a token that starts at `index`; heads are left where `heads` is false.
    pub(crate) fn take_comment(&mut self, index: u32, heads: bool) -> Option<Comment> {
        let comment = self.comments.get_mut(self.comments_taken)?;
        if comment.token.index > index || (!heads && !comment.head.is_empty()) {
            return None;
        }
        self.comments_taken += 1;
        // An empty one stays: its place shows that what is before it was dealt with.
        Some(std::mem::take(comment))
    }
}
