//! [`Seen`]: which rows somebody may see.

use std::sync::Arc;

use bowline_core_rbac::{Enforcer, action, object};

use crate::fleet::Rows;
use crate::row::Row;

/// Which of the rows a principal may see, by the policy of one moment. Decisions are kept for as long as both hold.
#[derive(Clone)]
pub struct Seen {
    enforcer: Arc<Enforcer>,
    control: Arc<str>,
    rows: Arc<Rows>,
    visible: Vec<bool>,
    count: usize,
}

// === impl Seen ===

impl Seen {
    /// Decides about all rows; `control` is the control namespace.
    pub fn new(enforcer: Arc<Enforcer>, control: &str, rows: Arc<Rows>) -> Seen {
        let nothing = Seen { enforcer, control: control.into(), rows: Arc::default(), visible: Vec::new(), count: 0 };
        nothing.with(rows)
    }

    /// The same principal by the same policy, over other rows: only what is new is decided.
    #[must_use]
    pub fn with(&self, rows: Arc<Rows>) -> Seen {
        if Arc::ptr_eq(&rows, &self.rows) {
            return self.clone();
        }
        let mut old = self.rows.all.iter().zip(&self.visible).peekable();
        let decide = |row: &Arc<Row>| {
            while old.next_if(|(old, _)| old.name < row.name).is_some() {}
            match old.next_if(|(old, _)| old.name == row.name) {
                Some((old, visible)) if old.app.spec.project() == row.app.spec.project() => *visible,
                _ => self.permits(row),
            }
        };
        let visible: Vec<bool> = rows.all.iter().map(decide).collect();
        let count = visible.iter().filter(|visible| **visible).count();
        Seen { enforcer: self.enforcer.clone(), control: self.control.clone(), rows, visible, count }
    }

    fn permits(&self, row: &Row) -> bool {
        let object =
            object::Application::new(row.app.spec.project(), &row.name.namespace, &row.name.name, &self.control);
        self.enforcer.permit(action::Get, object).is_ok()
    }

    /// By whose answers it was decided: while this is the principal's enforcer it holds.
    pub fn enforcer(&self) -> &Arc<Enforcer> {
        &self.enforcer
    }

    /// The rows.
    pub fn rows(&self) -> &Arc<Rows> {
        &self.rows
    }

    /// How many there are to see.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Those that may be seen, in order.
    pub(crate) fn visible(&self) -> impl Iterator<Item = &Arc<Row>> {
        self.rows.all.iter().zip(&self.visible).filter(|(_, visible)| **visible).map(|(row, _)| row)
    }
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Seen({} of {})", self.count, self.rows.all.len())
    }
}
