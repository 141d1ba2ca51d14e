//! A compiled pattern: a small automaton, run over all its states at once, so no pattern takes exponential time.

/// One step.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Takes this character.
    Char(char),
    /// Takes one character that is none of the separators.
    One,
    /// Takes one character of the class.
    Class { negated: bool, ranges: Vec<(char, char)> },
    /// Takes any number of characters; of separators too, where `all`.
    Many { all: bool },
    /// Goes on at each of these steps.
    Split(Vec<usize>),
    /// Goes on at this step.
    Jump(usize),
}

/// Steps; the pattern has matched where the end of the list is reached with the text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    pub steps: Vec<Step>,
    pub separators: Vec<char>,
}

// === impl Program ===

impl Program {
    pub fn matches(&self, text: &str) -> bool {
        let mut now = vec![false; self.steps.len() + 1];
        self.enter(0, &mut now);
        for c in text.chars() {
            let mut next = vec![false; self.steps.len() + 1];
            for (at, step) in self.steps.iter().enumerate().filter(|(at, _)| now[*at]) {
                match step {
                    Step::Char(wanted) if *wanted == c => self.enter(at + 1, &mut next),
                    Step::One if !self.separators.contains(&c) => self.enter(at + 1, &mut next),
                    Step::Class { negated, ranges }
                        if ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated =>
                    {
                        self.enter(at + 1, &mut next);
                    }
                    Step::Many { all } if *all || !self.separators.contains(&c) => self.enter(at, &mut next),
                    _ => {}
                }
            }
            if !next.contains(&true) {
                return false;
            }
            now = next;
        }
        now[self.steps.len()]
    }

    /// Marks a step and all that are reached from it without taking a character.
    fn enter(&self, at: usize, states: &mut [bool]) {
        if std::mem::replace(&mut states[at], true) {
            return;
        }
        match self.steps.get(at) {
            Some(Step::Many { .. }) => self.enter(at + 1, states),
            Some(Step::Split(ways)) => ways.iter().for_each(|way| self.enter(*way, states)),
            Some(Step::Jump(to)) => self.enter(*to, states),
            _ => {}
        }
    }
}
