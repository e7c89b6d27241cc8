//! Edits of reference tables: what they change, and what stays in force where one is wrong.

use super::*;

const REGION: &str =
    r#"SELECT "Ward", w.region FROM visits LEFT JOIN wards AS w ON w.ward = visits."Ward""#;

const TABLE: &str = "CREATE EXTERNAL TABLE wards (ward VARCHAR PRIMARY KEY COMMENT 'insensitive', \
                     region VARCHAR COMMENT 'insensitive') STORED AS CSV LOCATION 'wards.csv'";

const ROWS: &str = "ward,region\nA,north\nB,south\n";

/// Two projections, of which one joins a table.
fn joined() -> Texts {
    folder(&[
        ("visits/schema.sql", &visits()),
        ("visits/ward.sql", WARD),
        ("visits/region.sql", REGION),
        ("reference/wards.sql", TABLE),
        ("reference/wards.csv", ROWS),
    ])
}

fn prove(texts: &Texts, previous: Option<&Catalog>) -> Catalog {
    Catalog::prove(texts, "sql", previous, read)
}

/// The rows of the table that a projection in force joins, and how it stands in its hashes.
fn state(catalog: &Catalog) -> (usize, String) {
    let served = get(catalog, "visits/region");
    let table = served.contract.references.get("wards").unwrap();
    let rows = table.column(0).unwrap().len();
    (rows, served.references_sha256["wards.csv"].clone())
}

fn hash(text: &str) -> String {
    use sha2::Digest;
    data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(text))
}

#[test]
fn a_projection_names_the_files_of_the_tables_that_it_joins() {
    let catalog = prove(&joined(), None);
    assert_eq!(refused(&catalog, None).0, Vec::<String>::new());
    let names: Vec<String> = catalog.names().map(ToString::to_string).collect();
    assert_eq!(names, ["visits/region", "visits/ward"]);
    let hashes = |name| get(&catalog, name).references_sha256.clone();
    assert_eq!(hashes("visits/ward"), Hashes::new());
    let expected = [("wards.csv", ROWS), ("wards.sql", TABLE)];
    let expected = expected.map(|(file, text)| (file.to_owned(), hash(text)));
    assert_eq!(hashes("visits/region"), Hashes::from(expected));
}

#[test]
fn a_changed_table_is_a_change_of_the_projections_that_join_it() {
    let first = prove(&joined(), None);
    let more = format!("{ROWS}C,west\n");
    let texts = edited(&joined(), &[("reference/wards.csv", Some(&more))]);
    let second = prove(&texts, Some(&first));
    let same = |name| Arc::ptr_eq(&get(&first, name), &get(&second, name));
    assert!(same("visits/ward") && !same("visits/region"));
    assert_eq!(state(&first), (2, hash(ROWS)));
    assert_eq!(state(&second), (3, hash(&more)));
}

