//! What was measured, as one JSON line.

use std::time::Duration;

use serde_json::json;

/// Which way a figure improves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Smaller is better.
    Less,
    /// Larger is better.
    More,
}

/// One figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What was measured.
    pub bench: &'static str,
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: &'static str,
    /// What it is to be at least, or at most; `None` where it only explains another figure.
    pub target: Option<f64>,
    /// Which way it improves.
    pub better: Better,
}

// === impl Figure ===

impl Figure {
    /// A figure of which less is better.
    pub fn less(bench: &'static str, value: f64, unit: &'static str, target: Option<f64>) -> Figure {
        Figure { bench, value, unit, target, better: Better::Less }
    }

    /// The line that stands for it.
    pub fn line(&self) -> String {
        let value = (self.value * 1000.0).round() / 1000.0;
        let better = match self.better {
            Better::Less => "less",
            Better::More => "more",
        };
        json!({"bench": self.bench, "value": value, "unit": self.unit, "target": self.target, "better": better})
            .to_string()
    }

    /// Prints the line.
    #[expect(clippy::print_stdout, reason = "the figures are what a bench is asked for")]
    pub fn print(&self) {
        println!("{}", self.line());
    }
}

/// The time that `share` (0 to 1) of the times do not exceed, in milliseconds.
pub fn at(share: f64, times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort();
    let rank = (share * times.len() as f64).ceil() as usize;
    times.get(rank.saturating_sub(1)).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_times() {
        let times: Vec<Duration> = (1..=100).rev().map(Duration::from_millis).collect();
        assert_eq!((at(0.5, &times), at(0.99, &times), at(1.0, &times)), (50.0, 99.0, 100.0));
        assert_eq!((at(0.5, &times[..1]), at(0.0, &times[..1])), (100.0, 100.0));
        assert!(at(0.5, &[]).is_nan());
    }

    #[test]
    fn a_line() {
        let line = Figure::less("start", 1.23456, "ms", Some(20.0)).line();
        assert_eq!(line, r#"{"bench":"start","better":"less","target":20.0,"unit":"ms","value":1.235}"#);
    }
}
