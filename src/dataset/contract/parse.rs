//! The text of `schema.sql` → [`Contract`]. What is not understood is refused: nothing of a contract is ignored.

use datafusion_sql::parser::{CreateExternalTable, Statement};
use sqlparser::ast::{ColumnDef, ColumnOption, ColumnOptionDef, Ident, ObjectName, Value};

use super::options::Settings;
use super::types::column_type;
use super::{Class, Column, Contract};
use crate::dataset::nearest::hint;
use crate::dataset::place::{Place, Position, start};
use crate::dataset::reference::References;
use crate::error::{Kind, Result};

/// The words of COMMENT, with their classes.
const CLASSES: [(&str, Class); 4] = [
    ("direct identifier", Class::DirectIdentifier),
    ("quasi-identifier", Class::QuasiIdentifier),
    ("sensitive", Class::Sensitive),
    ("insensitive", Class::Insensitive),
];

impl Contract {
    /// Reads a contract. `dataset` is the folder's name, which the table must have too; `file` is how errors call
    /// the text.
    pub fn parse(dataset: &str, file: &str, text: &str) -> Result<Self> {
        let place = Place {
            kind: Kind::Contract,
            file,
        };
        let table = statement(&place, text)?;
        if let Some(definition) = table.columns.iter().find(|column| is_primary(column)) {
            let message = format!(
                "column \"{}\": only NOT NULL, NULL and COMMENT stand behind a type; PRIMARY KEY is for the tables in \
                 reference/",
                definition.name.value
            );
            return Err(place.refuse(start(definition.name.span), &message));
        }
        Self::of_table(&place, dataset, &table)
    }

    /// The contract that a statement states. PRIMARY KEY is left to the caller.
    pub(super) fn of_table(
        place: &Place<'_>,
        dataset: &str,
        table: &CreateExternalTable,
    ) -> Result<Self> {
        plain(place, table)?;
        named(place, dataset, &table.name)?;
        let mut columns = columns(place, &table.columns)?;
        let options = options(place, &table.options)?;
        let settings =
            Settings::read(&options, &columns).map_err(|why| place.refuse(None, &why))?;
        for (name, step) in settings.min_steps {
            if let Some(column) = columns.iter_mut().find(|column| column.name == name) {
                column.min_step = Some(step);
            }
        }
        let contract = Self {
            dataset: dataset.to_owned(),
            columns,
            location: location(place, &table.locations)?,
            dialect: settings.dialect,
            bad_rows: settings.bad_rows,
            unknown_columns: settings.unknown_columns,
            no_records: settings.no_records,
            found_identifiers: settings.found_identifiers,
            subject: settings.subject,
            references: References::default(),
        };
        contract.keys().map_err(|_| {
            place.refuse(
                None,
                "LOCATION is no pattern of keys: use *, **, ? and [...]",
            )
        })?;
        Ok(contract)
    }
}

/// The one statement of a contract.
pub(super) fn statement(place: &Place<'_>, text: &str) -> Result<CreateExternalTable> {
    let mut statements = place.parse(text)?;
    match (statements.pop_front(), statements.is_empty()) {
        (Some(Statement::CreateExternalTable(table)), true) => Ok(table),
        _ => Err(place.refuse(
            None,
            "a contract is one CREATE EXTERNAL TABLE, and nothing else",
        )),
    }
}

/// Whether PRIMARY KEY stands behind a column's type, with nothing more to it.
pub(super) fn is_primary(definition: &ColumnDef) -> bool {
    definition.options.iter().any(primary)
}

fn primary(option: &ColumnOptionDef) -> bool {
    let ColumnOption::PrimaryKey(key) = &option.option else {
        return false;
    };
    let plain = key.name.is_none()
        && key.index_name.is_none()
        && key.index_type.is_none()
        && key.columns.is_empty()
        && key.index_options.is_empty()
        && key.characteristics.is_none();
    option.name.is_none() && plain
}

fn columns(place: &Place<'_>, definitions: &[ColumnDef]) -> Result<Vec<Column>> {
    let mut columns: Vec<Column> = Vec::with_capacity(definitions.len());
    for definition in definitions {
        let column = column(place, definition)?;
        if columns.iter().any(|other| other.name == column.name) {
            let message = format!("the column \"{}\" stands twice", column.name);
            return Err(place.refuse(start(definition.name.span), &message));
        }
        columns.push(column);
    }
    if columns.is_empty() {
        return Err(place.refuse(
            None,
            "the contract has no columns: list every column with its type",
        ));
    }
    Ok(columns)
}

