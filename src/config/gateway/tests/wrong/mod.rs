//! What is refused: each mistake at its line and column, with its remedy, and never with a value.

mod credentials;
mod head;
mod points;
mod text;

use super::*;

/// A name, the text (`§` is [`POINT`]), and how each line of the message begins behind the file's name.
type Row = (&'static str, &'static str, &'static [&'static str]);

/// Mistakes of all parts in one file, and where a column counts characters.
const TOGETHER: [Row; 2] = [
    (
        "everywhere",
        "lisen = 1\nregion = \"\"\ncache = 1\n§format = \"xml\"\n[[credentials]]\naccess_key_id = \"a\"\nsecret_access_key = { env = \"UNSET\" }\naccess_points = [\"a-1\"]\n",
        &["1:1: ", "2:10: ", "3:9: ", "7:10: ", "9:17: "],
    ),
    (
        "letters of two bytes",
        "\u{feff}cache = { path = \"äöü\", max_bytes = 1 } # é\r\nrégion = 1\r\n§",
        &["2:2: this is not TOML"],
    ),
];

#[test]
fn each_mistake_is_said_at_its_place_with_its_remedy_and_without_values() {
    let site = Site::new();
    let all = [
        text::SYNTAX.as_slice(),
        &text::KEYS,
        &head::HEAD,
        &points::POINTS,
        &credentials::CREDENTIALS,
        &TOGETHER,
    ];
    let mut wrong = Vec::new();
    for (name, text, expected) in all.into_iter().flatten() {
        let Err(error) = site.load(text) else {
            wrong.push(format!("{name}: is read"));
            continue;
        };
        // A key is shown, a value never.
        let is_key = *name == "an unknown key";
        let quotes = error.to_string().contains("CANARY") && !is_key;
        let said: Vec<&str> = error.message().lines().collect();
        let path = format!("{}:", site.path("veilpoint.toml").display());
        let alike = said.len() == expected.len()
            && said.iter().zip(*expected).all(|(said, expected)| {
                said.strip_prefix(&path)
                    .is_some_and(|said| said.starts_with(expected))
            });
        if !alike || quotes || error.kind() != crate::Kind::Settings {
            let said = error.message().replace(&path, "");
            wrong.push(format!("{name}: {expected:#?} and not\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_is_no_text_or_no_file_is_refused() {
    let site = Site::new();
    let mut wrong = Vec::new();
    site.write(
        "latin1.toml",
        0o644,
        b"region = \"eu\"\nsql = \"CANARY \xe9\"\n",
    );
    site.write("long.toml", 0o644, &vec![b'#'; (1 << 20) + 1]);
    for (file, expected) in [
        ("latin1.toml", "latin1.toml:2:15: this is not text in UTF-8"),
        ("long.toml", "long.toml: this is longer than 1 MiB"),
        ("none.toml", "none.toml: the settings cannot be read"),
        ("raw", "raw: the settings cannot be read"),
    ] {
        let error = block_on(Gateway::load(&site.path(file))).err();
        let message = error.map(|error| error.to_string()).unwrap_or_default();
        if !message.contains(expected) || message.contains("CANARY") {
            wrong.push(format!("{file}: {message}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
