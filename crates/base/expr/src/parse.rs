//! From words to a tree.

use bowline_base_value::Value;

use crate::ExprError;
use crate::builtin::{self, Builtin};
use crate::lex::{Kind, Token, tokens};

/// How deep an expression may be nested.
const DEPTH: usize = 100;

#[derive(Clone, Debug)]
pub(crate) enum Node {
    Literal(Value),
    Name(String),
    /// `#`: the item that a predicate is asked about.
    Item,
    /// `a.b`, `a["b"]`; with `optional` nothing has no fields and no error.
    Field {
        of: Box<Node>,
        key: Box<Node>,
        optional: bool,
    },
    Slice {
        of: Box<Node>,
        from: Option<Box<Node>>,
        to: Option<Box<Node>>,
    },
    Not(Box<Node>),
    Minus(Box<Node>),
    Binary {
        sign: Sign,
        left: Box<Node>,
        right: Box<Node>,
    },
    If {
        condition: Box<Node>,
        then: Box<Node>,
        otherwise: Box<Node>,
    },
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
    Call {
        builtin: Builtin,
        arguments: Vec<Node>,
    },
    Let {
        name: String,
        value: Box<Node>,
        within: Box<Node>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    Matches,
    Contains,
    StartsWith,
    EndsWith,
    Range,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
    Else,
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

/// Reads an expression.
pub(crate) fn parse(text: &str) -> Result<Node, ExprError> {
    let mut parser = Parser { text, tokens: tokens(text)?, at: 0, depth: 0 };
    let node = parser.whole()?;
    match parser.peek() {
        Kind::End => Ok(node),
        _ => Err(parser.fail("something is left over")),
    }
}

/// The operator that a word is, and how closely it binds.
fn operator(kind: &Kind, next: &Kind) -> Option<(Sign, u8, usize)> {
    let (sign, strength, words) = match kind {
        Kind::Sign("||") => (Sign::Or, 1, 1),
        Kind::Sign("&&") => (Sign::And, 2, 1),
        Kind::Sign("==") => (Sign::Equal, 3, 1),
        Kind::Sign("!=") => (Sign::Unequal, 3, 1),
        Kind::Sign("<") => (Sign::Less, 3, 1),
        Kind::Sign("<=") => (Sign::LessOrEqual, 3, 1),
        Kind::Sign(">") => (Sign::Greater, 3, 1),
        Kind::Sign(">=") => (Sign::GreaterOrEqual, 3, 1),
        Kind::Sign("..") => (Sign::Range, 4, 1),
        Kind::Sign("+") => (Sign::Add, 5, 1),
        Kind::Sign("-") => (Sign::Subtract, 5, 1),
        Kind::Sign("*") => (Sign::Multiply, 6, 1),
        Kind::Sign("/") => (Sign::Divide, 6, 1),
        Kind::Sign("%") => (Sign::Modulo, 6, 1),
        Kind::Sign("**" | "^") => (Sign::Power, 7, 1),
        Kind::Sign("??") => (Sign::Else, 8, 1),
        Kind::Name(word) => match (word.as_str(), next) {
            ("or", _) => (Sign::Or, 1, 1),
            ("and", _) => (Sign::And, 2, 1),
            ("in", _) => (Sign::In, 3, 1),
            ("not", Kind::Name(in_)) if in_ == "in" => (Sign::NotIn, 3, 2),
            ("matches", _) => (Sign::Matches, 3, 1),
            ("contains", _) => (Sign::Contains, 3, 1),
            ("startsWith", _) => (Sign::StartsWith, 3, 1),
            ("endsWith", _) => (Sign::EndsWith, 3, 1),
            _ => return None,
        },
        _ => return None,
    };
    Some((sign, strength, words))
}

// === impl Parser ===

impl Parser<'_> {
    fn peek(&self) -> &Kind {
        &self.tokens[self.at.min(self.tokens.len() - 1)].kind
    }

    fn fail(&self, reason: impl Into<String>) -> ExprError {
        let at = self.tokens[self.at.min(self.tokens.len() - 1)].at;
        ExprError::Syntax { text: self.text.to_string(), reason: reason.into(), at }
    }

    fn takes(&mut self, sign: &str) -> bool {
        let is = matches!(self.peek(), Kind::Sign(here) if *here == sign);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, sign: &str) -> Result<(), ExprError> {
        if self.takes(sign) { Ok(()) } else { Err(self.fail(format!("{sign:?} is missing"))) }
    }

    fn name(&mut self) -> Result<String, ExprError> {
        match self.peek().clone() {
            Kind::Name(name) => {
                self.at += 1;
                Ok(name)
            }
            _ => Err(self.fail("a name is missing")),
        }
    }

    /// `let name = value; …`, or an expression with what it is piped into.
    fn whole(&mut self) -> Result<Node, ExprError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.fail(format!("it is nested deeper than {DEPTH}")));
        }
        let node = if matches!(self.peek(), Kind::Name(word) if word == "let") {
            self.at += 1;
            let name = self.name()?;
            self.expect("=")?;
            let value = Box::new(self.choice()?);
            self.expect(";")?;
            Node::Let { name, value, within: Box::new(self.whole()?) }
        } else {
            self.choice()?
        };
        self.depth -= 1;
        Ok(node)
    }

    fn choice(&mut self) -> Result<Node, ExprError> {
        let condition = self.binary(0)?;
        if !self.takes("?") {
            return Ok(condition);
        }
        let then = Box::new(self.whole()?);
        self.expect(":")?;
        Ok(Node::If { condition: Box::new(condition), then, otherwise: Box::new(self.whole()?) })
    }

    fn binary(&mut self, least: u8) -> Result<Node, ExprError> {
        let mut left = self.unary()?;
        loop {
            if self.takes("|") {
                left = self.piped(left)?;
                continue;
            }
            let next = &self.tokens[(self.at + 1).min(self.tokens.len() - 1)].kind;
            let Some((sign, strength, words)) =
                operator(self.peek(), next).filter(|(_, strength, _)| *strength > least)
            else {
                return Ok(left);
            };
            self.at += words;
            // Powers are read from the right.
            let right =
                self.nested(|parser| parser.binary(if sign == Sign::Power { strength - 1 } else { strength }))?;
            left = Node::Binary { sign, left: Box::new(left), right: Box::new(right) };
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Result<Node, ExprError>) -> Result<Node, ExprError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.fail(format!("it is nested deeper than {DEPTH}")));
        }
        let node = read(self);
        self.depth -= 1;
        node
    }

    /// `a | f(b)` is `f(a, b)`.
    fn piped(&mut self, first: Node) -> Result<Node, ExprError> {
        let name = self.name()?;
        match self.call(&name, Some(first))? {
            Some(call) => self.trailers(call),
            None => Err(self.fail(format!("there is no function {name}"))),
        }
    }

    fn unary(&mut self) -> Result<Node, ExprError> {
        if self.takes("!") || (matches!(self.peek(), Kind::Name(word) if word == "not")) {
            if matches!(self.peek(), Kind::Name(word) if word == "not") {
                self.at += 1;
                return Ok(Node::Not(Box::new(self.nested(|parser| parser.binary(2))?)));
            }
            return Ok(Node::Not(Box::new(self.nested(Parser::unary)?)));
        }
        if self.takes("-") {
            return Ok(Node::Minus(Box::new(self.nested(Parser::unary)?)));
        }
        if self.takes("+") {
            return self.nested(Parser::unary);
        }
        let node = self.primary()?;
        self.trailers(node)
    }

    fn trailers(&mut self, mut node: Node) -> Result<Node, ExprError> {
        loop {
            let optional = match self.peek() {
                Kind::Sign(".") => false,
                Kind::Sign("?.") => true,
                Kind::Sign("[") => {
                    self.at += 1;
                    node = self.bracket(node, false)?;
                    continue;
                }
                _ => return Ok(node),
            };
            self.at += 1;
            if optional && self.takes("[") {
                node = self.bracket(node, true)?;
                continue;
            }
            let key = Box::new(Node::Literal(Value::from(self.name()?)));
            node = Node::Field { of: Box::new(node), key, optional };
        }
    }

    fn bracket(&mut self, of: Node, optional: bool) -> Result<Node, ExprError> {
        let of = Box::new(of);
        if self.takes(":") {
            let to = if self.takes("]") { return Ok(Node::Slice { of, from: None, to: None }) } else { self.whole()? };
            self.expect("]")?;
            return Ok(Node::Slice { of, from: None, to: Some(Box::new(to)) });
        }
        let key = Box::new(self.whole()?);
        if self.takes(":") {
            let to = if self.takes("]") {
                None
            } else {
                let to = self.whole()?;
                self.expect("]")?;
                Some(Box::new(to))
            };
            return Ok(Node::Slice { of, from: Some(key), to });
        }
        self.expect("]")?;
        Ok(Node::Field { of, key, optional })
    }

    fn primary(&mut self) -> Result<Node, ExprError> {
        let kind = self.peek().clone();
        self.at += 1;
        match kind {
            Kind::Int(i) => Ok(Node::Literal(Value::from(i))),
            Kind::Float(f) => Ok(Node::Literal(Value::Float(f))),
            Kind::Text(text) => Ok(Node::Literal(Value::from(text))),
            Kind::Sign("(") => {
                let node = self.whole()?;
                self.expect(")")?;
                Ok(node)
            }
            Kind::Sign("#") => Ok(Node::Item),
            // `.field` of the item.
            Kind::Sign(".") => {
                let key = Box::new(Node::Literal(Value::from(self.name()?)));
                Ok(Node::Field { of: Box::new(Node::Item), key, optional: false })
            }
            Kind::Sign("[") => Ok(Node::List(self.list("]")?)),
            Kind::Sign("{") => self.map(),
            Kind::Name(name) => match name.as_str() {
                "true" => Ok(Node::Literal(Value::Bool(true))),
                "false" => Ok(Node::Literal(Value::Bool(false))),
                "nil" => Ok(Node::Literal(Value::Null)),
                _ => match self.call(&name, None)? {
                    Some(call) => Ok(call),
                    None => Ok(Node::Name(name)),
                },
            },
            _ => {
                self.at -= 1;
                Err(self.fail("a value is missing"))
            }
        }
    }

    /// A call, where a bracket follows the name.
    fn call(&mut self, name: &str, first: Option<Node>) -> Result<Option<Node>, ExprError> {
        if !self.takes("(") {
            return Ok(None);
        }
        let Some(builtin) = builtin::find(name) else {
            return Err(self.fail(format!("there is no function {name}")));
        };
        let mut arguments: Vec<Node> = first.into_iter().collect();
        while !self.takes(")") {
            // A predicate may stand in braces.
            let braces = builtin.takes_predicate() && arguments.len() == 1 && self.takes("{");
            arguments.push(self.whole()?);
            if braces {
                self.expect("}")?;
            }
            if !self.takes(",") {
                self.expect(")")?;
                break;
            }
        }
        if !builtin.arguments().contains(&arguments.len()) {
            return Err(self.fail(format!("{name} takes another number of arguments than {}", arguments.len())));
        }
        Ok(Some(Node::Call { builtin, arguments }))
    }

    fn list(&mut self, end: &str) -> Result<Vec<Node>, ExprError> {
        let mut items = Vec::new();
        while !self.takes(end) {
            items.push(self.whole()?);
            if !self.takes(",") {
                self.expect(end)?;
                break;
            }
        }
        Ok(items)
    }

    fn map(&mut self) -> Result<Node, ExprError> {
        let mut fields = Vec::new();
        while !self.takes("}") {
            let key = match self.peek().clone() {
                Kind::Name(name) => {
                    self.at += 1;
                    Node::Literal(Value::from(name))
                }
                _ => self.primary()?,
            };
            self.expect(":")?;
            fields.push((key, self.whole()?));
            if !self.takes(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(Node::Map(fields))
    }
}
