//! The parser: Go's grammar and its error texts.

mod pipeline;

use std::sync::Arc;

use crate::lex::{Item, ItemKind, Lexer};
use crate::node::{Branch, List, Node, NodeKind, Source, Tree};
use crate::quote::{quote, unquote};
use crate::{Functions, Text};

/// A template that does not parse. Displays as Go's error: `template: name:line: what`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// Go's text.
    pub message: String,
}

/// How deep parentheses, `if`s and other blocks may stand in each other. Go stops at 10,000 parentheses and at no number
/// of blocks; a thousand of either is far more than any template that people write, and fits a thread's stack.
const MAX_NESTING: usize = 1000;

/// Parses `text` into the templates that it defines, itself (under `name`) among them, in the order in which they end.
pub fn parse(name: &str, text: &Text, functions: &Functions) -> Result<Vec<Arc<Tree>>, ParseError> {
    parse_within(name, text, functions, MAX_NESTING)
}

pub(crate) fn parse_within(
    name: &str,
    text: &Text,
    functions: &Functions,
    nesting: usize,
) -> Result<Vec<Arc<Tree>>, ParseError> {
    let source = Arc::new(Source { name: name.into(), text: text.clone() });
    let keywords = (!functions.contains("break"), !functions.contains("continue"));
    let mut parser = Parser {
        source: &source,
        lexer: Lexer::new(source.text.as_bytes()).with_keywords(keywords.0, keywords.1),
        functions,
        token: [end_of_text(), end_of_text(), end_of_text()],
        peeked: 0,
        vars: vec![0],
        symbols: vec!["$".into()],
        trees: Vec::new(),
        action_line: 0,
        range_depth: 0,
        depth: 0,
        max_depth: nesting,
    };
    parser.file(name)?;
    Ok(parser.trees)
}

fn end_of_text() -> Item<'static> {
    Item { kind: ItemKind::Eof, pos: 0, value: b""[..].into(), line: 0 }
}

struct Parser<'s> {
    source: &'s Arc<Source>,
    lexer: Lexer<'s>,
    functions: &'s Functions,
    token: [Item<'s>; 3],
    peeked: usize,
    /// Symbols of the variables that can be seen here.
    vars: Vec<u32>,
    /// Names of all variables of this text.
    symbols: Vec<Text>,
    trees: Vec<Arc<Tree>>,
    action_line: usize,
    range_depth: usize,
    depth: usize,
    max_depth: usize,
}

enum Piece {
    Node(Node),
    End,
    Else(usize),
    /// A comment: nothing.
    Nothing,
}

// === impl Piece ===

impl Piece {
    fn word(&self) -> &'static str {
        match self {
            Piece::Else(_) => "{{else}}",
            _ => "{{end}}",
        }
    }
}

// === impl Parser ===