/// Each of these is refused, and leaves in force what was.
#[test]
fn a_wrong_table_leaves_the_version_before_in_force_and_is_said() {
    let first = prove(&joined(), None);
    let sql = |from: &str, to: &str| TABLE.replacen(from, to, 1);
    let (schema, rows) = ("reference/wards.sql", "reference/wards.csv");
    let mut wrong = Vec::new();
    for (name, path, text, says) in [
        (
            "a key twice",
            rows,
            Some(format!("{ROWS}A,west\n")),
            "sql/reference/wards.csv: record 3, column \"ward\": this record's key stands",
        ),
        (
            "a field more",
            rows,
            Some(format!("{ROWS}C,west,x\n")),
            "sql/reference/wards.csv: record 3: another width",
        ),
        (
            "no rows",
            rows,
            None,
            "sql/reference/wards.csv: there is no",
        ),
        (
            "no contract",
            schema,
            None,
            "sql/reference/wards.sql: there is no such file",
        ),
        (
            "no key",
            schema,
            Some(sql(" PRIMARY KEY", "")),
            "sql/reference/wards.sql: a reference table has one column",
        ),
        (
            "a column of another class",
            schema,
            Some(sql(
                "region VARCHAR COMMENT 'insensitive'",
                "region VARCHAR",
            )),
            "sql/reference/wards.sql:1:78: column \"region\": a reference table is public",
        ),
        (
            "a column that is joined goes",
            schema,
            Some(sql("region VARCHAR", "area VARCHAR")),
            "there is no column \"region\"",
        ),
    ] {
        let texts = edited(&joined(), &[(path, text.as_deref())]);
        let second = prove(&texts, Some(&first));
        if state(&second) != state(&first) {
            wrong.push(format!("{name}: another table is in force"));
        }
        let told: Vec<String> = second.refusals().map(|(_, e)| e.to_string()).collect();
        if !matches!(told.as_slice(), [one] if one.contains(says)) {
            wrong.push(format!("{name}: says {told:?}"));
        }
        // Said once, and taken back by the edit that is right again.
        let third = prove(&texts, Some(&second));
        if third.new_refusals(Some(&second)).next().is_some() {
            wrong.push(format!("{name}: is said twice"));
        }
        let again = prove(&joined(), Some(&third));
        if refused(&again, None).0 != Vec::<String>::new() || state(&again) != state(&first) {
            wrong.push(format!("{name}: is not forgiven"));
        }
        // Where nothing was in force, nothing is.
        let error = refusal(&prove(&texts, None), "visits/region");
        let kinds = [Kind::Contract, Kind::Projection];
        if !error.to_string().contains(says) || !kinds.contains(&error.kind()) {
            wrong.push(format!("{name}: alone says {error}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn both_files_gone_is_no_table_and_leaves_the_version_before_in_force() {
    let first = prove(&joined(), None);
    let gone = [("reference/wards.sql", None), ("reference/wards.csv", None)];
    let texts = edited(&joined(), &gone);
    let second = prove(&texts, Some(&first));
    assert_eq!(state(&second), state(&first));
    assert_eq!(refused(&second, Some(&first)).1, ["visits/region"]);
    let error = refusal(&prove(&texts, None), "visits/region").to_string();
    assert!(error.contains("no reference table"), "{error}");
}

#[test]
fn a_refused_projection_goes_on_with_the_tables_and_the_contract_of_now() {
    let first = prove(&joined(), None);
    let more = format!("{ROWS}C,west\n");
    // The projection is wrong, the table is edited: the version before, with the table of now.
    let leak = REGION.replacen("\"Ward\",", "\"Name\",", 1);
    let edits = [
        ("visits/region.sql", Some(leak.as_str())),
        ("reference/wards.csv", Some(&more)),
    ];
    let second = prove(&edited(&joined(), &edits), Some(&first));
    assert_eq!(state(&second), (3, hash(&more)));
    assert_eq!(
        get(&second, "visits/region").projection_sha256,
        hash(REGION)
    );
    // The table is wrong, the contract is edited: the contract of now, with the table before.
    let schema = contract("visits", r#", "Room" INT COMMENT 'insensitive'"#);
    let edits = [
        ("visits/schema.sql", Some(schema.as_str())),
        ("reference/wards.csv", Some("")),
        ("reference/wards.sql", Some("no SQL")),
    ];
    let third = prove(&edited(&joined(), &edits), Some(&first));
    assert_eq!(state(&third), state(&first));
    assert_eq!(get(&third, "visits/region").contract_sha256, hash(&schema));
    // Whoever declares a column secret is obeyed at once, table or not.
    let secret = contract("visits", "").replace("insensitive", "direct identifier");
    let edits = [
        ("visits/schema.sql", Some(secret.as_str())),
        ("reference/wards.sql", Some("no SQL")),
    ];
    let fourth = prove(&edited(&joined(), &edits), Some(&first));
    refusal(&fourth, "visits/region");
}

#[test]
fn a_table_is_read_once_a_version_and_a_wrong_one_that_nobody_joins_refuses_nobody() {
    let mut texts = joined();
    texts.extend(folder(&[
        ("visits/again.sql", REGION),
        ("reference/idle.sql", "no SQL"),
        ("reference/idle.csv", ""),
    ]));
    let start = READ.get();
    let mut catalog = prove(&texts, None);
    for number in 0..3 {
        let comment = format!("-- {number}\n{REGION}");
        let text: Text = Ok(comment.into());
        texts.insert("visits/again.sql".to_owned(), text);
        catalog = prove(&texts, Some(&catalog));
        // Also when an edit between has nothing to do with it.
        let text: Text = Ok(format!("-- {number}\n{WARD}").into());
        texts.insert("visits/ward.sql".to_owned(), text);
        catalog = prove(&texts, Some(&catalog));
    }
    assert_eq!(READ.get() - start, 1);
    assert_eq!(refused(&catalog, None).0, Vec::<String>::new());
}
