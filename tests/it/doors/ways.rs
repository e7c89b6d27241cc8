//! How a release is asked for.

use super::door::Way;

/// The media type of a format.
fn media(format: &str) -> &'static str {
    match format {
        "csv" => "text/csv",
        _ => "application/vnd.apache.parquet",
    }
}

/// All of it, by its own key.
pub fn plain() -> Way {
    Way {
        name: "GET".to_owned(),
        method: "GET",
        own_key: false,
        query: String::new(),
        headers: Vec::new(),
    }
}

/// Every way, of a release in this format. The first is all of it, by its own key.
pub fn ways(format: &str) -> Vec<Way> {
    let none = || "\"00000000000000000000000000000000-1\"".to_owned();
    let own = ("x-veilpoint-format", format.to_owned());
    let accepted = ("Accept", media(format).to_owned());
    let range = |range: &str| vec![("Range", range.to_owned())];
    let rows = [
        ("all", "GET", false, "", vec![]),
        ("its head", "HEAD", false, "", vec![]),
        ("by the object's key", "GET", true, "", vec![own.clone()]),
        ("by Accept", "GET", true, "", vec![accepted.clone()]),
        ("head by the object's key", "HEAD", true, "", vec![own]),
        ("head by Accept", "HEAD", true, "", vec![accepted]),
        ("the first bytes", "GET", false, "", range("bytes=0-9")),
        ("the last bytes", "GET", false, "", range("bytes=-8")),
        ("more than all", "GET", false, "", range("bytes=-99999999")),
        ("from a byte on", "GET", false, "", range("bytes=4-")),
        ("over the end", "GET", false, "", range("bytes=1-99999999")),
        ("behind the end", "GET", false, "", range("bytes=99999999-")),
        (
            "head behind the end",
            "HEAD",
            false,
            "",
            range("bytes=99999999-"),
        ),
        ("no range", "GET", false, "", range("bytes=b-a")),
        ("head of a range", "HEAD", false, "", range("bytes=0-9")),
        ("a part", "GET", false, "?partNumber=1", vec![]),
        ("a part that is none", "GET", false, "?partNumber=2", vec![]),
        (
            "what is there",
            "GET",
            false,
            "",
            vec![("If-Match", "*".to_owned())],
        ),
        ("another", "GET", false, "", vec![("If-Match", none())]),
        (
            "head of another",
            "HEAD",
            false,
            "",
            vec![("If-Match", none())],
        ),
        (
            "what is new",
            "GET",
            false,
            "",
            vec![("If-None-Match", none())],
        ),
        (
            "nothing",
            "GET",
            false,
            "",
            vec![("If-None-Match", "*".to_owned())],
        ),
        (
            "head of nothing",
            "HEAD",
            false,
            "",
            vec![("If-None-Match", "*".to_owned())],
        ),
        (
            "signed checksums",
            "GET",
            false,
            "",
            vec![("x-amz-checksum-mode", "ENABLED".to_owned())],
        ),
    ];
    let rows = rows.into_iter();
    rows.map(|(name, method, own_key, query, headers)| Way {
        name: name.to_owned(),
        method,
        own_key,
        query: query.to_owned(),
        headers,
    })
    .collect()
}
