//! What a door is asked, and what it says, in terms that all of them have.

use super::table::{Object, Point};
use crate::support::lambda::Got;

/// The headers that describe a release.
const DESCRIBED: [&str; 6] = [
    "accept-ranges",
    "content-length",
    "content-range",
    "content-type",
    "etag",
    "last-modified",
];

/// What of them 304 needs not to say.
const OF_BYTES: [&str; 4] = [
    "accept-ranges",
    "content-length",
    "content-range",
    "content-type",
];

/// How a release is asked for.
#[derive(Clone, Debug)]
pub struct Way {
    /// What it is called where it goes wrong.
    pub name: String,
    /// GET or HEAD.
    pub method: &'static str,
    /// Whether by the object's own key, and not by the release's.
    pub own_key: bool,
    /// With a question mark in front, or nothing.
    pub query: String,
    /// Headers.
    pub headers: Vec<(&'static str, String)>,
}

/// A front door.
pub trait Door {
    /// What it is called where it goes wrong.
    fn name(&self) -> &'static str;

    /// Asks for an object's release; none where the door has no such way.
    fn ask(&self, point: &Point, object: &Object, way: &Way) -> Option<Told>;

    /// Asks for an access point's listing, by its query; none where the door has no listings.
    fn list(&self, point: &Point, query: &str) -> Option<Got>;
}

/// What a door says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The bytes, or why there are none.
    pub release: Result<Vec<u8>, Refusal>,
    /// Whether the bytes came to the end that was announced.
    pub whole: bool,
    /// The status and the headers of a release; none where the door has neither.
    pub described: Option<Vec<(&'static str, String)>>,
    /// What it should not have said to anybody.
    pub leaked: Vec<String>,
}

/// Why there is no release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// S3's code; empty for HEAD, which has no document.
    pub code: String,
    /// What is said of it.
    pub message: String,
}

impl Told {
    /// An answer of a server.
    pub fn of(got: &Got, leaked: Vec<String>) -> Self {
        let refused = got.status() >= 400;
        let mut described = vec![("status", got.status().to_string())];
        let unchanged = got.status() == 304;
        let named = DESCRIBED
            .into_iter()
            .filter(|name| !(refused || unchanged && OF_BYTES.contains(name)));
        described.extend(named.map(|name| (name, got.header(name).to_owned())));
        let refusal = || Refusal {
            code: got.code(),
            message: message(&got.text()),
        };
        Self {
            release: if refused {
                Err(refusal())
            } else {
                Ok(got.body.clone())
            },
            whole: got.whole,
            described: Some(described),
            leaked,
        }
    }

    /// What another door says otherwise.
    pub fn unlike(&self, other: &Self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.release != other.release {
            let (one, another) = (shown(&self.release), shown(&other.release));
            wrong.push(format!("{one} and {another}, which are others"));
        }
        if self.whole != other.whole {
            wrong.push(format!("whole: {} and {}", self.whole, other.whole));
        }
        let both = self.described.as_ref().zip(other.described.as_ref());
        if let Some((one, another)) = both.filter(|(one, another)| one != another) {
            wrong.push(format!("{one:?} and {another:?}"));
        }
        wrong
    }

    /// The code of a refusal; empty for a release.
    pub fn code(&self) -> &str {
        self.release
            .as_ref()
            .err()
            .map_or("", |refusal| refusal.code.as_str())
    }

    /// The status, where there is one.
    pub fn status(&self) -> &str {
        let described = self.described.iter().flatten();
        let mut named = described.filter(|(name, _)| *name == "status");
        named.next().map_or("", |(_, status)| status)
    }
}

fn shown(release: &Result<Vec<u8>, Refusal>) -> String {
    match release {
        Ok(bytes) => format!("{} bytes", bytes.len()),
        Err(refusal) => format!("{refusal:?}"),
    }
}

/// The message of an error's document.
pub fn message(document: &str) -> String {
    let text = document.split_once("<Message>");
    let text = text.and_then(|(_, rest)| rest.split_once("</Message>"));
    let text = text.map(|(text, _)| text).unwrap_or_default();
    let plain = [
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    plain
        .into_iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
