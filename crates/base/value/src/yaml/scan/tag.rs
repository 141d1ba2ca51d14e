//! Anchors, aliases, tags and directives.

use super::*;

fn is_alpha(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'_' || c == b'-'
}

fn is_uri(c: u8) -> bool {
    is_alpha(c) || b";/?:@&=+$,.!~*'()[]%".contains(&c)
}

impl<'a> Scanner<'a> {
    /// Moves over a run of word characters.
    fn word(&mut self) -> &'a str {
        let start = self.input.pos();
        while is_alpha(self.input.byte()) {
            self.input.advance(1);
        }
        &self.input.text()[start..self.input.pos()]
    }

    fn skip_blanks(&mut self) {
        while is_blank(self.input.byte()) {
            self.input.advance(1);
        }
    }

    pub(super) fn scan_anchor(&mut self, kind: TokenKind) -> Result<Token<'a>, Fault> {
        let start = self.input.mark();
        self.input.advance(1);
        let name = self.word();
        let ends = self.input.blankz(0) || b"?:,]}%@`".contains(&self.input.byte());
        if name.is_empty() || !ends {
            return self.fault(start, "did not find expected alphabetic or numeric character");
        }
        Ok(Token { value: Cow::Borrowed(name), ..Token::new(kind, start, self.input.mark()) })
    }

    /// `!<uri>`, `!!suffix`, `!handle!suffix`, `!suffix` or `!`. The last has an empty handle and the suffix `!`.
    pub(super) fn scan_tag(&mut self) -> Result<Token<'a>, Fault> {
        let start = self.input.mark();
        let (handle, suffix) = if self.input.at(1) == b'<' {
            self.input.advance(2);
            let uri = self.scan_uri("", start)?;
            if self.input.byte() != b'>' {
                return self.fault(start, "did not find the expected '>'");
            }
            self.input.advance(1);
            ("", uri)
        } else {
            let head = self.scan_tag_handle(false, start)?;
            if head.len() > 1 && head.ends_with('!') {
                (head, self.scan_uri("", start)?)
            } else {
                match self.scan_uri(head, start)? {
                    uri if uri.is_empty() => ("", "!".to_string()),
                    uri => ("!", uri),
                }
            }
        };
        let (handle, suffix) = (Cow::Borrowed(handle), Cow::Owned(suffix));
        if !self.input.blankz(0) {
            return self.fault(start, "did not find expected whitespace or line break");
        }
        Ok(Token { value: handle, suffix, ..Token::new(TokenKind::Tag, start, self.input.mark()) })
    }

    fn scan_tag_handle(&mut self, directive: bool, start: Mark) -> Result<&'a str, Fault> {
        if self.input.byte() != b'!' {
            return self.fault(start, "did not find expected '!'");
        }
        let from = self.input.pos();
        self.input.advance(1);
        self.word();
        if self.input.byte() == b'!' {
            self.input.advance(1);
        } else if directive && self.input.pos() - from != 1 {
            return self.fault(start, "did not find expected '!'");
        }
        Ok(&self.input.text()[from..self.input.pos()])
    }

    /// A tag's URI behind what was already read of it (`head`, whose first character does not belong to it).
    fn scan_uri(&mut self, head: &str, start: Mark) -> Result<String, Fault> {
        let mut uri: Vec<u8> = head.as_bytes().iter().skip(1).copied().collect();
        let mut some = !head.is_empty();
        while is_uri(self.input.byte()) {
            if self.input.byte() == b'%' {
                self.scan_uri_escape(start, &mut uri)?;
            } else {
                uri.push(self.input.byte());
                self.input.advance(1);
            }
            some = true;
        }
        if !some {
            return self.fault(start, "did not find expected tag URI");
        }
        Ok(String::from_utf8_lossy(&uri).into_owned())
    }

    /// One character written as `%` escapes of its bytes.
    fn scan_uri_escape(&mut self, start: Mark, uri: &mut Vec<u8>) -> Result<(), Fault> {
        let mut left = None;
        loop {
            let hex = self.input.rest().get(1..3).and_then(|hex| std::str::from_utf8(hex).ok());
            let octet = hex.filter(|h| h.bytes().all(|b| b.is_ascii_hexdigit()));
            let octet = octet.and_then(|hex| u8::from_str_radix(hex, 16).ok());
            let (b'%', Some(octet)) = (self.input.byte(), octet) else {
                return self.fault(start, "did not find URI escaped octet");
            };
            match left {
                None => {
                    if (0x80..0xC0).contains(&octet) || octet >= 0xF8 {
                        return self.fault(start, "found an incorrect leading UTF-8 octet");
                    }
                    left = Some(input::width(octet));
                }
                Some(_) if octet & 0xC0 != 0x80 => {
                    return self.fault(start, "found an incorrect trailing UTF-8 octet");
                }
                Some(_) => {}
            }
            uri.push(octet);
            self.input.advance(3);
            left = left.map(|left| left - 1);
            if left == Some(0) {
                return Ok(());
            }
        }
    }

    pub(super) fn scan_directive(&mut self) -> Result<Token<'a>, Fault> {
        let start = self.input.mark();
        self.input.advance(1);
        let name = self.word();
        if name.is_empty() {
            return self.fault(start, "could not find expected directive name");
        }
        if !self.input.blankz(0) {
            return self.fault(start, "found unexpected non-alphabetical character");
        }
        let mut token = Token::new(TokenKind::VersionDirective, start, start);
        match name {
            "YAML" => {
                self.skip_blanks();
                let major = self.version_number(start)?;
                if self.input.byte() != b'.' {
                    return self.fault(start, "did not find expected digit or '.' character");
                }
                self.input.advance(1);
                let minor = self.version_number(start)?;
                token.value = Cow::Owned(format!("{major}.{minor}"));
            }
            "TAG" => {
                token.kind = TokenKind::TagDirective;
                self.skip_blanks();
                token.value = Cow::Borrowed(self.scan_tag_handle(true, start)?);
                if !is_blank(self.input.byte()) {
                    return self.fault(start, "did not find expected whitespace");
                }
                self.skip_blanks();
                token.suffix = Cow::Owned(self.scan_uri("", start)?);
                if !self.input.blankz(0) {
                    return self.fault(start, "did not find expected whitespace or line break");
                }
            }
            _ => return self.fault(start, "found unknown directive name"),
        }
        token.end = self.input.mark();
        self.skip_blanks();
        if self.input.byte() == b'#' {
            self.input.skip_until_break();
        }
        if !self.input.is_breakz() {
            return self.fault(start, "did not find expected comment or line break");
        }
        self.input.skip_line();
        Ok(token)
    }

    fn version_number(&mut self, start: Mark) -> Result<u32, Fault> {
        let (mut number, mut length) = (0, 0);
        while self.input.byte().is_ascii_digit() {
            length += 1;
            if length > 2 {
                return self.fault(start, "found extremely long version number");
            }
            number = number * 10 + u32::from(self.input.byte() - b'0');
            self.input.advance(1);
        }
        if length == 0 {
            return self.fault(start, "did not find expected version number");
        }
        Ok(number)
    }
}
