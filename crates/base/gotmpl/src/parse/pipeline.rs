//! Pipelines: declarations, commands, operands.

use super::{ParseError, Parser};
use crate::lex::{Item, ItemKind};
use crate::node::{Arg, ArgKind, Command, Pipe, Variable};
use crate::quote::{quote, unquote_char};
use crate::{Number, Text};

// === impl Parser ===

impl<'s> Parser<'s> {
    pub(super) fn pipeline(&mut self, context: &str, end: ItemKind) -> Result<Pipe, ParseError> {
        let mut pipe = Pipe { pos: self.peek_non_space().pos, assign: false, decl: Vec::new(), cmds: Vec::new() };
        self.declarations(&mut pipe, context)?;
        loop {
            let token = self.next_non_space();
            match token.kind {
                kind if kind == end => {
                    self.check_pipeline(&pipe, context)?;
                    return Ok(pipe);
                }
                ItemKind::Bool
                | ItemKind::CharConstant
                | ItemKind::Complex
                | ItemKind::Dot
                | ItemKind::Field
                | ItemKind::Identifier
                | ItemKind::Number
                | ItemKind::Nil
                | ItemKind::RawString
                | ItemKind::String
                | ItemKind::Variable
                | ItemKind::LeftParen => {
                    self.backup();
                    let command = self.command()?;
                    pipe.cmds.push(command);
                }
                _ => return self.unexpected(&token, context),
            }
        }
    }

