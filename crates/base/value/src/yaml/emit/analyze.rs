//! What a scalar's text allows.

/// The styles in which a text can be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Analysis {
    pub multiline: bool,
    pub flow_plain: bool,
    pub block_plain: bool,
    pub single_quoted: bool,
    pub block: bool,
    /// Whether it could be a block, were it not for tabs.
    block_but_tabs: bool,
}

// === impl Analysis ===

impl Analysis {
    /// As version 3 sees it: tabs may stand in a block.
    pub(super) fn allow_tabs(&mut self) {
        self.block = self.block_but_tabs;
    }
}

/// Whether the character at the start of `bytes` may stand unescaped. Nothing above U+FFFF may, nor a byte order mark.
pub(super) fn is_printable(bytes: &[u8]) -> bool {
    match bytes {
        [b'\n' | 0x20..=0x7E, ..] => true,
        [0xC2, c, ..] => *c >= 0xA0,
        [0xC3..=0xEC | 0xEE, ..] => true,
        [0xED, c, ..] => *c < 0xA0,
        [0xEF, 0xBB, 0xBF, ..] | [0xEF, 0xBF, 0xBE | 0xBF, ..] => false,
        [0xEF, ..] => true,
        _ => false,
    }
}

/// The width of the line break at the start of `bytes`; 0 if there is none.
pub(super) fn break_width(bytes: &[u8]) -> usize {
    match bytes {
        [b'\n' | b'\r', ..] => 1,
        [0xC2, 0x85, ..] => 2,
        [0xE2, 0x80, 0xA8 | 0xA9, ..] => 3,
        _ => 0,
    }
}

pub(super) fn char_width(c: u8) -> usize {
    match c {
        0..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

pub(crate) fn analyze(text: &str) -> Analysis {
    let bytes = text.as_bytes();
    let Some(&first) = bytes.first() else {
        return Analysis {
            multiline: false,
            flow_plain: false,
            block_plain: true,
            single_quoted: true,
            block: false,
            block_but_tabs: false,
        };
    };
    let blank = |i: usize| matches!(bytes.get(i), None | Some(b' ' | b'\t'));
    let (mut block_indicator, mut flow_indicator) = (false, false);
    if bytes.starts_with(b"---") || bytes.starts_with(b"...") {
        (block_indicator, flow_indicator) = (true, true);
    }
    match first {
        b'#' | b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@'
        | b'`' => (block_indicator, flow_indicator) = (true, true),
        b'?' | b':' => {
            flow_indicator = true;
            block_indicator |= blank(1);
        }
        b'-' if blank(1) => (block_indicator, flow_indicator) = (true, true),
        _ => {}
    }
    let mut tabs = false;
    let (mut breaks, mut special, mut break_space, mut space_break) = (false, false, false, false);
    // The character before: a space, a line break, or another one.
    let (mut after_space, mut after_break) = (false, false);
    let mut after_blank = true;
    let mut last_break = false;
    let mut i = 0;
    while i < bytes.len() {
        let c = bytes[i];
        let width = char_width(c);
        if i > 0 {
            match c {
                b',' | b'?' | b'[' | b']' | b'{' | b'}' => flow_indicator = true,
                b':' => {
                    flow_indicator = true;
                    block_indicator |= blank(i + 1);
                }
                b'#' if after_blank => (block_indicator, flow_indicator) = (true, true),
                _ => {}
            }
        }
        if !matches!(c, 0x20..=0x7E) {
            if c == b'\t' {
                tabs = true;
            } else {
                special |= !is_printable(&bytes[i..]);
            }
        }
        let is_break = !matches!(c, 0x20..=0x7E) && break_width(&bytes[i..]) > 0;
        if c == b' ' {
            break_space |= after_break;
            (after_space, after_break) = (true, false);
        } else if is_break {
            breaks = true;
            space_break |= after_space;
            (after_space, after_break) = (false, true);
        } else {
            (after_space, after_break) = (false, false);
        }
        after_blank = c == b' ' || c == b'\t' || is_break;
        last_break = is_break;
        i += width;
    }
    let trailing_space = bytes.ends_with(b" ");
    let edges = first == b' ' || break_width(bytes) > 0 || trailing_space || last_break;
    let block_but_tabs = !(trailing_space || space_break || special);
    let escape = space_break || special || tabs;
    let plain = !(edges || break_space || escape || breaks);
    Analysis {
        multiline: breaks,
        flow_plain: plain && !flow_indicator,
        block_plain: plain && !block_indicator,
        single_quoted: !(break_space || escape),
        block: block_but_tabs && !tabs,
        block_but_tabs,
    }
}
