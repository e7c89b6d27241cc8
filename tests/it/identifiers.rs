//! Identifiers, as other libraries make and judge them (`tests/python/identifiers.py`).

use std::collections::BTreeMap;

use serde_json::Value;
use veilpoint::identifiers::whole;

use crate::support::python::run_script_in;

/// Of phone numbers so many are known, in per mille: national forms without a division that tells, and a few of other
/// countries, are not. All others are known, or told from what is none.
const PHONES: usize = 985;

#[test]
fn identifiers_are_what_other_libraries_say_they_are() {
    let said = run_script_in("requirements-identifiers.txt", "identifiers.py", &[], b"");
    let mut groups: BTreeMap<String, (usize, Vec<String>)> = BTreeMap::new();
    for line in said.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let (group, text) = (
            row["group"].as_str().unwrap(),
            row["text"].as_str().unwrap(),
        );
        let (count, wrong) = groups.entry(group.to_owned()).or_default();
        *count += 1;
        let known = whole(text).map(|kind| kind.to_string());
        // What is none of its own group may be another's: a social security number that nobody has, a phone's.
        let good = match row["kind"].as_str() {
            Some(kind) => known.as_deref() == Some(kind),
            None => known.as_deref() != Some(group.to_uppercase().as_str()),
        };
        if !good {
            wrong.push(format!("{text}: {known:?}, not {}", row["kind"]));
        }
    }
    let names: Vec<&str> = groups.keys().map(String::as_str).collect();
    assert_eq!(names, ["ahv", "card", "date", "iban", "phone", "ssn"]);
    let mut wrong = Vec::new();
    for (group, (count, mut failed)) in groups {
        let allowed = if group == "phone" {
            count * (1000 - PHONES) / 1000
        } else {
            0
        };
        if count < 300 || failed.len() > allowed {
            wrong.push(format!(
                "{group}: {} of {count}, {allowed} allowed",
                failed.len()
            ));
            wrong.append(&mut failed);
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
