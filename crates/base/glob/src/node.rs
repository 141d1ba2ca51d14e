//! A pattern as a tree, and what the library makes of it.
//!
//! gobwas/glob asks of each part how long what it matches is. For braces it goes by the first way whose length is fixed, even where
//! a way before that is not: it takes `{w*,x}` for one character. Parts of a fixed length that stand side by side are matched as one
//! row, each over exactly its length. So `{w*,x}/*` matches `w/a` and `x/a` and not `web/a`, while `{x,w*}/*` matches all three.

use crate::program::{Program, Step};

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Text(Vec<char>),
    One,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    Many {
        all: bool,
    },
    /// `{a,b}`.
    Group(Vec<Vec<Node>>),
    /// Parts that stand for one, where ways begin or end alike.
    Sequence(Vec<Node>),
}

/// How long what a part matches is, as the library sees it; `None` where that differs.
type Width = Option<usize>;

/// One or several neighbours that are matched together.
#[derive(Clone, Debug)]
struct Glued {
    /// The first of them and the one behind the last.
    from: usize,
    to: usize,
    width: Width,
    /// Whether they are one part still.
    row: bool,
    /// Whether nothing but stars and single characters is in it.
    loose: bool,
}

/// The steps of a pattern.
pub(crate) fn steps(nodes: &[Node], separators: &[char]) -> Vec<Step> {
    let mut steps = Vec::new();
    emit(&nodes.iter().map(factored).collect::<Vec<_>>(), separators, &mut steps);
    steps
}

/// The part with what its ways have in common at their ends put before and behind them.
fn factored(node: &Node) -> Node {
    let Node::Group(ways) = node else { return node.clone() };
    let ways: Vec<Vec<Node>> = ways.iter().map(|way| way.iter().map(factored).collect()).collect();
    let (Some(shortest), true) = (ways.iter().map(Vec::len).min(), ways.len() > 1) else { return Node::Group(ways) };
    let alike = |at: &dyn Fn(&Vec<Node>) -> Node| ways.iter().all(|way| at(way) == at(&ways[0]));
    let left = (0..shortest).take_while(|i| alike(&|way| way[*i].clone())).count();
    let right = (0..shortest - left).take_while(|i| alike(&|way| way[way.len() - 1 - *i].clone())).count();
    if left + right == 0 {
        return Node::Group(ways);
    }
    let (before, behind) = (ways[0][..left].to_vec(), ways[0][ways[0].len() - right..].to_vec());
    let mut between: Vec<Vec<Node>> = Vec::new();
    for way in &ways {
        let rest = way[left..way.len() - right].to_vec();
        if !between.contains(&rest) {
            between.push(rest);
        }
    }
    let mut parts = Vec::new();
    if left > 0 {
        parts.push(Node::Sequence(before));
    }
    match &between[..] {
        [one] if one.is_empty() => {}
        [one] => parts.push(Node::Sequence(one.clone())),
        _ => parts.push(Node::Group(between)),
    }
    if right > 0 {
        parts.push(Node::Sequence(behind));
    }
    Node::Sequence(parts)
}

fn width(node: &Node) -> Width {
    match node {
        Node::Text(text) => Some(text.len()),
        Node::One | Node::Class { .. } => Some(1),
        Node::Many { .. } => None,
        Node::Sequence(nodes) => width_of_all(nodes),
        Node::Group(ways) => {
            let mut known: Width = None;
            for way in ways {
                match (known, width_of_all(way)) {
                    (None, width) => known = width,
                    (Some(known), Some(width)) if known == width => {}
                    _ => return None,
                }
            }
            known
        }
    }
}

fn width_of_all(nodes: &[Node]) -> Width {
    glued(nodes).iter().try_fold(0, |sum, glued| glued.width.map(|width| sum + width))
}

