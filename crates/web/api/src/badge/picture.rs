//! The picture: a field for health, one for sync, and beside them or above them what else was asked for. Colours, measures and the
//! ids of the parts are Argo CD's, so that what reads badges reads ours.

use std::fmt::Write;

use bowline_core_crd::{HealthStatusCode, SyncStatusCode};

const BLUE: &str = "rgb(13, 173, 234)";
const GREEN: &str = "rgb(24, 190, 82)";
const PURPLE: &str = "rgb(178, 102, 255)";
const ORANGE: &str = "rgb(244, 192, 48)";
const RED: &str = "rgb(233, 109, 118)";
const GREY: &str = "rgb(204, 214, 221)";

/// Pixels of the field of health.
const LEFT: usize = 77;
/// Pixels of both fields.
const BOTH: usize = 131;
/// Pixels with a short revision, and with a whole one.
const WITH_REVISION: (usize, usize) = (192, 400);
/// Pixels of a letter of the title.
const LETTER: usize = 6;
/// Pixels of a row.
const ROW: usize = 20;

/// What is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Picture {
    /// How well it is; unknown where empty.
    pub health: HealthStatusCode,
    /// How it compares; unknown where empty.
    pub sync: SyncStatusCode,
    /// There is no such application.
    pub missing: bool,
    /// The name above; nothing where empty.
    pub title: String,
    /// The revision beside; nothing where empty.
    pub revision: String,
    /// Pixels of the whole, where it was asked for.
    pub width: Option<usize>,
}

/// As SVG.
pub(super) fn draw(picture: &Picture) -> String {
    let unknown = |text: &str| if text.is_empty() { "Unknown".to_string() } else { text.to_string() };
    let (health, sync) = (unknown(picture.health.as_str()), unknown(picture.sync.as_str()));
    let (left, right) = if picture.missing { ("Not Found".to_string(), String::new()) } else { (health, sync) };
    let (left_colour, right_colour) = (of_health(&picture.health), of_sync(&picture.sync));
    let revision = if picture.revision.is_empty() { String::new() } else { format!("({})", picture.revision) };
    let natural = match picture.revision.chars().count() {
        0 => BOTH,
        1..=7 => WITH_REVISION.0,
        _ => WITH_REVISION.1,
    };
    let mut width = picture.width.unwrap_or(natural);
    if !picture.title.is_empty() {
        width = width.max(picture.title.chars().count() * LETTER);
    }
    let (top, height) = if picture.title.is_empty() { (0, ROW) } else { (ROW, 2 * ROW) };
    // What there is beside the fields belongs to the revision, or else to the field of sync.
    let right_width = if revision.is_empty() { width.saturating_sub(LEFT) } else { BOTH - LEFT };
    let told: Vec<&str> =
        [picture.title.as_str(), &left, &right, &revision].into_iter().filter(|t| !t.is_empty()).collect();
    let label = escaped(&told.join(", "));
    let mut svg = format!(
        "<svg width=\"{width}\" height=\"{height}\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{label}\"><title>{label}</title>"
    );
    if !picture.title.is_empty() {
        rectangle(&mut svg, "titleRect", "rgb(86, 90, 95)", (0, 0), width);
    }
    rectangle(&mut svg, "leftRect", left_colour, (0, top), LEFT);
    rectangle(&mut svg, "rightRect", right_colour, (LEFT, top), right_width);
    if !revision.is_empty() {
        rectangle(&mut svg, "revisionRect", right_colour, (BOTH, top), width.saturating_sub(BOTH));
    }
    // A knot: two loops of one line.
    let _ = write!(
        svg,
        "<g transform=\"translate(3 {})\" fill=\"none\" stroke=\"#fff\" stroke-width=\"1.6\"><circle cx=\"5\" cy=\"8\" r=\"3\"/><circle cx=\"9\" cy=\"6\" r=\"3\"/></g>",
        top + 3
    );
    svg.push_str(
        "<g fill=\"#fff\" font-family=\"DejaVu Sans,Verdana,sans-serif\" font-size=\"9\" text-anchor=\"middle\">",
    );
    let line = top + 13;
    // The middle of what is left of the first field beside the knot.
    text(&mut svg, "leftText", (LEFT + 16) / 2, line, &left);
    text(&mut svg, "rightText", LEFT + (BOTH - LEFT) / 2, line, &right);
    if !revision.is_empty() {
        text(&mut svg, "revisionText", BOTH + width.saturating_sub(BOTH) / 2, line, &revision);
    }
    if !picture.title.is_empty() {
        text(&mut svg, "titleText", width / 2, 13, &picture.title);
    }
    svg.push_str("</g></svg>");
    svg
}

