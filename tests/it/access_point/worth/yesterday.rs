//! A query that goes on over midnight.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate, Utc};
use serde_json::json;

use super::Expected::{Part, Unchanged, Whole};
use super::unlike;
use crate::access_point::stage::{Stage, payload};

#[test]
fn a_query_that_began_yesterday_goes_on_with_yesterday_s_release() {
    let stage = Stage::new();
    // Born on each day of the year: whatever today is, somebody's birthday is.
    let mut raw =
        String::from("Fullname,SSN,Phone,Birthdate,Gender,Smoking,Weight,Height,Disease,Address\n");
    for day in 0..365 {
        let born = NaiveDate::from_ymd_opt(1971, 1, 1).unwrap() + Days::new(day);
        writeln!(
            raw,
            "Name {day},DE-{day},1,{born},Female,FALSE,64,171,Asthma,Street"
        )
        .unwrap();
    }
    stage.put("patients.csv", raw, 1);
    // Over midnight it is looked at once more.
    let (mut wrong, mut begun) = (Vec::new(), None);
    while begun != Some(Utc::now().date_naive()) {
        let today = Utc::now().date_naive();
        begun = Some(today);
        wrong = unlike_yesterday(&stage, &(today - Days::new(1)).to_string());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn unlike_yesterday(stage: &Stage, yesterday: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for format in ["parquet", "csv"] {
        let point = |name: &str, as_of: &str| {
            let payload = payload("patients/analytics", format, &json!({"as_of": as_of}));
            format!("{}/patients.{format}", stage.point(name, &payload))
        };
        let (now, then) = (point("today", "today"), point("then", yesterday));
        let old = stage.ask("GET", &then, &[]);
        let fresh = stage.ask("GET", &now, &[]);
        let etag = old.header("etag").to_owned();
        if old.status() != 200
            || fresh.status() != 200
            || fresh.body == old.body
            || fresh.header("etag") == etag
        {
            wrong.push(format!(
                "{format}: today's release is not another than yesterday's"
            ));
        }
        let rows = [
            ("HEAD", ("If-Match", etag.as_str()), Whole),
            ("GET", ("If-Match", etag.as_str()), Whole),
            ("GET", ("If-None-Match", etag.as_str()), Unchanged),
        ];
        // Not to have yesterday's is not to ask for it.
        for (method, header, expected) in &rows[..2] {
            let got = stage.ask(method, &now, &[*header]);
            wrong.extend(
                unlike(&got, method, &old, expected)
                    .into_iter()
                    .map(|what| format!("{format} {method}: {what}")),
            );
            let ranged = [*header, ("Range", "bytes=4-99")];
            let got = stage.ask(method, &now, &ranged);
            wrong.extend(
                unlike(&got, method, &old, &Part(4..100))
                    .into_iter()
                    .map(|what| format!("{format} {method} of a range: {what}")),
            );
        }
        let got = stage.ask("GET", &now, &[rows[2].1]);
        if got.status() != 200 || got.body != fresh.body {
            wrong.push(format!(
                "{format}: If-None-Match of yesterday's is answered {}",
                got.status()
            ));
        }
    }
    wrong
}
