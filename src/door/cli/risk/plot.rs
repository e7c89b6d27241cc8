//! Bars as SVG, narrow enough for a telephone. Colours are the page's, so that both its modes are readable.

use maud::{Markup, html};

/// The width of a plot: what is left of 400 pixels, less the page's margins.
const WIDTH: u32 = 340;

/// Where bars begin, and how long the longest is.
const LEFT: u32 = 105;
const LONGEST: f64 = 130.0;

/// The height of a row.
const ROW: u32 = 24;

/// A bar: its label, its length from 0 to 1, and what it says behind it.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) length: f64,
    pub(super) value: String,
}

/// Bars below each other; `about` tells who cannot see them what they are.
pub(super) fn bars(about: &str, bars: &[Bar]) -> Markup {
    let height = rows(bars.len(), ROW);
    html! {
        svg width=(WIDTH) height=(height) viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(about) {
            @for (row, bar) in bars.iter().enumerate() {
                @let top = rows(row, ROW);
                text x=(LEFT - 8) y=(top + 16) text-anchor="end" { (bar.label) }
                rect x=(LEFT) y=(top + 4) width=(length(bar.length)) height="16" rx="2" style="fill:var(--mark)" {}
                text x=(format!("{:.1}", f64::from(LEFT + 6) + bar.length.clamp(0.0, 1.0) * LONGEST)) y=(top + 16) {
                    (bar.value)
                }
            }
        }
    }
}

/// Two bars below one label, over the whole width.
pub(super) struct Pair {
    pub(super) label: String,
    pub(super) first: (f64, String),
    pub(super) second: (f64, String),
}

/// Pairs below each other: the first bar in one colour, the second in another.
pub(super) fn pairs(about: &str, pairs: &[Pair]) -> Markup {
    const TALL: u32 = 58;
    let height = rows(pairs.len(), TALL);
    html! {
        svg width=(WIDTH) height=(height) viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(about) {
            @for (row, pair) in pairs.iter().enumerate() {
                @let top = rows(row, TALL);
                text x="0" y=(top + 14) style="font-weight:600" { (pair.label) }
                (wide_bar(top + 20, &pair.first, "--mark"))
                (wide_bar(top + 37, &pair.second, "--quasi"))
            }
        }
    }
}

fn wide_bar(top: u32, (share, value): &(f64, String), colour: &str) -> Markup {
    const LONG: f64 = 220.0;
    let width = share.clamp(0.0, 1.0) * LONG;
    html! {
        rect x="0" y=(top) width=(format!("{width:.1}")) height="12" rx="2" style=(format!("fill:var({colour})")) {}
        text x=(format!("{:.1}", width + 6.0)) y=(top + 11) { (value) }
    }
}

fn length(share: f64) -> String {
    format!("{:.1}", share.clamp(0.0, 1.0) * LONGEST)
}

fn rows(count: usize, height: u32) -> u32 {
    u32::try_from(count)
        .unwrap_or(u32::MAX)
        .saturating_mul(height)
}