    fn declarations(&mut self, pipe: &mut Pipe, context: &str) -> Result<(), ParseError> {
        while self.peek_non_space().kind == ItemKind::Variable {
            let variable = self.next_non_space();
            // Space is a token, so one more than the next word is looked at and pushed back.
            let after = self.peek().clone();
            let next = self.peek_non_space();
            match next.kind {
                ItemKind::Assign | ItemKind::Declare => {
                    pipe.assign = next.kind == ItemKind::Assign;
                    self.next_non_space();
                    let declared = self.declare(&variable);
                    pipe.decl.push(declared);
                    return Ok(());
                }
                ItemKind::Char if *next.value == b","[..] => {
                    self.next_non_space();
                    let declared = self.declare(&variable);
                    pipe.decl.push(declared);
                    if context == "range" && pipe.decl.len() < 2 {
                        match self.peek_non_space().kind {
                            ItemKind::Variable | ItemKind::RightDelim | ItemKind::RightParen => continue,
                            _ => return self.error("range can only initialize variables"),
                        }
                    }
                    return self.error(format!("too many declarations in {context}"));
                }
                _ => {
                    if after.kind == ItemKind::Space {
                        self.backup3(variable, after);
                    } else {
                        self.backup2(variable);
                    }
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn declare(&mut self, item: &Item<'s>) -> Variable {
        let variable = self.variable(&item.value);
        self.vars.push(variable.symbol);
        variable
    }

    fn variable(&mut self, text: &[u8]) -> Variable {
        let idents: Vec<Text> = text.split(|b| *b == b'.').map(Text::from_bytes).collect();
        let symbol = match self.symbols.iter().position(|name| *name == idents[0]) {
            Some(i) => i,
            None => {
                self.symbols.push(idents[0].clone());
                self.symbols.len() - 1
            }
        };
        Variable { symbol: symbol as u32, idents }
    }

    fn check_pipeline(&mut self, pipe: &Pipe, context: &str) -> Result<(), ParseError> {
        if pipe.cmds.is_empty() {
            return self.error(format!("missing value for {context}"));
        }
        for (i, command) in pipe.cmds.iter().enumerate().skip(1) {
            if matches!(
                command.args[0].kind,
                ArgKind::Bool(_) | ArgKind::Dot | ArgKind::Nil | ArgKind::Number(..) | ArgKind::String(..)
            ) {
                return self.error(format!("non executable command in pipeline stage {}", i + 1));
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Result<Command, ParseError> {
        let mut command = Command { pos: self.peek_non_space().pos, args: Vec::new() };
        loop {
            self.peek_non_space(); // Skip leading spaces.
            if let Some(operand) = self.operand()? {
                command.args.push(operand);
            }
            let token = self.next();
            match token.kind {
                ItemKind::Space => continue,
                ItemKind::RightDelim | ItemKind::RightParen => self.backup(),
                ItemKind::Pipe => {}
                _ => return self.unexpected(&token, "operand"),
            }
            break;
        }
        if command.args.is_empty() {
            return self.error("empty command");
        }
        Ok(command)
    }

    fn operand(&mut self) -> Result<Option<Arg>, ParseError> {
        let Some(arg) = self.term()? else { return Ok(None) };
        if self.peek().kind != ItemKind::Field {
            return Ok(Some(arg));
        }
        let pos = self.peek().pos;
        let mut fields = Vec::new();
        while self.peek().kind == ItemKind::Field {
            let token = self.next();
            fields.push(Text::from_bytes(&token.value[1..]));
        }
        let kind = match arg.kind {
            ArgKind::Field(mut idents) => {
                idents.extend(fields);
                ArgKind::Field(idents)
            }
            ArgKind::Variable(mut variable) => {
                variable.idents.extend(fields);
                ArgKind::Variable(variable)
            }
            ArgKind::Bool(_) | ArgKind::String(..) | ArgKind::Number(..) | ArgKind::Nil | ArgKind::Dot => {
                return self.error(format!("unexpected . after term {}", quote(arg.to_string().as_bytes())));
            }
            _ => ArgKind::Chain(Box::new(arg), fields),
        };
        Ok(Some(Arg { pos, kind }))
    }

    fn term(&mut self) -> Result<Option<Arg>, ParseError> {
        let token = self.next_non_space();
        let kind = match token.kind {
            ItemKind::Identifier => {
                let name = String::from_utf8_lossy(&token.value);
                match self.functions.get(&name) {
                    Some(function) => ArgKind::Function(function.clone()),
                    None => return self.error(format!("function {} not defined", quote(&token.value))),
                }
            }
            ItemKind::Dot => ArgKind::Dot,
            ItemKind::Nil => ArgKind::Nil,
            ItemKind::Variable => {
                let variable = self.variable(&token.value);
                if !self.vars.contains(&variable.symbol) {
                    return self.error(format!("undefined variable {}", quote(variable.idents[0].as_bytes())));
                }
                ArgKind::Variable(variable)
            }
            ItemKind::Field => ArgKind::Field(vec![Text::from_bytes(&token.value[1..])]),
            ItemKind::Bool => ArgKind::Bool(*token.value == b"true"[..]),
            ItemKind::CharConstant | ItemKind::Complex | ItemKind::Number => {
                let number = self.number(&token)?;
                ArgKind::Number(Text::from_bytes(&token.value), number)
            }
            ItemKind::LeftParen => {
                self.enter()?;
                let pipe = self.pipeline("parenthesized pipeline", ItemKind::RightParen)?;
                self.depth -= 1;
                return Ok(Some(Arg { pos: pipe.pos, kind: ArgKind::Pipe(pipe) }));
            }
            ItemKind::String | ItemKind::RawString => {
                let text = self.unquoted(&token)?;
                ArgKind::String(Text::from_bytes(&token.value), text)
            }
            _ => {
                self.backup();
                return Ok(None);
            }
        };
        Ok(Some(Arg { pos: token.pos, kind }))
    }

    fn number(&mut self, token: &Item<'s>) -> Result<Number, ParseError> {
        let text = String::from_utf8_lossy(&token.value);
        match token.kind {
            ItemKind::CharConstant => match unquote_char(&token.value[1..], b'\'') {
                Some((c, width)) if token.value[1 + width..] == *b"'" => Ok(Number::rune(c.rune())),
                Some(_) => self.error(format!("malformed character constant: {text}")),
                None => self.error("invalid syntax"),
            },
            ItemKind::Complex => match Number::parse_complex(&text) {
                Some(number) => Ok(number),
                None => self.error("syntax error scanning complex number"),
            },
            _ => Number::parse(&text).or_else(|message| self.error(message)),
        }
    }
}