fn of_health(health: &HealthStatusCode) -> &'static str {
    match health {
        HealthStatusCode::Healthy => GREEN,
        HealthStatusCode::Progressing => BLUE,
        HealthStatusCode::Degraded => RED,
        HealthStatusCode::Suspended => GREY,
        HealthStatusCode::Missing | HealthStatusCode::Unknown => PURPLE,
        HealthStatusCode::Other(word) if word.is_empty() => PURPLE,
        HealthStatusCode::Other(_) => GREY,
    }
}

fn of_sync(sync: &SyncStatusCode) -> &'static str {
    match sync {
        SyncStatusCode::Synced => GREEN,
        SyncStatusCode::OutOfSync => ORANGE,
        SyncStatusCode::Unknown => PURPLE,
        SyncStatusCode::Other(word) if word.is_empty() => PURPLE,
        SyncStatusCode::Other(_) => GREY,
    }
}

fn rectangle(svg: &mut String, id: &str, colour: &str, (x, y): (usize, usize), width: usize) {
    let _ = write!(svg, "<rect id=\"{id}\" fill=\"{colour}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{ROW}\"/>");
}

fn text(svg: &mut String, id: &str, x: usize, y: usize, text: &str) {
    let _ = write!(svg, "<text id=\"{id}\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(text));
}

/// A status may come from anywhere, and the picture is shown inside of pages.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(picture: Picture, there: &[&str], absent: &[&str]) {
        let svg = draw(&picture);
        for part in there {
            assert!(svg.contains(part), "{part} is not in {svg}");
        }
        for part in absent {
            assert!(!svg.contains(part), "{part} is in {svg}");
        }
    }

    #[test]
    fn states_have_their_colours_and_words() {
        let healthy =
            Picture { health: HealthStatusCode::Healthy, sync: SyncStatusCode::OutOfSync, ..Picture::default() };
        check(
            healthy.clone(),
            &[
                "<svg width=\"131\" height=\"20\"",
                "id=\"leftRect\" fill=\"rgb(24, 190, 82)\"",
                "id=\"rightRect\" fill=\"rgb(244, 192, 48)\"",
                ">Healthy</text>",
                ">OutOfSync</text>",
            ],
            &["revisionRect", "titleRect"],
        );
        check(Picture::default(), &["fill=\"rgb(178, 102, 255)\"", ">Unknown</text>"], &[">Healthy"]);
        check(Picture { missing: true, ..Picture::default() }, &[">Not Found</text>"], &["Unknown"]);
        check(
            Picture { revision: "abcdef0".into(), title: "guestbook".into(), ..healthy.clone() },
            &[
                "<svg width=\"192\" height=\"40\"",
                ">(abcdef0)</text>",
                ">guestbook</text>",
                "id=\"leftRect\" fill=\"rgb(24, 190, 82)\" x=\"0\" y=\"20\"",
            ],
            &[],
        );
        check(
            Picture { width: Some(500), ..healthy.clone() },
            &["<svg width=\"500\"", "x=\"77\" y=\"0\" width=\"423\""],
            &[],
        );
        let odd = HealthStatusCode::from("<script>");
        check(Picture { health: odd, ..healthy }, &["&lt;script&gt;", GREY], &["<script>"]);
    }
}