/// Refuses the clauses that a contract has no use for, by name.
fn plain(place: &Place<'_>, table: &CreateExternalTable) -> Result<()> {
    let clauses = [
        (table.or_replace, "OR REPLACE"),
        (table.if_not_exists, "IF NOT EXISTS"),
        (table.temporary, "TEMPORARY"),
        (table.unbounded, "UNBOUNDED"),
        (!table.table_partition_cols.is_empty(), "PARTITIONED BY"),
        (!table.order_exprs.is_empty(), "WITH ORDER"),
        (!table.constraints.is_empty(), "a table constraint"),
    ];
    for (present, name) in clauses {
        if present {
            return Err(place.refuse(
                None,
                &format!("{name} has no place in a contract: leave it out"),
            ));
        }
    }
    if table.file_type != "CSV" {
        return Err(place.refuse(None, "a contract is STORED AS CSV"));
    }
    Ok(())
}

/// An identifier as SQL reads it: exact in double quotes, in lower case without.
fn identifier(place: &Place<'_>, ident: &Ident) -> Result<String> {
    let name = match ident.quote_style {
        None => ident.value.to_lowercase(),
        Some('"') => ident.value.clone(),
        Some(_) => return Err(place.refuse(start(ident.span), "names stand in double quotes")),
    };
    if name.trim().is_empty() {
        return Err(place.refuse(start(ident.span), "a name is empty"));
    }
    Ok(name)
}

fn named(place: &Place<'_>, dataset: &str, name: &ObjectName) -> Result<()> {
    let ident = match name.0.as_slice() {
        [part] => part.as_ident(),
        _ => None,
    };
    let matches = match ident {
        Some(ident) => identifier(place, ident)? == dataset,
        None => false,
    };
    if matches {
        return Ok(());
    }
    let message =
        format!("the table's name is the dataset's, the name of its folder: \"{dataset}\"");
    Err(place.refuse(ident.and_then(|ident| start(ident.span)), &message))
}

fn column(place: &Place<'_>, definition: &ColumnDef) -> Result<Column> {
    let at = start(definition.name.span);
    let name = identifier(place, &definition.name)?;
    let refuse = |why: &str| place.refuse(at, &format!("column \"{name}\": {why}"));
    let data_type = column_type(&definition.data_type).map_err(|why| refuse(&why))?;
    let mut nullable = None;
    let mut class = None;
    for option in definition.options.iter().filter(|option| !primary(option)) {
        let doubled = match (&option.name, &option.option) {
            (None, ColumnOption::NotNull) => nullable.replace(false).is_some(),
            (None, ColumnOption::Null) => nullable.replace(true).is_some(),
            (None, ColumnOption::Comment(words)) => class
                .replace(self::class(words).map_err(|why| refuse(&why))?)
                .is_some(),
            _ => {
                return Err(refuse(
                    "only NOT NULL, NULL and COMMENT stand behind a type",
                ));
            }
        };
        if doubled {
            return Err(refuse("NOT NULL, NULL and COMMENT stand at most once"));
        }
    }
    Ok(Column {
        name,
        data_type,
        nullable: nullable.unwrap_or(true),
        // What nobody classified is secret.
        class: class.unwrap_or(Class::DirectIdentifier),
        min_step: None,
    })
}

fn class(words: &str) -> std::result::Result<Class, String> {
    let found = CLASSES.iter().find(|(name, _)| *name == words.trim());
    found.map(|(_, class)| *class).ok_or_else(|| {
        let names: Vec<&str> = CLASSES.iter().map(|(name, _)| *name).collect();
        format!(
            "the class '{words}' is unknown{}: the classes are {}",
            hint(words, names.iter().copied()),
            names.join(", ")
        )
    })
}

fn options(place: &Place<'_>, options: &[(String, Value)]) -> Result<Vec<(String, String)>> {
    let text = |value: &Value| match value {
        Value::SingleQuotedString(text)
        | Value::DoubleQuotedString(text)
        | Value::EscapedStringLiteral(text)
        | Value::Number(text, _) => Some(text.clone()),
        _ => None,
    };
    options
        .iter()
        .map(|(name, value)| match text(value) {
            Some(value) => Ok((name.clone(), value)),
            None => Err(place.refuse(
                None,
                &format!("the option '{name}' takes a text in single quotes"),
            )),
        })
        .collect()
}

/// One pattern, relative to the source, that cannot leave it.
fn location(place: &Place<'_>, locations: &[String]) -> Result<String> {
    let nowhere: Option<Position> = None;
    let [pattern] = locations else {
        return Err(place.refuse(
            nowhere,
            "a contract has one LOCATION: use * and ** for several keys",
        ));
    };
    let absolute = pattern.starts_with('/') || pattern.contains("://");
    if pattern.is_empty()
        || absolute
        || pattern
            .split('/')
            .any(|part| matches!(part, "" | "." | ".."))
    {
        let message = "LOCATION is a pattern of keys relative to the source, without a scheme, '.', '..' or an empty \
                       segment, such as '**/patients*.csv'";
        return Err(place.refuse(nowhere, message));
    }
    Ok(pattern.clone())
}
