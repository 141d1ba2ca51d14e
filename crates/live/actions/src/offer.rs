//! [`Offer`].

/// An action that an object has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Its name.
    pub name: String,
    /// What people see in its place; empty where that is the name.
    pub display_name: String,
    /// The class of its icon.
    pub icon: String,
    /// Whether it makes no sense now.
    pub disabled: bool,
    /// Names of what it must be told.
    pub parameters: Vec<String>,
}

// === impl Offer ===

impl Offer {
    /// An action without anything but its name.
    pub fn new(name: &str) -> Offer {
        Offer { name: name.to_string(), ..Offer::default() }
    }

    pub(crate) fn shown(self, display_name: &str) -> Offer {
        Offer { display_name: display_name.to_string(), ..self }
    }

    /// With an icon of Font Awesome, by the end of its class.
    pub(crate) fn icon(self, name: &str) -> Offer {
        Offer { icon: format!("fa fa-fw fa-{name}"), ..self }
    }

    pub(crate) fn disabled(self, disabled: bool) -> Offer {
        Offer { disabled, ..self }
    }

    pub(crate) fn told(self, parameter: &str) -> Offer {
        Offer { parameters: vec![parameter.to_string()], ..self }
    }
}
