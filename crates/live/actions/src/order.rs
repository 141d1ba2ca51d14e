//! [`Order`]: an action that someone wants.

use jiff::Timestamp;

/// An action that someone wants.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// Its name.
    pub action: &'a str,
    /// What it is told: names with values.
    pub parameters: &'a [(String, String)],
    /// When.
    pub now: Timestamp,
}

/// Why an action cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
    /// The kind has no such action.
    #[error("action {action:?} is not available for {kind}")]
    Unknown {
        /// The action.
        action: String,
        /// `group/Kind`.
        kind: String,
    },
    /// It must be told something.
    #[error("action {action:?} needs the parameter {parameter}")]
    Missing {
        /// The action.
        action: String,
        /// The parameter.
        parameter: &'static str,
    },
    /// What it was told is not of use.
    #[error("parameter {parameter} of action {action:?}: {value:?} is {wrong}")]
    Parameter {
        /// The action.
        action: String,
        /// The parameter.
        parameter: &'static str,
        /// What was given.
        value: String,
        /// What is wrong with it.
        wrong: String,
    },
    /// A user's script failed, or returned what is no action.
    #[error("the script of action {action:?}: {reason}")]
    Script {
        /// The action; `discovery.lua` for the script that says which there are.
        action: String,
        /// In whose words it is told.
        reason: String,
    },
    /// The object is not as the action needs it.
    #[error("{0}")]
    Object(String),
}

// === impl Order ===

impl Order<'_> {
    /// The present as stamps write it: RFC 3339, to the second.
    pub(crate) fn stamp(&self) -> String {
        self.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// What it is told under a name.
    pub(crate) fn parameter(&self, parameter: &'static str) -> Result<&str, ActionError> {
        let given = self.parameters.iter().find(|(name, _)| name == parameter);
        given
            .map(|(_, value)| value.as_str())
            .ok_or_else(|| ActionError::Missing { action: self.action.to_string(), parameter })
    }

    /// A whole number, zero or more.
    pub(crate) fn count(&self, parameter: &'static str) -> Result<i64, ActionError> {
        let value = self.parameter(parameter)?;
        value.trim().parse::<u32>().map(i64::from).map_err(|_| ActionError::Parameter {
            action: self.action.to_string(),
            parameter,
            value: value.to_string(),
            wrong: "no whole number, zero or more".to_string(),
        })
    }
}
