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
    /// Takes exactly so many characters, which this program matches.
    Exactly { count: usize, inner: Program },
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
        if self.steps.iter().any(|step| matches!(step, Step::Exactly { .. })) {
            let chars: Vec<char> = text.chars().collect();
            return self.run(chars.len(), |at| chars[at], |from, to| chars[from..to].iter().collect());
        }
        let mut chars = text.chars();
        let count = text.chars().count();
        self.run(count, |_| chars.next().unwrap_or_default(), |_, _| String::new())
    }

    /// Runs over `count` characters, which are asked for in their order.
    fn run(
        &self,
        count: usize,
        mut char_at: impl FnMut(usize) -> char,
        text_of: impl Fn(usize, usize) -> String,
    ) -> bool {
        let end = self.steps.len();
        let mut now = vec![false; end + 1];
        // What goes on further behind, by its place.
        let mut later: Vec<(usize, usize)> = Vec::new();
        let mut spare = vec![false; end + 1];
        self.enter(0, &mut now);
        for place in 0..=count {
            let due: Vec<usize> = later.iter().filter(|(at, _)| *at == place).map(|(_, step)| *step).collect();
            later.retain(|(at, _)| *at > place);
            due.into_iter().for_each(|step| self.enter(step, &mut now));
            self.jump(place, count, &mut now, &mut later, &text_of);
            if place == count {
                break;
            }
            let c = char_at(place);
            let mut alive = false;
            spare.fill(false);
            for (at, step) in self.steps.iter().enumerate().filter(|(at, _)| now[*at]) {
                let to = match step {
                    Step::Char(wanted) if *wanted == c => at + 1,
                    Step::One if !self.separators.contains(&c) => at + 1,
                    Step::Class { negated, ranges }
                        if ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated =>
                    {
                        at + 1
                    }
                    Step::Many { all } if *all || !self.separators.contains(&c) => at,
                    _ => continue,
                };
                alive = true;
                self.enter(to, &mut spare);
            }
            if !alive && later.is_empty() {
                return false;
            }
            std::mem::swap(&mut now, &mut spare);
        }
        now[end]
    }

    /// Goes over what takes several characters at once. One that takes none goes on here.
    fn jump(
        &self,
        place: usize,
        count: usize,
        now: &mut [bool],
        later: &mut Vec<(usize, usize)>,
        text_of: &impl Fn(usize, usize) -> String,
    ) {
        let mut done = vec![false; self.steps.len()];
        loop {
            let next = (0..self.steps.len())
                .find(|at| now[*at] && !done[*at] && matches!(self.steps[*at], Step::Exactly { .. }));
            let Some(at) = next else { return };
            done[at] = true;
            let Step::Exactly { count: width, inner } = &self.steps[at] else { return };
            if place + width > count || !inner.matches(&text_of(place, place + width)) {
                continue;
            }
            if *width == 0 {
                self.enter(at + 1, now);
            } else if !later.contains(&(place + width, at + 1)) {
                later.push((place + width, at + 1));
            }
        }
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
