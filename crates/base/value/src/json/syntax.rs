//! Where a text stops being JSON, in the words of Go's `encoding/json`.

/// A fault: the offset of the character at fault, and what Go says of it. At the text's end there is nothing more to say
/// than that: the words differ between `json.Unmarshal` and its stream decoder.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Character { at: usize, problem: String },
    End,
}

/// The first fault of one JSON value at the start of `text`, or behind it where `whole` demands that nothing follows.
pub(crate) fn fault(text: &[u8], whole: bool) -> Option<Fault> {
    let mut scan = Scan { text, at: 0 };
    scan.value(whole).err()
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

enum Open {
    Object,
    Array,
}

impl Scan<'_> {
    fn byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn wrong<T>(&self, context: &str) -> Result<T, Fault> {
        match self.byte() {
            None => Err(Fault::End),
            Some(c) => {
                let problem = format!("invalid character {} {context}", quote(c));
                Err(Fault::Character { at: self.at, problem })
            }
        }
    }

    /// One value, without recursion: nesting is bounded elsewhere.
    fn value(&mut self, whole: bool) -> Result<(), Fault> {
        let mut open: Vec<Open> = Vec::new();
        let mut begins = true;
        loop {
            self.space();
            if begins {
                match self.byte() {
                    Some(b'{') => {
                        self.at += 1;
                        self.space();
                        if self.byte() != Some(b'}') {
                            self.key()?;
                            open.push(Open::Object);
                            continue;
                        }
                        self.at += 1;
                    }
                    Some(b'[') => {
                        self.at += 1;
                        self.space();
                        if self.byte() != Some(b']') {
                            open.push(Open::Array);
                            continue;
                        }
                        self.at += 1;
                    }
                    Some(b'"') => self.string()?,
                    Some(b'-' | b'0'..=b'9') => self.number()?,
                    Some(b't') => self.literal("true")?,
                    Some(b'f') => self.literal("false")?,
                    Some(b'n') => self.literal("null")?,
                    _ => return self.wrong("looking for beginning of value"),
                }
                begins = false;
                continue;
            }
            match (open.last(), self.byte()) {
                (None, None) => return Ok(()),
                (None, Some(_)) if !whole => return Ok(()),
                (None, Some(_)) => return self.wrong("after top-level value"),
                (Some(Open::Object), Some(b',')) => {
                    self.at += 1;
                    self.space();
                    self.key()?;
                    begins = true;
                }
                (Some(Open::Array), Some(b',')) => {
                    self.at += 1;
                    begins = true;
                }
                (Some(Open::Object), Some(b'}')) | (Some(Open::Array), Some(b']')) => {
                    self.at += 1;
                    open.pop();
                }
                (Some(Open::Object), _) => return self.wrong("after object key:value pair"),
                (Some(Open::Array), _) => return self.wrong("after array element"),
            }
        }
    }

    fn key(&mut self) -> Result<(), Fault> {
        if self.byte() != Some(b'"') {
            return self.wrong("looking for beginning of object key string");
        }
        self.string()?;
        self.space();
        if self.byte() != Some(b':') {
            return self.wrong("after object key");
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<(), Fault> {
        self.at += 1;
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.at += 1;
                    match self.byte() {
                        Some(b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"') => self.at += 1,
                        Some(b'u') => {
                            self.at += 1;
                            for _ in 0..4 {
                                if !self.byte().is_some_and(|c| c.is_ascii_hexdigit()) {
                                    return self.wrong("in \\u hexadecimal character escape");
                                }
                                self.at += 1;
                            }
                        }
                        _ => return self.wrong("in string escape code"),
                    }
                }
                None | Some(0..0x20) => return self.wrong("in string literal"),
                Some(_) => self.at += 1,
            }
        }
    }

    fn digits(&mut self) {
        while matches!(self.byte(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn number(&mut self) -> Result<(), Fault> {
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        match self.byte() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return self.wrong("in numeric literal"),
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            if !matches!(self.byte(), Some(b'0'..=b'9')) {
                return self.wrong("after decimal point in numeric literal");
            }
            self.digits();
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if !matches!(self.byte(), Some(b'0'..=b'9')) {
                return self.wrong("in exponent of numeric literal");
            }
            self.digits();
        }
        Ok(())
    }

    fn literal(&mut self, word: &str) -> Result<(), Fault> {
        for (i, want) in word.bytes().enumerate() {
            if self.byte() != Some(want) {
                debug_assert!(i > 0, "its first letter was looked at");
                return self.wrong(&format!("in literal {word} (expecting '{}')", char::from(want)));
            }
            self.at += 1;
        }
        Ok(())
    }
}

/// A byte as Go quotes it in these messages.
fn quote(c: u8) -> String {
    match c {
        b'\'' => r"'\''".to_string(),
        b'"' => "'\"'".to_string(),
        b'\\' => r"'\\'".to_string(),
        b'\n' => r"'\n'".to_string(),
        b'\r' => r"'\r'".to_string(),
        b'\t' => r"'\t'".to_string(),
        7 => r"'\a'".to_string(),
        8 => r"'\b'".to_string(),
        11 => r"'\v'".to_string(),
        12 => r"'\f'".to_string(),
        0..0x20 | 0x7F => format!(r"'\x{c:02x}'"),
        0x80..=0xA0 | 0xAD => format!(r"'\u{c:04x}'"),
        c => format!("'{}'", char::from(c)),
    }
}
