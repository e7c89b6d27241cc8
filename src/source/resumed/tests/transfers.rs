//! A line that is cut, and what comes when it is taken up again.

use super::*;

#[test]
fn a_transfer_is_taken_up_again_where_it_broke() {
    let from_4 = "bytes=4-9\"one\"";
    check(
        vec![
            (
                "whole",
                vec![answer(200, ETAG, BODY)],
                Ok(Some(BODY)),
                &[""],
            ),
            ("empty", vec![answer(200, ETAG, "")], Ok(Some("")), &[""]),
            (
                "cut once",
                vec![cut(ETAG, 4), rest(ETAG, 4, 6)],
                Ok(Some(BODY)),
                &["", from_4],
            ),
            (
                "cut again and again",
                vec![
                    cut(ETAG, 1),
                    rest(ETAG, 1, 3),
                    rest(ETAG, 4, 0),
                    rest(ETAG, 4, 5),
                    rest(ETAG, 9, 1),
                ],
                Ok(Some(BODY)),
                &["", "bytes=1-9\"one\"", from_4, from_4, "bytes=9-9\"one\""],
            ),
            (
                "cut before each byte",
                vec![
                    cut(ETAG, 4),
                    rest(ETAG, 4, 0),
                    rest(ETAG, 4, 0),
                    rest(ETAG, 4, 0),
                ],
                Err(UNREACHED),
                &["", from_4, from_4, from_4],
            ),
        ],
        0,
    );
}

#[test]
fn what_is_not_the_same_object_at_the_same_place_is_an_error() {
    let other = "ETag: \"two\"\r\n";
    let from_4 = "bytes=4-9\"one\"";
    let wrong_place = format!("{ETAG}Content-Range: bytes 0-5/10\r\n");
    check(
        vec![
            (
                "replaced",
                vec![cut(ETAG, 4), error(412)],
                Err(CHANGED),
                &["", from_4],
            ),
            (
                "replaced behind a store without conditions",
                vec![cut(ETAG, 4), rest(other, 4, 6)],
                Err(CHANGED),
                &["", from_4],
            ),
            (
                "replaced by one of another length",
                vec![
                    cut(ETAG, 4),
                    answer(
                        206,
                        &format!("{ETAG}Content-Range: bytes 4-9/11\r\n"),
                        "456789",
                    ),
                ],
                Err(CHANGED),
                &["", from_4],
            ),
            (
                "another place of the object",
                vec![cut(ETAG, 4), answer(206, &wrong_place, "012345")],
                Err(UNREACHED),
                &["", from_4],
            ),
            (
                "the whole again",
                vec![cut(ETAG, 4), answer(200, ETAG, BODY)],
                Err(UNREACHED),
                &["", from_4],
            ),
            (
                "deleted",
                vec![cut(ETAG, 4), error(404)],
                Err((Kind::NotFound, "no such object")),
                &["", from_4],
            ),
            (
                "denied meanwhile",
                vec![cut(ETAG, 4), error(403)],
                Err((Kind::Source, "denies")),
                &["", from_4],
            ),
            (
                "no version to go on with",
                vec![cut("", 4)],
                Err(UNREACHED),
                &[""],
            ),
        ],
        0,
    );
}

#[test]
fn what_the_client_takes_up_by_itself_is_no_mixture_either() {
    let other = "ETag: \"two\"\r\n";
    let (from_4, ours) = ("bytes=4-9", "bytes=4-9\"one\"");
    check(
        vec![
            (
                "cut once",
                vec![cut(ETAG, 4), rest(ETAG, 4, 6)],
                Ok(Some(BODY)),
                &["", from_4],
            ),
            (
                "cut twice, and slow",
                vec![cut(ETAG, 4), error(503), rest(ETAG, 4, 3), rest(ETAG, 7, 3)],
                Ok(Some(BODY)),
                &["", from_4, from_4, "bytes=7-9"],
            ),
            (
                "replaced",
                vec![cut(ETAG, 4), rest(other, 4, 6), error(412)],
                Err(CHANGED),
                &["", from_4, ours],
            ),
            (
                "replaced by a shorter one",
                vec![cut(ETAG, 4), error(416), error(412)],
                Err(CHANGED),
                &["", from_4, ours],
            ),
            (
                "the whole again",
                vec![cut(ETAG, 4), answer(200, ETAG, BODY)],
                Err((Kind::Source, "before or after the object's length")),
                &["", from_4],
            ),
        ],
        3,
    );
}
