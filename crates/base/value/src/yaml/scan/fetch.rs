//! One token of each kind.

use super::{MAX_LEVELS, Scanner, SimpleKey, Token, TokenKind};

use crate::yaml::error::{Fault, Mark};

// === impl Scanner ===

impl<'a> Scanner<'a> {
    pub(super) fn fetch_stream_end(&mut self) -> Result<(), Fault> {
        if let Some(reason) = self.input.fault_here() {
            return self.fault(Mark::default(), reason);
        }
        self.input.force_new_line();
        self.unroll_indent(-1, self.input.mark());
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.finished = true;
        let mark = self.input.mark();
        self.push(Token::new(TokenKind::StreamEnd, mark, mark));
        Ok(())
    }

    pub(super) fn fetch_directive(&mut self) -> Result<(), Fault> {
        self.unroll_indent(-1, self.input.mark());
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let token = self.scan_directive()?;
        self.push(token);
        Ok(())
    }

    pub(super) fn fetch_document(&mut self, kind: TokenKind) -> Result<(), Fault> {
        self.unroll_indent(-1, self.input.mark());
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push_indicator(kind, 3);
        Ok(())
    }

    /// A token of `width` ASCII characters.
    fn push_indicator(&mut self, kind: TokenKind, width: usize) {
        let start = self.input.mark();
        self.input.advance(width);
        let end = self.input.mark();
        self.push(Token::new(kind, start, end));
    }

    pub(super) fn fetch_flow_start(&mut self, kind: TokenKind) -> Result<(), Fault> {
        self.save_simple_key()?;
        let mark = self.input.mark();
        let token = self.taken + self.tokens.len();
        self.simple_keys.push(SimpleKey { token, ..SimpleKey::default() });
        self.flow_level += 1;
        if self.flow_level > MAX_LEVELS {
            return self.fault(mark, format!("exceeded max depth of {MAX_LEVELS}"));
        }
        self.simple_key_allowed = true;
        self.push_indicator(kind, 1);
        Ok(())
    }

    pub(super) fn fetch_flow_end(&mut self, kind: TokenKind) -> Result<(), Fault> {
        self.remove_simple_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            let key = self.simple_keys.pop().expect("because there is one per flow level");
            // go-yaml forgets here that the token was a possible key. For an empty collection that is its own opening
            // bracket, so that `{}: x` is read as `{}`.
            let token = key.token.checked_sub(self.taken).and_then(|at| self.tokens.get_mut(at));
            if let Some(token) = token {
                token.key_level = 0;
            }
        }
        self.simple_key_allowed = false;
        self.push_indicator(kind, 1);
        Ok(())
    }

    pub(super) fn fetch_flow_entry(&mut self) -> Result<(), Fault> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_indicator(TokenKind::FlowEntry, 1);
        Ok(())
    }

    pub(super) fn fetch_block_entry(&mut self) -> Result<(), Fault> {
        let mark = self.input.mark();
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.fault(mark, "block sequence entries are not allowed in this context");
            }
            self.roll_indent(None, TokenKind::BlockSequenceStart, mark)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_indicator(TokenKind::BlockEntry, 1);
        Ok(())
    }

    pub(super) fn fetch_key(&mut self) -> Result<(), Fault> {
        let mark = self.input.mark();
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.fault(mark, "mapping keys are not allowed in this context");
            }
            self.roll_indent(None, TokenKind::BlockMappingStart, mark)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.push_indicator(TokenKind::Key, 1);
        Ok(())
    }

    pub(super) fn fetch_value(&mut self) -> Result<(), Fault> {
        let level = self.simple_keys.len() - 1;
        if self.key_is_valid(level)? {
            let key = self.simple_keys[level];
            let token = Token::new(TokenKind::Key, key.mark, key.mark);
            self.insert(Some(key.token), token);
            self.roll_indent(Some(key.token), TokenKind::BlockMappingStart, key.mark)?;
            self.simple_keys[level].possible = false;
            self.simple_key_allowed = false;
        } else {
            let mark = self.input.mark();
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return self.fault(mark, "mapping values are not allowed in this context");
                }
                self.roll_indent(None, TokenKind::BlockMappingStart, mark)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.push_indicator(TokenKind::Value, 1);
        Ok(())
    }

    pub(super) fn fetch_anchor(&mut self, kind: TokenKind) -> Result<(), Fault> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let token = self.scan_anchor(kind)?;
        self.push(token);
        Ok(())
    }

    pub(super) fn fetch_tag(&mut self) -> Result<(), Fault> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let token = self.scan_tag()?;
        self.push(token);
        Ok(())
    }

    pub(super) fn fetch_block_scalar(&mut self, literal: bool) -> Result<(), Fault> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        let token = self.scan_block_scalar(literal)?;
        self.push(token);
        Ok(())
    }

    pub(super) fn fetch_quoted(&mut self, single: bool) -> Result<(), Fault> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let token = self.scan_quoted(single)?;
        self.push(token);
        Ok(())
    }

    pub(super) fn fetch_plain(&mut self) -> Result<(), Fault> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let token = self.scan_plain()?;
        self.push(token);
        Ok(())
    }
}
