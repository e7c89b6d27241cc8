//! Edits of a folder, one after another, and what is in force after each.

mod references;

use std::cell::Cell;

use arrow::array::{ArrayRef, StringArray};
use arrow::record_batch::RecordBatch;

use super::*;
use crate::error::Kind;

thread_local! {
    /// How many tables were read.
    static READ: Cell<usize> = const { Cell::new(0) };
}

/// Reads a table of plain text, in its contract's order; one line more or less than a field each is wrong.
fn read(contract: &Contract, text: &Arc<str>) -> Result<RecordBatch> {
    READ.set(READ.get() + 1);
    let width = contract.columns.len();
    let mut columns = vec![Vec::new(); width];
    for (line, record) in text.lines().skip(1).zip(1..) {
        let fields: Vec<&str> = line.split(',').collect();
        if fields.len() != width {
            return Err(Error::new(Kind::FieldCount, "another width").at_record(record));
        }
        for (column, field) in columns.iter_mut().zip(fields) {
            column.push(field);
        }
    }
    let arrays = columns.into_iter();
    let arrays = arrays.map(|values| Arc::new(StringArray::from(values)) as ArrayRef);
    Ok(RecordBatch::try_new(contract.schema(0..width), arrays.collect()).unwrap())
}

const COLUMNS: &str =
    r#""Name" VARCHAR COMMENT 'direct identifier', "Ward" VARCHAR COMMENT 'insensitive'"#;

const WARD: &str = r#"SELECT "Ward" FROM visits"#;
const COST: &str = r#"SELECT "Ward", "Cost" FROM visits"#;
const NAME: &str = r#"SELECT "Name" FROM visits"#;

fn contract(dataset: &str, more: &str) -> String {
    format!(
        "CREATE EXTERNAL TABLE {dataset} ({COLUMNS}{more}) STORED AS CSV LOCATION '{dataset}*.csv'"
    )
}

