//! Requests that are not answered, or refused.

use super::*;

#[test]
fn what_is_not_answered_is_asked_again_and_what_is_refused_is_not() {
    let (whole, no_line) = (answer(200, ETAG, BODY), String::new());
    check(
        vec![
            (
                "failed",
                vec![error(500), whole.clone()],
                Ok(Some(BODY)),
                &["", ""],
            ),
            (
                "slow",
                vec![error(503), error(503), whole.clone()],
                Ok(Some(BODY)),
                &["", "", ""],
            ),
            (
                "no answer",
                vec![no_line, whole.clone()],
                Ok(Some(BODY)),
                &["", ""],
            ),
            (
                "always slow",
                vec![error(503), error(503), error(503), whole.clone()],
                Err(UNREACHED),
                &["", "", ""],
            ),
            (
                "denied",
                vec![error(403), whole.clone()],
                Err((Kind::Denied, "veilpoint's own rights")),
                &[""],
            ),
            (
                "archived",
                vec![error(400), whole.clone()],
                Err((Kind::Denied, "veilpoint's own rights")),
                &[""],
            ),
            ("not there", vec![error(404), whole], Ok(None), &[""]),
        ],
        2,
    );
    // A port that nobody listens on: it was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let error = read(&bucket(port, 2)).unwrap_err();
    assert_eq!(
        (error.kind(), error.message().contains("cannot be reached")),
        (Kind::Source, true),
        "{error}"
    );
}
