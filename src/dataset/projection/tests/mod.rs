//! The second line: what the syntax check refuses first, the proof refuses by itself, from the plan alone.

use datafusion_sql::parser::Statement as DfStatement;
use sqlparser::ast::{Query, Statement};

mod holes;
mod joins;
mod sums;

use arrow::record_batch::RecordBatch;

use super::*;
use crate::dataset::reference::Reference;
use crate::dataset::rule::Rule;
use crate::functions::Context;

/// Columns of every class; the e-mail address is classified by nobody.
const PEOPLE: &str = "CREATE EXTERNAL TABLE t (\"Name\" VARCHAR NOT NULL COMMENT 'direct identifier', \
    \"SSN\" VARCHAR COMMENT 'direct identifier', \"Account\" BIGINT COMMENT 'direct identifier', \
    \"Joined\" DATE COMMENT 'direct identifier', \"Email\" VARCHAR, \"Birthdate\" DATE COMMENT 'quasi-identifier', \
    \"Gender\" VARCHAR COMMENT 'quasi-identifier', \"Zip\" VARCHAR COMMENT 'quasi-identifier', \
    \"Income\" INT COMMENT 'quasi-identifier', \"Bonus\" DECIMAL(9, 2) COMMENT 'quasi-identifier', \
    \"Disease\" VARCHAR COMMENT 'sensitive', \"Weight\" INT COMMENT 'insensitive', \
    \"Visit\" DATE COMMENT 'insensitive', \"Seen\" TIMESTAMP COMMENT 'insensitive', \
    \"Smoking\" BOOLEAN COMMENT 'insensitive') STORED AS CSV LOCATION 't*.csv' \
    OPTIONS ('veilpoint.subject' '\"SSN\"')";

/// The contract of [`PEOPLE`], with two reference tables.
fn people() -> Contract {
    let mut contract = Contract::parse("t", "schema.sql", PEOPLE).unwrap();
    let tables = [
        (
            "regions",
            "code VARCHAR PRIMARY KEY COMMENT 'insensitive', region VARCHAR COMMENT 'insensitive'",
        ),
        (
            "lists",
            "label VARCHAR COMMENT 'insensitive', number BIGINT PRIMARY KEY COMMENT 'insensitive'",
        ),
    ];
    let table = |(name, columns): (&str, &str)| {
        let text =
            format!("CREATE EXTERNAL TABLE {name} ({columns}) STORED AS CSV LOCATION '{name}.csv'");
        let (contract, key) = Contract::parse_reference(name, "r.sql", &text).unwrap();
        let rows = RecordBatch::new_empty(contract.schema(0..contract.columns.len()));
        Arc::new(Reference::new(&contract, key, rows).unwrap())
    };
    contract.references = tables.into_iter().map(table).collect();
    contract
}

/// The rules that a text over [`PEOPLE`] breaks, in order and once each, and its proof. What the head alone gets wrong
/// is left aside.
fn judged(sql: &str) -> (Vec<Rule>, Proof) {
    let contract = people();
    let mut refusals = Refusals::default();
    let head = Head::parse(&contract, sql, &mut refusals);
    let context = Context {
        as_of: NaiveDate::default(),
        keys: None,
    };
    let plan = restrict::query(&PLACE, &contract, sql, Refusals::default())
        .and_then(|query| planner::analysed(&PLACE, &contract, &query, &context));
    let plan = match plan {
        Ok(plan) => plan,
        Err(refused) => return (rules(&refused), Proof::default()),
    };
    let mut refusals = Refusals::default();
    let proven = prove(&contract, &head, &plan, &mut refusals);
    output::check(&plan, &mut refusals);
    let found = refusals
        .check(&PLACE)
        .err()
        .as_ref()
        .map(rules)
        .unwrap_or_default();
    (found, proven.proof)
}

fn rules(refused: &Refused) -> Vec<Rule> {
    let mut rules: Vec<Rule> = refused
        .refusals
        .iter()
        .map(|refusal| refusal.rule)
        .collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// Rows of a text and the rules that it breaks, which are none where it is admitted: those that are otherwise.
fn wrong<'r>(rows: impl IntoIterator<Item = &'r (&'static str, &'static [Rule])>) -> Vec<String> {
    rows.into_iter()
        .map(|(sql, expected)| (sql, judged(sql).0, expected))
        .filter(|(_, found, expected)| found.as_slice() != **expected)
        .map(|(sql, found, expected)| format!("{sql}\n  breaks {found:?}, expected {expected:?}"))
        .collect()
}

const SCHEMA: &str = "CREATE EXTERNAL TABLE t (\"SSN\" VARCHAR COMMENT 'direct identifier', \
                      \"Weight\" INT COMMENT 'insensitive') STORED AS CSV LOCATION 't.csv'";

const PLACE: Place<'_> = Place {
    kind: Kind::Projection,
    file: "p.sql",
};

/// The query of a text, however little it is one of ours.
fn unrestricted(sql: &str) -> Query {
    match PLACE.parse(sql).unwrap().pop_front() {
        Some(DfStatement::Statement(statement)) => match *statement {
            Statement::Query(query) => *query,
            other => panic!("no query: {other}"),
        },
        other => panic!("no query: {other:?}"),
    }
}

