//! Expressions over values, in the language that Argo CD's settings write conditions in (expr-lang.org): `app.spec.project ==
//! "web" && any(app.status.resources, {.kind == "Pod"})`.
//!
//! An [`Expression`] is read once and evaluated over an object whose fields are its names; what is not there is `nil`. It cannot
//! loop but over lists, and counts its steps. Of the language there is everything but times, bit operations and functions of the
//! host; what is missing is refused when it is read.

mod builtin;
mod eval;
mod lex;
mod parse;

use bowline_base_value::Value;

/// An expression that was read.
#[derive(Clone, Debug)]
pub struct Expression {
    root: parse::Node,
}

/// Why an expression cannot be read or evaluated. It is for who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExprError {
    /// It is not of the language.
    #[error("{reason} (at character {at} of {text:?})")]
    Syntax {
        /// The expression.
        text: String,
        /// What is wrong.
        reason: String,
        /// Where, counted from 1.
        at: usize,
    },
    /// It cannot be evaluated over this object.
    #[error("{0}")]
    Evaluation(String),
}

// === impl Expression ===

impl Expression {
    /// Reads an expression.
    pub fn new(text: &str) -> Result<Expression, ExprError> {
        parse::parse(text).map(|root| Expression { root })
    }

    /// Its value over an object.
    pub fn eval(&self, names: &Value) -> Result<Value, ExprError> {
        eval::eval(&self.root, names)
    }

    /// Its value where that is `true` or `false`; anything else is an error.
    pub fn holds(&self, names: &Value) -> Result<bool, ExprError> {
        let value = self.eval(names)?;
        value.as_bool().ok_or_else(|| {
            ExprError::Evaluation(format!("the condition is neither true nor false but {}", eval::type_name(&value)))
        })
    }
}

#[cfg(test)]
mod tests;