/// Neighbours put together: the longest run first, and of equals the first.
fn glued(nodes: &[Node]) -> Vec<Glued> {
    let is_loose = |node: &Node| matches!(node, Node::One | Node::Many { .. } | Node::Class { negated: true, .. });
    let single = |(at, node): (usize, &Node)| Glued {
        from: at,
        to: at + 1,
        width: width(node),
        row: false,
        loose: is_loose(node),
    };
    let mut parts: Vec<Glued> = nodes.iter().enumerate().map(single).collect();
    loop {
        let mut best: Option<(usize, usize, Glued)> = None;
        for from in 0..parts.len() {
            for to in (from + 2..=parts.len()).rev() {
                let Some(glued) = glue(&parts[from..to]) else { continue };
                let better = best.as_ref().is_none_or(|(start, end, known)| {
                    matches!((known.width, glued.width), (Some(known), Some(width)) if width > known)
                        || end - start < to - from
                });
                if better {
                    best = Some((from, to, glued));
                }
            }
        }
        let Some((from, to, glued)) = best else { return parts };
        parts.splice(from..to, [glued]);
    }
}

fn glue(parts: &[Glued]) -> Option<Glued> {
    let (first, last) = (parts.first()?, parts.last()?);
    let (from, to) = (first.from, last.to);
    if parts.iter().all(|part| part.loose && !part.row) {
        return Some(Glued { from, to, width: None, row: false, loose: false });
    }
    let width = parts.iter().try_fold(0, |sum, part| part.width.map(|width| sum + width))?;
    Some(Glued { from, to, width: Some(width), row: true, loose: false })
}

fn emit(nodes: &[Node], separators: &[char], steps: &mut Vec<Step>) {
    let glued = glued(nodes);
    for (at, node) in nodes.iter().enumerate() {
        let in_row = glued.iter().any(|part| part.row && (part.from..part.to).contains(&at));
        match (node, width(node).filter(|_| in_row)) {
            // In a row the library cannot match what it takes for nothing: `{*x,x}` matches nothing at all.
            (Node::Group(_) | Node::Sequence(_), Some(0)) if !is_plain(node) => steps.push(Step::Split(Vec::new())),
            (Node::Group(_) | Node::Sequence(_), Some(count)) if !is_plain(node) => {
                let mut inner = Vec::new();
                emit_one(node, separators, &mut inner);
                steps.push(Step::Exactly { count, inner: Program { steps: inner, separators: separators.to_vec() } });
            }
            _ => emit_one(node, separators, steps),
        }
    }
}

/// Whether all that it matches is of one length anyway.
fn is_plain(node: &Node) -> bool {
    fn true_width(node: &Node) -> Width {
        match node {
            Node::Group(ways) => {
                let mut widths = ways.iter().map(|way| way.iter().try_fold(0, |sum, n| true_width(n).map(|w| sum + w)));
                let first = widths.next()??;
                widths.all(|width| width == Some(first)).then_some(first)
            }
            Node::Sequence(nodes) => nodes.iter().try_fold(0, |sum, node| true_width(node).map(|width| sum + width)),
            node => width(node),
        }
    }
    true_width(node).is_some()
}

fn emit_one(node: &Node, separators: &[char], steps: &mut Vec<Step>) {
    match node {
        Node::Text(text) => steps.extend(text.iter().map(|c| Step::Char(*c))),
        Node::One => steps.push(Step::One),
        Node::Class { negated, ranges } => steps.push(Step::Class { negated: *negated, ranges: ranges.clone() }),
        Node::Many { all } => steps.push(Step::Many { all: *all }),
        Node::Sequence(nodes) => emit(nodes, separators, steps),
        Node::Group(ways) => {
            let split = steps.len();
            steps.push(Step::Split(Vec::new()));
            let (mut starts, mut jumps) = (Vec::new(), Vec::new());
            for way in ways {
                starts.push(steps.len());
                emit(way, separators, steps);
                jumps.push(steps.len());
                steps.push(Step::Jump(0));
            }
            let after = steps.len();
            for jump in jumps {
                steps[jump] = Step::Jump(after);
            }
            steps[split] = Step::Split(starts);
        }
    }
}