/// The refusal of a text that no syntax check has seen.
fn refusal(sql: &str) -> String {
    let contract = Contract::parse("t", "schema.sql", SCHEMA).unwrap();
    let context = Context {
        as_of: NaiveDate::default(),
        keys: None,
    };
    let plan = match planner::analysed(&PLACE, &contract, &unrestricted(sql), &context) {
        Ok(plan) => plan,
        Err(refused) => return refused.error.message().to_owned(),
    };
    let mut refusals = Refusals::default();
    prove(&contract, &Head::default(), &plan, &mut refusals);
    match refusals.check(&PLACE) {
        Ok(()) => "nothing".to_owned(),
        Err(refused) => refused.error.message().to_owned(),
    }
}

#[test]
fn the_proof_refuses_from_the_plan_what_the_syntax_check_refuses_from_the_text() {
    let whole = "\"SSN\" leaves whole";
    let rows = [
        (
            "SELECT \"Weight\" FROM t UNION ALL SELECT \"Weight\" FROM t",
            "the plan needs Union",
        ),
        (
            "SELECT \"Weight\" FROM t UNION SELECT 1 FROM t",
            "the plan needs Union",
        ),
        (
            "SELECT \"Weight\" FROM t INTERSECT SELECT \"Weight\" FROM t",
            "[reference-join]",
        ),
        (
            "SELECT \"Weight\" FROM t EXCEPT SELECT \"Weight\" FROM t",
            "[reference-join]",
        ),
        (
            "SELECT t.\"Weight\" FROM t JOIN t AS u ON t.\"SSN\" = u.\"SSN\"",
            "[reference-join]",
        ),
        (
            "SELECT t.\"Weight\" FROM t LEFT JOIN t AS u ON t.\"SSN\" = u.\"SSN\"",
            "[reference-join]",
        ),
        (
            "SELECT t.\"Weight\" FROM t CROSS JOIN t AS u",
            "[reference-join]",
        ),
        ("SELECT t.\"Weight\" FROM t, t AS u", "[reference-join]"),
        ("SELECT 1 AS x", "the plan needs EmptyRelation"),
        (
            "SELECT x FROM (VALUES (1)) AS v(x)",
            "the plan needs Values",
        ),
        (
            "SELECT (SELECT max(\"SSN\") FROM t) AS x FROM t",
            "the expression ScalarSubquery",
        ),
        (
            "SELECT EXISTS (SELECT 1 FROM t) AS x FROM t",
            "the expression Exists",
        ),
        (
            "SELECT \"SSN\" IN (SELECT \"SSN\" FROM t) AS x FROM t",
            "the expression InSubquery",
        ),
        (
            "SELECT \"Weight\" FROM t WHERE EXISTS (SELECT 1 FROM t AS u WHERE u.\"SSN\" = '1')",
            "the expression Exists",
        ),
        (
            "SELECT DISTINCT ON (\"SSN\") \"Weight\" FROM t",
            "the plan needs DistinctOn",
        ),
        (
            "SELECT count(*) AS n FROM t GROUP BY ROLLUP (\"SSN\")",
            "the expression GroupingSet",
        ),
        (
            "SELECT count(*) AS n FROM t GROUP BY GROUPING SETS ((\"SSN\"), ())",
            "the expression GroupingSet",
        ),
        ("SELECT * FROM t", whole),
        ("SELECT * EXCLUDE (\"Weight\") FROM t", whole),
        ("SELECT * REPLACE (\"SSN\" AS \"Weight\") FROM t", whole),
        ("SELECT s.* FROM (SELECT * FROM t) AS s", whole),
        (
            "WITH t AS (SELECT \"SSN\" AS \"Weight\" FROM t) SELECT \"Weight\" FROM t",
            whole,
        ),
        (
            "SELECT \"Weight\" FROM t LIMIT (SELECT 1)",
            "LIMIT and OFFSET take a number",
        ),
    ];
    let wrong: Vec<String> = rows
        .iter()
        .map(|(sql, says)| (sql, refusal(sql), says))
        .filter(|(_, found, says)| !found.contains(*says))
        .map(|(sql, found, says)| format!("{sql}\n  expected {says}\n  refused: {found}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_statement_is_ordered_where_its_outermost_rows_are() {
    let rows = [
        ("SELECT \"Weight\" FROM t ORDER BY 1", true),
        ("((SELECT \"Weight\" FROM t ORDER BY 1))", true),
        ("(SELECT \"Weight\" FROM t) ORDER BY 1", true),
        ("SELECT \"Weight\" FROM t", false),
        (
            "SELECT \"Weight\" FROM (SELECT \"Weight\" FROM t ORDER BY 1) AS s",
            false,
        ),
        (
            "WITH c AS (SELECT \"Weight\" FROM t ORDER BY 1) SELECT \"Weight\" FROM c",
            false,
        ),
        (
            "SELECT row_number() OVER (ORDER BY \"Weight\") AS n FROM t",
            false,
        ),
    ];
    for (sql, ordered) in rows {
        assert_eq!(is_ordered(&unrestricted(sql)), ordered, "{sql}");
    }
}
