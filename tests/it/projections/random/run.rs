//! What an accepted projection releases, held against what its proof says.

use veilpoint::dataset::projection::Projection;
use veilpoint::functions::Level;
use veilpoint::request::Format;

use super::canaries::{Canary, holds};
use super::world::Field;
use super::{Case, headless, judge, release};

/// How much of a column leaves through a projection at most.
fn level(projection: &Projection, column: &str) -> Level {
    let sources = projection
        .proof
        .outputs
        .iter()
        .flat_map(|output| &output.sources);
    sources
        .filter(|source| source.column == column)
        .map(|source| source.level)
        .max()
        .unwrap_or(Level::None)
}

/// Whether a key reaches an output column: four characters of a canary may stand in it by chance.
fn keyed(projection: &Projection, at: usize) -> bool {
    let sources = &projection.proof.outputs[at].sources;
    sources.iter().any(|source| source.level == Level::Keyed)
}

/// The first canary that bytes tell, and how.
fn told(projection: &Projection, case: &Case, bytes: &[u8], short: &[u8]) -> Option<String> {
    let (bytes, short) = (bytes.to_ascii_lowercase(), short.to_ascii_lowercase());
    let canaries = case.world.canaries();
    canaries
        .into_iter()
        .find_map(|(field, canary): (&Field, &Canary)| {
            let admitted = level(projection, &field.name) > Level::Keyed;
            // Of a free text all is left but what is found in it, and a canary looks like nothing.
            if admitted && case.sql.contains("redact_text") {
                return None;
            }
            if let Some(form) = canary.forms.iter().find(|form| holds(&bytes, form)) {
                return Some(format!("{}: {form}", field.name));
            }
            // What the head admits is a part.
            if admitted {
                return None;
            }
            let end = canary.ends.iter().find(|end| holds(&short, end))?;
            Some(format!("{}: the end {end}", field.name))
        })
}

/// The fields of a release in CSV: by row, by column.
fn table(release: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8_lossy(release);
    text.lines()
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

/// Some columns of a release, in no order of the rows.
fn rows(release: &[u8], columns: &[usize]) -> Vec<String> {
    let mut rows: Vec<String> = table(release)
        .into_iter()
        .map(|row| {
            columns
                .iter()
                .map(|at| row[*at].as_str())
                .collect::<Vec<_>>()
                .join(",")
        })
        .collect();
    rows.sort();
    rows
}

/// What an accepted projection came to.
pub enum Outcome {
    Released,
    Failed,
}

/// Runs an accepted projection; the error is what is wrong with its releases.
pub fn complaint(projection: &Projection, case: &Case) -> Result<Outcome, String> {
    let direct: Vec<&str> = case
        .world
        .fields
        .iter()
        .filter(|field| field.direct())
        .map(|field| field.name.as_str())
        .collect();
    let of_level = |wanted: Level| {
        direct
            .iter()
            .find(|name| level(projection, name) == wanted)
            .copied()
    };
    let one = release(case, false, &[], Format::Csv);
    for hidden in [of_level(Level::None), of_level(Level::Keyed)]
        .into_iter()
        .flatten()
    {
        let two = release(case, false, &[hidden], Format::Csv);
        compare(projection, hidden, &one, &two)?;
    }
    let one = match one {
        Ok(one) => one,
        Err(error) => {
            let said = error.to_string();
            return match told(projection, case, said.as_bytes(), said.as_bytes()) {
                Some(canary) => Err(format!("an error tells {canary}: {said}")),
                None => Ok(Outcome::Failed),
            };
        }
    };
    let parquet = release(case, false, &[], Format::Parquet)
        .map_err(|error| format!("has no Parquet: {error}"))?;
    let unkeyed: Vec<usize> = (0..projection.columns())
        .filter(|at| !keyed(projection, *at))
        .collect();
    let short = rows(&one, &unkeyed).join("\n");
    if let Some(canary) = told(projection, case, &one, short.as_bytes()) {
        return Err(format!("tells {canary} in CSV"));
    }
    let all_unkeyed = unkeyed.len() == projection.columns();
    let short: &[u8] = if all_unkeyed { &parquet } else { &[] };
    if let Some(canary) = told(projection, case, &parquet, short) {
        return Err(format!("tells {canary} in Parquet"));
    }
    Ok(Outcome::Released)
}

type Answer = Result<Vec<u8>, veilpoint::Error>;

/// Two releases of objects that differ in one identifier differ only where the proof names it.
fn compare(
    projection: &Projection,
    hidden: &str,
    one: &Answer,
    two: &Answer,
) -> Result<(), String> {
    let (one, two) = match (one, two) {
        (Ok(one), Ok(two)) => (one, two),
        (Err(one), Err(two)) if one.to_string() == two.to_string() => return Ok(()),
        (one, two) => {
            return Err(format!(
                "fails by {hidden}: {:?} and {:?}",
                one.as_ref().err(),
                two.as_ref().err()
            ));
        }
    };
    let names = |at: &usize| {
        let sources = &projection.proof.outputs[*at].sources;
        sources.iter().any(|source| source.column == hidden)
    };
    let silent: Vec<usize> = (0..projection.columns()).filter(|at| !names(at)).collect();
    if silent.len() == projection.columns() && one != two {
        return Err(format!(
            "changes with {hidden}, which is destroyed:\n{}\n{}",
            String::from_utf8_lossy(one),
            String::from_utf8_lossy(two)
        ));
    }
    // Where all columns name it, it may choose the rows, and so their number.
    if silent.is_empty() {
        return Ok(());
    }
    let (one, two) = (rows(one, &silent), rows(two, &silent));
    if one != two {
        return Err(format!(
            "changes with {hidden} where it is not named:\n{one:#?}\n{two:#?}"
        ));
    }
    Ok(())
}

/// Whether a refused projection would have told a canary: over the same columns without classes it does.
pub fn would_tell(case: &Case) -> bool {
    let Ok(projection) = judge(&case.world.contract(true), &headless(&case.sql)) else {
        return false;
    };
    match release(case, true, &[], Format::Csv) {
        Ok(bytes) => told(&projection, case, &bytes, &[]).is_some(),
        Err(_) => false,
    }
}
