//! Pages for people: one file each, without a script and without a request to anywhere, readable in light and in dark,
//! on a wide screen and on a telephone.
//!
//! Text is escaped by `maud`. A page never holds more than what its command prints to a terminal.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The one style of all pages.
const STYLE: &str = include_str!("page.css");

/// A whole page: its title stands in the window and at its top, `about` below it in one sentence.
pub(super) fn page(title: &str, about: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Veilpoint" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { h1 { (title) } p { (about) } }
                main { (body) }
            }
        }
    }
    .into_string()
}

/// Wide content that scrolls by itself, so that the page does not.
pub(super) fn wide(content: &Markup) -> Markup {
    html! { div.wide tabindex="0" { (content) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_whole_in_itself_and_escapes_what_it_is_given() {
        let text = page("a <b> & c", "\"d\"", &html! { p { ("<script>") } });
        assert!(text.contains("<h1>a &lt;b&gt; &amp; c</h1>"), "{text}");
        assert!(text.contains("<p>&lt;script&gt;</p>"), "{text}");
        for foreign in ["<script", "http:", "https:", "url(", "@import", "src="] {
            assert!(!text.contains(foreign), "{foreign}");
        }
    }
}
