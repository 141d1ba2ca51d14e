//! [`Writer`]: the text so far, where its cursor stands, and the rules of layout.

mod scalars;

use super::analyze::{analyze, break_width};
use super::{EmitOptions, Pending};
use crate::yaml::Flavour;
use crate::yaml::ScalarStyle;

/// Characters of a key beyond which it is written behind `?`.
const MAX_SIMPLE_KEY: usize = 128;

/// What a node is to the collection it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Root,
    /// Of a block sequence.
    Item,
    /// Of a sequence in brackets.
    FlowItem,
    /// A key written as `key:`.
    SimpleKey,
    /// A field's value, or a key behind `?`.
    Value,
}

pub(crate) struct Writer {
    pub(super) out: String,
    options: EmitOptions,
    /// Column from which lines are folded.
    width: usize,
    /// In characters.
    column: usize,
    /// The current level's indentation; -1 outside of all.
    pub(super) indent: isize,
    indents: Vec<isize>,
    flow_level: usize,
    /// Whether the last character was white space, or need none before the next token.
    pub(super) whitespace: bool,
    /// Whether only indentation and indicators that count as such stand on the line.
    pub(super) indention: bool,
    /// Comments that wait for their place.
    pub(crate) pending: Pending,
    /// The indentation at which a foot comment was written: what follows there is set off by an empty line.
    pub(super) foot_indent: Option<usize>,
}

// === impl Writer ===

impl Writer {
    pub(crate) fn new(options: EmitOptions) -> Writer {
        let width = if options.flavour == Flavour::V2 { 80 } else { usize::MAX };
        Writer {
            out: String::new(),
            options,
            width,
            column: 0,
            indent: -1,
            indents: Vec::new(),
            flow_level: 0,
            whitespace: true,
            indention: true,
            pending: Pending::default(),
            foot_indent: None,
        }
    }

    pub(crate) fn flavour(&self) -> Flavour {
        self.options.flavour
    }

    /// The text, its last line ended.
    pub(crate) fn finish(mut self) -> String {
        self.write_indent();
        self.out
    }

    // --- collections ---

    pub(crate) fn open_sequence(&mut self, place: Place) {
        let under_key = place == Place::Value && (self.column == 0 || !self.indention);
        self.increase_indent(false, place, self.options.compact_sequences && under_key);
    }

    pub(crate) fn sequence_item(&mut self) {
        self.write_indent();
        self.indicator("-", true, false, true);
    }

    pub(crate) fn open_mapping(&mut self, place: Place) {
        self.increase_indent(false, place, false);
    }

    pub(crate) fn key_start(&mut self) {
        self.write_indent();
    }

    pub(crate) fn complex_key(&mut self) {
        self.indicator("?", true, false, true);
    }

    /// The `:` behind a key.
    pub(crate) fn colon(&mut self, simple: bool) {
        if simple {
            self.indicator(":", false, false, false);
        } else {
            self.write_indent();
            self.indicator(":", true, false, true);
        }
    }

    pub(crate) fn close(&mut self) {
        self.indent = self.indents.pop().expect("because every collection was opened before it is closed");
    }

    /// Whether a key can be written as `key:`; `extra` are the characters of its anchor and tag.
    pub(crate) fn is_simple_key(&self, text: &str, extra: usize) -> bool {
        text.len() + extra <= MAX_SIMPLE_KEY && !analyze(text).multiline
    }

    /// A token that is written as it is: a number, a boolean, `[]`, `{}`.
    pub(crate) fn token(&mut self, text: &str) {
        self.indicator(text, true, false, false);
    }

    pub(crate) fn open_flow(&mut self, bracket: &str, place: Place) {
        self.indicator(bracket, true, true, false);
        self.increase_indent(true, place, false);
        self.flow_level += 1;
    }

    /// Leaves the brackets; the closing one is still to be written.
    pub(crate) fn close_flow(&mut self) {
        self.flow_level -= 1;
        self.close();
    }

    pub(crate) fn in_flow(&self) -> bool {
        self.flow_level > 0
    }

    pub(crate) fn at_line_start(&self) -> bool {
        self.column == 0
    }

    // --- anchors and tags ---

    /// The name behind `&` or `*`.
    pub(crate) fn text(&mut self, name: &str) {
        self.copy(name);
        self.whitespace = false;
        self.indention = false;
    }