impl<'s> Parser<'s> {
    fn next(&mut self) -> Item<'s> {
        if self.peeked > 0 {
            self.peeked -= 1;
        } else {
            self.token[0] = self.lexer.next_item();
        }
        self.token[self.peeked].clone()
    }

    fn backup(&mut self) {
        self.peeked += 1;
    }

    fn backup2(&mut self, first: Item<'s>) {
        self.token[1] = first;
        self.peeked = 2;
    }

    fn backup3(&mut self, first: Item<'s>, second: Item<'s>) {
        self.token[1] = second;
        self.token[2] = first;
        self.peeked = 3;
    }

    fn peek(&mut self) -> &Item<'s> {
        if self.peeked == 0 {
            self.peeked = 1;
            self.token[0] = self.lexer.next_item();
        }
        &self.token[self.peeked - 1]
    }

    fn next_non_space(&mut self) -> Item<'s> {
        loop {
            let token = self.next();
            if token.kind != ItemKind::Space {
                return token;
            }
        }
    }

    fn peek_non_space(&mut self) -> Item<'s> {
        let token = self.next_non_space();
        self.backup();
        token
    }

    fn error<T>(&self, message: impl std::fmt::Display) -> Result<T, ParseError> {
        Err(ParseError { message: format!("template: {}:{}: {message}", self.source.name, self.token[0].line) })
    }

    fn unexpected<T>(&self, token: &Item<'s>, context: &str) -> Result<T, ParseError> {
        if token.kind == ItemKind::Error {
            let text = show(token);
            let mut extra = String::new();
            if self.action_line != 0 && self.action_line != token.line {
                let started = format!(" started at {}:{}", self.source.name, self.action_line);
                // Avoids "action in action".
                extra = if text.ends_with(" action") { started } else { format!(" in action{started}") };
            }
            return self.error(format!("{text}{extra}"));
        }
        self.error(format!("unexpected {} in {context}", show(token)))
    }

    fn expect(&mut self, kind: ItemKind, context: &str) -> Result<Item<'s>, ParseError> {
        let token = self.next_non_space();
        if token.kind != kind {
            return self.unexpected(&token, context);
        }
        Ok(token)
    }

    fn enter(&mut self) -> Result<(), ParseError> {
        if self.depth >= self.max_depth {
            return self.error("max expression depth exceeded");
        }
        self.depth += 1;
        Ok(())
    }

    fn file(&mut self, name: &str) -> Result<(), ParseError> {
        let mut root = List { pos: self.peek().pos, nodes: Vec::new() };
        while self.peek().kind != ItemKind::Eof {
            if self.peek().kind == ItemKind::LeftDelim {
                let delim = self.next();
                if self.next_non_space().kind == ItemKind::Define {
                    self.definition()?;
                    continue;
                }
                self.backup2(delim);
            }
            match self.text_or_action()? {
                Piece::Node(node) => root.nodes.push(node),
                Piece::Nothing => {}
                piece => return self.error(format!("unexpected {}", piece.word())),
            }
        }
        self.add(name.into(), root)
    }

    fn definition(&mut self) -> Result<(), ParseError> {
        const CONTEXT: &str = "define clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, CONTEXT)?;
        self.expect(ItemKind::RightDelim, CONTEXT)?;
        let list = self.body_of_its_own(CONTEXT)?;
        self.add(name, list)
    }

    /// The body of a `define` or `block`: it sees none of the variables and loops around it.
    fn body_of_its_own(&mut self, context: &str) -> Result<List, ParseError> {
        let vars = std::mem::replace(&mut self.vars, vec![0]);
        let range_depth = std::mem::take(&mut self.range_depth);
        let action_line = std::mem::take(&mut self.action_line);
        let (list, end) = self.item_list()?;
        if !matches!(end, Piece::End) {
            return self.error(format!("unexpected {} in {context}", end.word()));
        }
        self.vars = vars;
        self.range_depth = range_depth;
        self.action_line = action_line;
        Ok(list)
    }

    fn add(&mut self, name: Text, root: List) -> Result<(), ParseError> {
        let tree = Arc::new(Tree { name, source: self.source.clone(), root });
        match self.trees.iter().position(|known| known.name == tree.name) {
            None => self.trees.push(tree),
            Some(i) if self.trees[i].root.is_blank() => self.trees[i] = tree,
            Some(_) if tree.root.is_blank() => {}
            Some(_) => {
                let quoted = quote(tree.name.as_bytes());
                return self.error(format!("template: multiple definition of template {quoted}"));
            }
        }
        Ok(())
    }

    fn item_list(&mut self) -> Result<(List, Piece), ParseError> {
        self.enter()?;
        let mut list = List { pos: self.peek_non_space().pos, nodes: Vec::new() };
        while self.peek_non_space().kind != ItemKind::Eof {
            match self.text_or_action()? {
                Piece::Node(node) => list.nodes.push(node),
                Piece::Nothing => {}
                end => {
                    self.depth -= 1;
                    return Ok((list, end));
                }
            }
        }
        self.error("unexpected EOF")
    }

    fn text_or_action(&mut self) -> Result<Piece, ParseError> {
        let token = self.next_non_space();
        match token.kind {
            ItemKind::Text => {
                Ok(Piece::Node(Node { pos: token.pos, kind: NodeKind::Text(Text::from_bytes(&token.value)) }))
            }
            ItemKind::LeftDelim => {
                self.action_line = token.line;
                let piece = self.action()?;
                self.action_line = 0;
                Ok(piece)
            }
            ItemKind::Comment => Ok(Piece::Nothing),
            _ => self.unexpected(&token, "input"),
        }
    }

    fn action(&mut self) -> Result<Piece, ParseError> {
        let token = self.next_non_space();
        match token.kind {
            ItemKind::Block => self.block().map(Piece::Node),
            ItemKind::Break => self.jump(&token, "{{break}}", NodeKind::Break),
            ItemKind::Continue => self.jump(&token, "{{continue}}", NodeKind::Continue),
            ItemKind::Else => self.else_control(),
            ItemKind::End => {
                self.expect(ItemKind::RightDelim, "end")?;
                Ok(Piece::End)
            }
            ItemKind::If => self.control("if").map(Piece::Node),
            ItemKind::Range => self.control("range").map(Piece::Node),
            ItemKind::With => self.control("with").map(Piece::Node),
            ItemKind::Template => self.template_call().map(Piece::Node),
            _ => {
                self.backup();
                let pos = self.peek().pos;
                // Do not pop variables; they persist until "end".
                let pipe = self.pipeline("command", ItemKind::RightDelim)?;
                Ok(Piece::Node(Node { pos, kind: NodeKind::Action(pipe) }))
            }
        }
    }

    fn jump(&mut self, at: &Item<'s>, word: &str, kind: NodeKind) -> Result<Piece, ParseError> {
        let token = self.next_non_space();
        if token.kind != ItemKind::RightDelim {
            return self.unexpected(&token, word);
        }
        if self.range_depth == 0 {
            return self.error(format!("{word} outside {{{{range}}}}"));
        }
        Ok(Piece::Node(Node { pos: at.pos, kind }))
    }

    fn else_control(&mut self) -> Result<Piece, ParseError> {
        let peek = self.peek_non_space();
        if matches!(peek.kind, ItemKind::If | ItemKind::With) {
            // "{{else if ..." is left for the control that this belongs to.
            return Ok(Piece::Else(peek.pos));
        }
        let token = self.expect(ItemKind::RightDelim, "else")?;
        Ok(Piece::Else(token.pos))
    }

    fn control(&mut self, context: &str) -> Result<Node, ParseError> {
        let vars = self.vars.len();
        let pipe = self.pipeline(context, ItemKind::RightDelim)?;
        if context == "range" {
            self.range_depth += 1;
        }
        let (list, next) = self.item_list()?;
        if context == "range" {
            self.range_depth -= 1;
        }
        let else_list = match next {
            Piece::Else(pos) => Some(self.else_part(context, pos)?),
            _ => None,
        };
        self.vars.truncate(vars);
        let branch = Branch { pipe, list, else_list };
        let pos = branch.pipe.pos;
        let kind = match context {
            "if" => NodeKind::If(branch),
            "with" => NodeKind::With(branch),
            _ => NodeKind::Range(branch),
        };
        Ok(Node { pos, kind })
    }

    fn else_part(&mut self, context: &str, pos: usize) -> Result<List, ParseError> {
        let chained = match self.peek().kind {
            ItemKind::If => context == "if",
            ItemKind::With => context == "with",
            _ => false,
        };
        if chained {
            self.next();
            self.enter()?;
            let node = self.control(context)?;
            self.depth -= 1;
            return Ok(List { pos, nodes: vec![node] });
        }
        let (list, next) = self.item_list()?;
        if !matches!(next, Piece::End) {
            return self.error(format!("expected end; found {}", next.word()));
        }
        Ok(list)
    }

    fn block(&mut self) -> Result<Node, ParseError> {
        const CONTEXT: &str = "block clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, CONTEXT)?;
        let pipe = self.pipeline(CONTEXT, ItemKind::RightDelim)?;
        let list = self.body_of_its_own(CONTEXT)?;
        self.add(name.clone(), list)?;
        Ok(Node { pos: token.pos, kind: NodeKind::Template(name, Some(pipe)) })
    }

    fn template_call(&mut self) -> Result<Node, ParseError> {
        const CONTEXT: &str = "template clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, CONTEXT)?;
        let mut pipe = None;
        if self.next_non_space().kind != ItemKind::RightDelim {
            self.backup();
            pipe = Some(self.pipeline(CONTEXT, ItemKind::RightDelim)?);
        }
        Ok(Node { pos: token.pos, kind: NodeKind::Template(name, pipe) })
    }

    fn template_name(&mut self, token: &Item<'s>, context: &str) -> Result<Text, ParseError> {
        match token.kind {
            ItemKind::String | ItemKind::RawString => self.unquoted(token),
            _ => self.unexpected(token, context),
        }
    }

    fn unquoted(&self, token: &Item<'s>) -> Result<Text, ParseError> {
        match unquote(&token.value) {
            Some(bytes) => Ok(Text::from_vec(bytes)),
            None => self.error("invalid syntax"),
        }
    }
}

/// An item as errors name it.
fn show(item: &Item<'_>) -> String {
    match item.kind {
        ItemKind::Eof => "EOF".to_string(),
        ItemKind::Error => String::from_utf8_lossy(&item.value).into_owned(),
        kind if kind.is_keyword() => format!("<{}>", String::from_utf8_lossy(&item.value)),
        _ if item.value.len() > 10 => {
            let cut: String = String::from_utf8_lossy(&item.value).chars().take(10).collect();
            format!("{}...", quote(cut.as_bytes()))
        }
        _ => quote(&item.value),
    }
}
