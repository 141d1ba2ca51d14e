//! Inside of the braces.

use super::{Item, ItemKind, Lexer, Rune, is_alphanumeric, right_trim_marker, sharp_u};

// === impl Lexer ===

impl<'s> Lexer<'s> {
    pub(super) fn inside(&mut self) -> Item<'s> {
        if self.at_right_delim().0 {
            if self.paren_depth == 0 {
                return self.right_delim();
            }
            return self.error("unclosed left paren");
        }
        let rune = self.next();
        let Rune::Char(c, width) = rune else { return self.error("unclosed action") };
        match c {
            ' ' | '\t' | '\r' | '\n' => {
                self.backup(rune); // The space may belong to " -}}".
                self.space()
            }
            '=' => self.item(ItemKind::Assign),
            ':' => match self.next() {
                Rune::Char('=', _) => self.item(ItemKind::Declare),
                _ => self.error("expected :="),
            },
            '|' => self.item(ItemKind::Pipe),
            '"' => self.quoted('"', ItemKind::String, "unterminated quoted string"),
            '\'' => self.quoted('\'', ItemKind::CharConstant, "unterminated character constant"),
            '`' => self.raw_quoted(),
            '$' => self.field_or_variable(ItemKind::Variable),
            '.' if self.rest().first().is_some_and(|b| !b.is_ascii_digit()) => self.field_or_variable(ItemKind::Field),
            '.' | '+' | '-' | '0'..='9' => {
                self.backup(rune);
                self.number()
            }
            c if is_alphanumeric(c) => {
                self.backup(rune);
                self.identifier()
            }
            '(' => {
                self.paren_depth += 1;
                self.item(ItemKind::LeftParen)
            }
            ')' => {
                if self.paren_depth == 0 {
                    return self.error("unexpected right paren");
                }
                self.paren_depth -= 1;
                self.item(ItemKind::RightParen)
            }
            '!'..='~' => self.item(ItemKind::Char),
            c => {
                // A byte that is no UTF-8 is shown as the replacement character, as Go decodes it.
                let _ = width;
                self.error(format!("unrecognized character in action: {}", sharp_u(Some(c))))
            }
        }
    }

    fn space(&mut self) -> Item<'s> {
        let mut count = 0;
        while matches!(self.peek(), Rune::Char(' ' | '\t' | '\r' | '\n', _)) {
            self.next();
            count += 1;
        }
        // The last space may begin " -}}".
        let last = &self.input[self.pos - 1..];
        if right_trim_marker(last) && last[2..].starts_with(b"}}") {
            self.pos -= 1;
            if last[0] == b'\n' {
                self.line -= 1;
            }
            if count == 1 {
                return self.right_delim();
            }
        }
        self.item(ItemKind::Space)
    }

    fn identifier(&mut self) -> Item<'s> {
        let end = self.alphanumerics();
        let word = &self.input[self.start..self.pos];
        if !self.at_terminator() {
            return self.error(format!("bad character {}", sharp_u(end)));
        }
        match ItemKind::keyword(word) {
            Some(ItemKind::Break) if !self.keywords.0 => self.item(ItemKind::Identifier),
            Some(ItemKind::Continue) if !self.keywords.1 => self.item(ItemKind::Identifier),
            Some(kind) => self.item(kind),
            None if matches!(word, b"true" | b"false") => self.item(ItemKind::Bool),
            None => self.item(ItemKind::Identifier),
        }
    }

    fn field_or_variable(&mut self, kind: ItemKind) -> Item<'s> {
        if self.at_terminator() {
            return self.item(if kind == ItemKind::Variable { kind } else { ItemKind::Dot });
        }
        let end = self.alphanumerics();
        if !self.at_terminator() {
            return self.error(format!("bad character {}", sharp_u(end)));
        }
        self.item(kind)
    }

    /// Passes over letters, digits and `_`; gives the character that ended them.
    fn alphanumerics(&mut self) -> Option<char> {
        loop {
            match self.peek() {
                Rune::Char(c, _) if is_alphanumeric(c) => {
                    self.next();
                }
                Rune::Char(c, _) => return Some(c),
                Rune::Eof => return None,
            }
        }
    }

    fn at_terminator(&self) -> bool {
        match self.peek() {
            Rune::Eof => true,
            Rune::Char(' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | ')' | '(', _) => true,
            Rune::Char(..) => self.rest().starts_with(b"}}"),
        }
    }

    fn quoted(&mut self, quote: char, kind: ItemKind, message: &str) -> Item<'s> {
        loop {
            match self.next() {
                Rune::Char('\\', _) => {
                    if matches!(self.next(), Rune::Eof | Rune::Char('\n', _)) {
                        return self.error(message);
                    }
                }
                Rune::Eof | Rune::Char('\n', _) => return self.error(message),
                Rune::Char(c, _) if c == quote => return self.item(kind),
                Rune::Char(..) => {}
            }
        }
    }

    fn raw_quoted(&mut self) -> Item<'s> {
        loop {
            match self.next() {
                Rune::Eof => return self.error("unterminated raw quoted string"),
                Rune::Char('`', _) => return self.item(ItemKind::RawString),
                Rune::Char(..) => {}
            }
        }
    }

    fn number(&mut self) -> Item<'s> {
        if !self.scan_number() {
            return self.bad_number();
        }
        if matches!(self.peek(), Rune::Char('+' | '-', _)) {
            // Complex: 1+2i. No spaces, must end in 'i'.
            if !self.scan_number() || self.input[self.pos - 1] != b'i' {
                return self.bad_number();
            }
            return self.item(ItemKind::Complex);
        }
        self.item(ItemKind::Number)
    }

    fn bad_number(&mut self) -> Item<'s> {
        let quoted = crate::quote::quote(&self.input[self.start..self.pos]);
        self.error(format!("bad number syntax: {quoted}"))
    }

    fn scan_number(&mut self) -> bool {
        self.accept(b"+-");
        let mut digits: &[u8] = b"0123456789_";
        if self.accept(b"0") {
            if self.accept(b"xX") {
                digits = b"0123456789abcdefABCDEF_";
            } else if self.accept(b"oO") {
                digits = b"01234567_";
            } else if self.accept(b"bB") {
                digits = b"01_";
            }
        }
        self.accept_run(digits);
        if self.accept(b".") {
            self.accept_run(digits);
        }
        if digits.len() == 11 && self.accept(b"eE") {
            self.accept(b"+-");
            self.accept_run(b"0123456789_");
        }
        if digits.len() == 23 && self.accept(b"pP") {
            self.accept(b"+-");
            self.accept_run(b"0123456789_");
        }
        self.accept(b"i");
        if matches!(self.peek(), Rune::Char(c, _) if is_alphanumeric(c)) {
            self.next();
            return false;
        }
        true
    }
}