    /// A tag, given in short form.
    pub(crate) fn tag(&mut self, tag: &str) {
        let (handle, suffix) = match tag.strip_prefix("!!") {
            Some(suffix) => ("!!", suffix),
            None => tag.strip_prefix('!').map_or(("", tag), |suffix| ("!", suffix)),
        };
        if handle.is_empty() {
            self.indicator("!<", true, false, false);
        } else {
            if !self.whitespace {
                self.copy(" ");
            }
            self.copy(handle);
        }
        for c in suffix.chars() {
            if c.is_ascii_alphanumeric() || ";/?:@&=+$,_.~*'()[]-".contains(c) {
                self.copy(c.encode_utf8(&mut [0; 4]));
            } else {
                let octets = c.encode_utf8(&mut [0; 4]).bytes().map(|b| format!("%{b:02X}")).collect::<String>();
                self.copy(&octets);
            }
        }
        if handle.is_empty() {
            self.indicator(">", false, false, false);
        }
        self.whitespace = false;
        self.indention = false;
    }

    // --- scalars ---

    /// A string in the style `wanted`, or the next one that can hold it.
    pub(crate) fn scalar(&mut self, text: &str, wanted: ScalarStyle, place: Place) {
        let mut allowed = analyze(text);
        if self.options.flavour == Flavour::V3 {
            allowed.allow_tabs();
        }
        let key = place == Place::SimpleKey;
        let flow = self.flow_level > 0;
        let mut style = wanted;
        if key && allowed.multiline {
            style = ScalarStyle::DoubleQuoted;
        }
        if style == ScalarStyle::Plain {
            let plain = if flow { allowed.flow_plain } else { allowed.block_plain };
            if !plain || (text.is_empty() && (flow || key)) {
                style = ScalarStyle::SingleQuoted;
            }
        }
        if style == ScalarStyle::SingleQuoted && !allowed.single_quoted {
            style = ScalarStyle::DoubleQuoted;
        }
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) && (!allowed.block || flow || key) {
            style = ScalarStyle::DoubleQuoted;
        }
        self.increase_indent(true, place, false);
        match style {
            ScalarStyle::Plain => self.write_plain(text, !key),
            ScalarStyle::SingleQuoted => self.write_single_quoted(text, !key),
            ScalarStyle::DoubleQuoted => self.write_double_quoted(text, !key),
            ScalarStyle::Literal => self.write_literal(text),
            ScalarStyle::Folded => self.write_folded(text),
        }
        self.close();
    }

    // --- layout ---

    /// Goes one level down, for a node in `place`. `compact`: a sequence whose items stand at its key's indentation.
    fn increase_indent(&mut self, flow: bool, place: Place, compact: bool) {
        let step = self.options.indent as isize;
        self.indents.push(self.indent);
        self.indent = match (self.indent, self.options.flavour) {
            (..0, _) if flow => step,
            (..0, _) => 0,
            (indent, Flavour::V2) if compact => indent,
            (indent, Flavour::V2) => indent + step,
            // What stands behind `- ` is aligned there, whatever the indentation is.
            (indent, Flavour::V3) if place == Place::Item => indent + 2,
            (indent, Flavour::V3) => (indent + step) / step * step - if compact { 2 } else { 0 },
        };
    }

    pub(crate) fn put_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
        self.indention = true;
    }

    /// Goes to the current indentation, on a new line unless the cursor is there already.
    pub(super) fn write_indent(&mut self) {
        let indent = self.indent.max(0) as usize;
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.put_break();
        }
        if self.foot_indent.take() == Some(indent) {
            self.put_break();
        }
        while self.column < indent {
            self.out.push(' ');
            self.column += 1;
        }
        self.whitespace = true;
        self.indention = true;
    }

    pub(crate) fn indicator(&mut self, text: &str, need_whitespace: bool, is_whitespace: bool, is_indention: bool) {
        if need_whitespace && !self.whitespace {
            self.out.push(' ');
            self.column += 1;
        }
        self.out.push_str(text);
        self.column += text.chars().count();
        self.whitespace = is_whitespace;
        self.indention = self.indention && is_indention;
    }

    /// Copies `text`, of which no part is a line break.
    pub(super) fn copy(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += if text.is_ascii() { text.len() } else { text.chars().count() };
    }

    /// Writes the line break at the start of `text`; returns its width.
    pub(super) fn copy_break(&mut self, text: &str) -> usize {
        let width = break_width(text.as_bytes());
        self.out.push_str(if text.starts_with('\n') { "\n" } else { &text[..width] });
        self.column = 0;
        width
    }
}
