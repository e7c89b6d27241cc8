//! Which object is read for a key: the one that is asked for, one with another suffix, or none.

use super::event::ALIAS;
use super::stage::{AS_OF, Stage, gzip, sample};
use crate::support::lambda::Source;

/// A key, what lies in the bucket beside it, what the presigned URL says, and what is read for it.
type Elsewhere = (
    &'static str,
    &'static [&'static str],
    Option<(u16, &'static str)>,
    Result<&'static str, (&'static str, &'static str)>,
);

const NO_SUCH_KEY: (&str, &str) = ("404", "NoSuchKey");

const ELSEWHERE: [Elsewhere; 9] = [
    (
        "patients.parquet",
        &["patients.csv"],
        None,
        Ok("patients.csv"),
    ),
    (
        "patients.parquet",
        &["patients.csv.gz"],
        None,
        Ok("patients.csv.gz"),
    ),
    (
        "patients.csv",
        &["patients.csv.gz"],
        None,
        Ok("patients.csv.gz"),
    ),
    (
        "a/patients.parquet",
        &["a/patients.csv", "a/patients.csv.gz"],
        None,
        Ok("a/patients.csv"),
    ),
    // Whoever lists such a key may read it, whatever else lies there.
    (
        "patients.parquet",
        &["patients.csv", "patients.parquet"],
        None,
        Ok("patients.csv"),
    ),
    ("patients.parquet", &[], None, Err(NO_SUCH_KEY)),
    (
        "a/patients.parquet",
        &["patients.csv"],
        None,
        Err(NO_SUCH_KEY),
    ),
    // Who may not read the key that was asked for gets nothing by the function's own rights.
    (
        "patients.parquet",
        &["patients.csv"],
        Some((403, "AccessDenied")),
        Err(("403", "AccessDenied")),
    ),
    (
        "patients.parquet",
        &["patients.csv"],
        Some((503, "SlowDown")),
        Err(("503", "SlowDown")),
    ),
];

#[test]
fn a_key_with_another_suffix_is_read_with_the_function_s_own_role() {
    let mut wrong = Vec::new();
    for (row, (key, objects, says, expected)) in ELSEWHERE.into_iter().enumerate() {
        let stage = Stage::new();
        for object in objects {
            let packed = object.ends_with("csv.gz");
            let bytes = if packed { gzip(&sample()) } else { sample() };
            stage.put(object, Source::Object(bytes));
        }
        if let Some((status, code)) = says {
            stage.put(key, Source::Refused(status, code));
        }
        let event = stage.get(key, "patients/analytics");
        let outcome = stage.ask(&event);
        let answer = outcome.answer();
        let complaint = match expected {
            Ok(object) => {
                let format = key.rsplit('.').next().unwrap();
                let release = stage.converted(&sample(), "patients/analytics", format, AS_OF);
                let read = format!("GET /{ALIAS}/{object}");
                let unread = !outcome.asked.contains(&read);
                let unread = unread.then(|| format!("reads {:?}", outcome.asked));
                outcome.unlike_release(&release).or(unread)
            }
            Err((status, code)) => {
                let said = ["status", "error-code"]
                    .map(|name| answer.head.header(&format!("x-amz-fwd-{name}")));
                (said != [Some(status), Some(code)]).then(|| format!("says {said:?}"))
            }
        };
        wrong.extend(complaint.map(|what| format!("row {row}, {key}: {what}")));
        let first = outcome.asked.first();
        if first.is_none_or(|asked| *asked != format!("GET /{ALIAS}/{key}")) {
            wrong.push(format!(
                "row {row}, {key}: the presigned URL is not asked first"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_key_that_no_dataset_owns_does_not_exist_and_nothing_is_fetched() {
    let stage = Stage::new();
    let mut wrong = Vec::new();
    for key in [
        "secrets.csv",
        "patient.csv",
        "patients.csv.exe",
        "patients.json",
        "patients",
        "people.csv",
        "a/secrets.parquet",
        "patients.csv/secrets",
        "sql/patients/schema.sql",
        "..%2Fpatients.json",
        // Slashes behind the first are the key's.
        "/patients.csv",
        "/a/patients.parquet",
        "a//patients.csv",
        "%2Fpatients.csv",
    ] {
        stage.put(key, Source::Object(sample()));
        let event = stage.get(key, "patients/analytics");
        let outcome = stage.ask(&event);
        let head = &outcome.answer().head;
        let said = (
            head.header("x-amz-fwd-status"),
            head.header("x-amz-fwd-error-code"),
        );
        if said != (Some("404"), Some("NoSuchKey")) || !outcome.asked.is_empty() {
            wrong.push(format!("{key}: {said:?}, reads {:?}", outcome.asked));
        }
        if stage
            .line(&event)
            .get("key")
            .is_some_and(|key| !key.is_null())
        {
            wrong.push(format!("{key}: its name is in the log"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