/// The contract of visits, with the column that one of the projections needs.
fn visits() -> String {
    contract("visits", r#", "Cost" INT COMMENT 'insensitive'"#)
}

fn folder(files: &[(&str, &str)]) -> Texts {
    let files = files.iter();
    files
        .map(|(path, text)| ((*path).to_owned(), Ok(Arc::from(*text))))
        .collect()
}

/// Two projections of visits, and one of wards.
fn start() -> Texts {
    folder(&[
        ("visits/schema.sql", &visits()),
        ("visits/ward.sql", WARD),
        ("visits/cost.sql", COST),
        ("wards/schema.sql", &contract("wards", "")),
        ("wards/all.sql", r#"SELECT "Ward" FROM wards"#),
    ])
}

/// The folder with some files edited; those without a text are deleted.
fn edited(texts: &Texts, edits: &[(&str, Option<&str>)]) -> Texts {
    let mut texts = texts.clone();
    for (path, text) in edits {
        match text {
            Some(text) => texts.insert((*path).to_owned(), Ok(Arc::from(*text))),
            None => texts.remove(*path),
        };
    }
    texts
}

fn named(name: &str) -> ProjectionName {
    name.parse().unwrap()
}

fn get(catalog: &Catalog, name: &str) -> Arc<Served> {
    catalog.get(&named(name)).unwrap()
}

fn refusal(catalog: &Catalog, name: &str) -> Error {
    catalog.get(&named(name)).unwrap_err()
}

/// The refused, and the newly refused, by name.
fn refused(catalog: &Catalog, previous: Option<&Catalog>) -> (Vec<String>, Vec<String>) {
    let all = catalog.refusals().map(|(name, _)| name.to_string());
    let new = catalog.new_refusals(previous);
    (
        all.collect(),
        new.map(|(name, _)| name.to_string()).collect(),
    )
}

#[test]
fn every_projection_beside_a_contract_is_proven_and_nothing_else_is_one() {
    let others = folder(&[
        ("visits/notes.txt", "no SQL"),
        ("visits/old/ward.sql", WARD),
        ("visits/a b.sql", WARD),
        ("loose/ward.sql", WARD),
        ("reference/schema.sql", &visits()),
        ("reference/zip.sql", WARD),
        ("empty/schema.sql", "no SQL"),
        ("ward.sql", WARD),
    ]);
    let mut texts = start();
    texts.extend(others);
    let catalog = Catalog::prove(&texts, "sql/", None, read);
    let names: Vec<String> = catalog.names().map(ToString::to_string).collect();
    assert_eq!(names, ["visits/cost", "visits/ward", "wards/all"]);
    assert_eq!(refused(&catalog, None), (vec![], vec![]));
    let cost = get(&catalog, "visits/cost");
    assert_eq!(cost.name, named("visits/cost"));
    assert_eq!(cost.projection.name, "visits/cost");
    assert_eq!(cost.contract.columns.len(), 3);
    assert_eq!(cost.projection.contract().columns, cost.contract.columns);
    assert_ne!(cost.contract_sha256, cost.projection_sha256);
}

#[test]
fn what_is_unchanged_is_not_proven_again() {
    let first = Catalog::prove(&start(), "sql", None, read);
    let all = ["visits/cost", "visits/ward", "wards/all"];
    let comment = format!("-- Edited.\n{WARD}");
    let schema = format!("{}\n", visits());
    let mut wrong = Vec::new();
    for (edit, path, text, proven) in [
        ("nothing", "visits/ward.sql", WARD, &[][..]),
        (
            "a projection",
            "visits/ward.sql",
            &comment,
            &["visits/ward"],
        ),
        (
            "a contract",
            "visits/schema.sql",
            &schema,
            &["visits/cost", "visits/ward"],
        ),
        ("a new one", "visits/more.sql", WARD, &[]),
        ("another file", "visits/notes.txt", "", &[]),
    ] {
        let texts = edited(&start(), &[(path, Some(text))]);
        let next = Catalog::prove(&texts, "sql", Some(&first), read);
        let anew = |name: &&str| !Arc::ptr_eq(&get(&first, name), &get(&next, name));
        let again: Vec<&str> = all.into_iter().filter(anew).collect();
        if again != proven {
            wrong.push(format!("{edit}: proves {again:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_refused_edit_leaves_the_old_version_in_force_until_it_is_replaced_or_deleted() {
    let with = |ward: Option<&str>| edited(&start(), &[("visits/ward.sql", ward)]);
    let first = Catalog::prove(&with(Some(WARD)), "sql", None, read);
    let old = get(&first, "visits/ward");
    let worse = format!("{NAME} WHERE");
    let better = format!("{WARD} WHERE \"Cost\" > 1");
    let is_old = |served: &Arc<Served>| Arc::ptr_eq(served, &old);
    let mut previous = first;
    // Each step: the file, whether the old version is in force, whether there is a refusal, and whether it is a new one.
    for (step, text, in_force, refusals) in [
        ("refused", Some(NAME), Some(true), (1, 1)),
        ("still refused", Some(NAME), Some(true), (1, 0)),
        ("refused otherwise", Some(&*worse), Some(true), (1, 1)),
        ("taken back", Some(WARD), Some(true), (0, 0)),
        ("refused again", Some(NAME), Some(true), (1, 1)),
        ("replaced", Some(&*better), Some(false), (0, 0)),
        ("refused once more", Some(NAME), Some(false), (1, 1)),
        ("deleted", None, None, (0, 0)),
        ("back, and refused", Some(NAME), None, (1, 1)),
        ("the first text", Some(WARD), Some(false), (0, 0)),
    ] {
        let next = Catalog::prove(&with(text), "sql", Some(&previous), read);
        let served = next.get(&named("visits/ward"));
        assert_eq!(served.as_ref().ok().map(is_old), in_force, "{step}");
        let (all, new) = refused(&next, Some(&previous));
        assert_eq!((all.len(), new.len()), refusals, "{step}: {all:?} {new:?}");
        // Nobody else is touched.
        let other = |catalog| get(catalog, "visits/cost");
        assert!(Arc::ptr_eq(&other(&next), &other(&previous)), "{step}");
        previous = next;
    }
}

#[test]
fn a_refusal_names_the_file_and_the_reason_whoever_asks() {
    let texts = edited(&start(), &[("visits/ward.sql", Some(NAME))]);
    for (origin, label) in [
        ("sql", "sql/visits/ward.sql"),
        ("./sql/", "./sql/visits/ward.sql"),
        ("s3://bucket/a/", "s3://bucket/a/visits/ward.sql"),
    ] {
        let catalog = Catalog::prove(&texts, origin, None, read);
        let error = refusal(&catalog, "visits/ward");
        assert_eq!(error.kind(), Kind::Projection);
        assert!(error.to_string().starts_with(label), "{error}");
        assert!(error.to_string().contains("\"Name\""), "{error}");
        assert_eq!(
            error.to_string(),
            refusal(&catalog, "visits/ward").to_string()
        );
    }
}

#[test]
fn the_parsers_own_words_stay_behind() {
    let texts = edited(&start(), &[("visits/ward.sql", Some("SELECT (1"))]);
    let catalog = Catalog::prove(&texts, "sql", None, read);
    let (_, kept) = catalog.refusals().next().unwrap();
    assert!(kept.private_source().is_some());
    assert!(refusal(&catalog, "visits/ward").private_source().is_none());
}

#[test]
fn an_edited_contract_holds_at_once_also_for_what_is_in_force() {
    let first = Catalog::prove(&start(), "sql", None, read);
    // Without the column that one of the two needs.
    let schema = contract("visits", "");
    let texts = edited(&start(), &[("visits/schema.sql", Some(&schema))]);
    let second = Catalog::prove(&texts, "sql", Some(&first), read);
    assert_eq!(refused(&second, Some(&first)).1, ["visits/cost"]);
    assert_eq!(refusal(&second, "visits/cost").kind(), Kind::Projection);
    assert_eq!(get(&second, "visits/ward").contract.columns.len(), 2);
    // The contract as it was: both are proven anew.
    let third = Catalog::prove(&start(), "sql", Some(&second), read);
    assert_eq!(refused(&third, Some(&second)), (vec![], vec![]));
    for name in ["visits/cost", "visits/ward"] {
        assert_eq!(get(&third, name).contract.columns.len(), 3);
    }
}

#[test]
fn a_column_that_becomes_secret_leaves_with_no_old_version() {
    let schema = |class: &str| contract("visits", &format!(r#", "Cost" INT COMMENT '{class}'"#));
    let first = Catalog::prove(&start(), "sql", None, read);
    // The projection is edited and refused, and its old version stays; then the contract is edited, too.
    for (class, stays) in [
        ("insensitive", true),
        ("sensitive", true),
        ("quasi-identifier", false),
        ("direct identifier", false),
    ] {
        for projection in [COST, "SELECT"] {
            let edits = [
                ("visits/schema.sql", Some(schema(class))),
                ("visits/cost.sql", Some(projection.to_owned())),
            ];
            let edits = edits
                .each_ref()
                .map(|(path, text)| (*path, text.as_deref()));
            let texts = edited(&start(), &edits);
            let second = Catalog::prove(&texts, "sql", Some(&first), read);
            let served = second.get(&named("visits/cost"));
            assert_eq!(served.is_ok(), stays, "{class}, {projection}");
            if let Ok(served) = served {
                assert_eq!(
                    served.contract_sha256,
                    get(&second, "visits/ward").contract_sha256
                );
                assert_eq!(
                    served.projection_sha256,
                    get(&first, "visits/cost").projection_sha256
                );
            }
        }
    }
}

#[test]
fn a_refused_contract_refuses_its_projections_and_no_others() {
    let broken = edited(&start(), &[("visits/schema.sql", Some("CREATE"))]);
    let alone = Catalog::prove(&broken, "sql", None, read);
    assert_eq!(refused(&alone, None).1, ["visits/cost", "visits/ward"]);
    for name in ["visits/cost", "visits/ward"] {
        let error = refusal(&alone, name);
        assert_eq!(error.kind(), Kind::Contract);
        assert!(
            error.to_string().starts_with("sql/visits/schema.sql"),
            "{error}"
        );
    }
    get(&alone, "wards/all");
    let first = Catalog::prove(&start(), "sql", None, read);
    let kept = Catalog::prove(&broken, "sql", Some(&first), read);
    assert_eq!(
        refused(&kept, Some(&first)).1,
        ["visits/cost", "visits/ward"]
    );
    for name in ["visits/cost", "visits/ward", "wards/all"] {
        assert!(Arc::ptr_eq(&get(&first, name), &get(&kept, name)), "{name}");
    }
}

#[test]
fn what_is_deleted_or_renamed_is_gone_and_so_is_what_has_no_contract() {
    let first = Catalog::prove(&start(), "sql", None, read);
    let mut wrong = Vec::new();
    for (edit, edits, names) in [
        (
            "deleted",
            &[("visits/ward.sql", None)][..],
            "visits/cost wards/all",
        ),
        (
            "renamed",
            &[("visits/ward.sql", None), ("visits/room.sql", Some(WARD))],
            "visits/cost visits/room wards/all",
        ),
        ("no contract", &[("visits/schema.sql", None)], "wards/all"),
        (
            "a broken contract gone",
            &[("visits/schema.sql", None), ("visits/ward.sql", Some(NAME))],
            "wards/all",
        ),
    ] {
        let next = Catalog::prove(&edited(&start(), edits), "sql", Some(&first), read);
        let served: Vec<String> = next
            .served()
            .map(|served| served.name.to_string())
            .collect();
        if served.join(" ") != names {
            wrong.push(format!("{edit}: {served:?}"));
        }
        let error = next.get(&named("visits/ward")).unwrap_err();
        if error.kind() != Kind::NotFound {
            wrong.push(format!("{edit}: {error}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(
        Catalog::prove(&Texts::new(), "sql", Some(&first), read)
            .names()
            .next()
            .is_none()
    );
}

#[test]
fn an_unknown_name_is_answered_with_those_that_exist() {
    let texts = edited(&start(), &[("visits/ward.sql", Some(NAME))]);
    let catalog = Catalog::prove(&texts, "s3://bucket/sql/", None, read);
    for (name, expected) in [
        (
            "visits/wrad",
            "s3://bucket/sql: there is no projection visits/wrad, did you mean \"visits/ward\"? \
             there are: visits/cost, visits/ward, wards/all [NoSuchKey]",
        ),
        (
            "visits/schema",
            "s3://bucket/sql: there is no projection visits/schema; \
             there are: visits/cost, visits/ward, wards/all [NoSuchKey]",
        ),
    ] {
        assert_eq!(refusal(&catalog, name).to_string(), expected);
    }
    let none = Catalog::prove(&Texts::new(), "sql", None, read);
    let error = refusal(&none, "visits/ward").to_string();
    assert!(error.contains("and no other either"), "{error}");
}

#[test]
fn a_file_without_a_text_is_the_fault_of_that_file_alone() {
    let first = Catalog::prove(&start(), "sql", None, read);
    let mut texts = start();
    let reason = "the file is not UTF-8: save it so";
    texts.insert("visits/ward.sql".into(), Err(reason));
    let alone = Catalog::prove(&texts, "sql", None, read);
    let error = refusal(&alone, "visits/ward");
    let expected = format!("sql/visits/ward.sql: {reason} [ProjectionRefused]");
    assert_eq!(error.to_string(), expected);
    get(&alone, "visits/cost");
    let kept = Catalog::prove(&texts, "sql", Some(&first), read);
    assert!(Arc::ptr_eq(
        &get(&first, "visits/ward"),
        &get(&kept, "visits/ward")
    ));
    assert_eq!(refused(&kept, Some(&first)).1, ["visits/ward"]);

    texts.insert("visits/schema.sql".into(), Err(reason));
    let error = refusal(&Catalog::prove(&texts, "sql", None, read), "visits/cost");
    let expected = format!("sql/visits/schema.sql: {reason} [InvalidContract]");
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_refusal_of_two_texts_that_have_none_for_different_reasons_is_said_twice() {
    let mut texts = start();
    texts.insert("visits/ward.sql".into(), Err("one reason"));
    let first = Catalog::prove(&texts, "sql", None, read);
    texts.insert("visits/ward.sql".into(), Err("another reason"));
    let second = Catalog::prove(&texts, "sql", Some(&first), read);
    assert_eq!(refused(&second, Some(&first)).1, ["visits/ward"]);
    let error = refusal(&second, "visits/ward").to_string();
    assert!(error.contains("another reason"), "{error}");
}
