//! `reference/<name>.sql` → the [`Contract`] of a reference table, and its key.

use datafusion_sql::parser::CreateExternalTable;

use super::parse::{is_primary, statement};
use super::{BadRows, Class, ColumnType, Compression, Contract, Encoding};
use crate::dataset::place::{Place, start};
use crate::error::{Kind, Result};

impl Contract {
    /// Reads the contract of a reference table, and the position of its key. `name` is the file's name without `.sql`,
    /// and the table's; `file` is how errors call the text.
    ///
    /// A reference table is public: each of its columns is `insensitive` by name. One column, of text or whole numbers,
    /// is PRIMARY KEY, and so NOT NULL. LOCATION is the one file `<name>.csv`, plain UTF-8; a record that cannot be read
    /// is never dropped, since the codes that it has would silently be unknown.
    ///
    /// # Errors
    /// [`Kind::Contract`], as [`Contract::parse`], and for what is not as said above.
    pub fn parse_reference(name: &str, file: &str, text: &str) -> Result<(Self, usize)> {
        let place = Place {
            kind: Kind::Contract,
            file,
        };
        let table = statement(&place, text)?;
        let key = key(&place, &table)?;
        let mut contract = Self::of_table(&place, name, &table)?;
        public(&place, &table, &contract)?;
        plain(&place, name, &contract)?;
        let Some(column) = contract.columns.get_mut(key) else {
            return Err(place.refuse(None, NO_KEY));
        };
        let whole = [ColumnType::Int16, ColumnType::Int32, ColumnType::Int64];
        if !matches!(column.data_type, ColumnType::Text(_)) && !whole.contains(&column.data_type) {
            let message = format!(
                "column \"{}\": a PRIMARY KEY is text or a whole number: VARCHAR, SMALLINT, INT or BIGINT",
                column.name
            );
            let at = table.columns.get(key).map(|column| column.name.span);
            return Err(place.refuse(at.and_then(start), &message));
        }
        column.nullable = false;
        Ok((contract, key))
    }
}

const NO_KEY: &str = "a reference table has one column that it is joined by: write PRIMARY KEY behind its type, once";

/// The position of the one column that is PRIMARY KEY.
fn key(place: &Place<'_>, table: &CreateExternalTable) -> Result<usize> {
    let mut keys = (0..).zip(&table.columns).filter(|(_, c)| is_primary(c));
    match (keys.next(), keys.next()) {
        (Some((key, _)), None) => Ok(key),
        (_, second) => {
            let at = second.map(|(_, definition)| definition.name.span);
            Err(place.refuse(at.and_then(start), NO_KEY))
        }
    }
}

/// Refuses columns that are not public.
fn public(place: &Place<'_>, table: &CreateExternalTable, contract: &Contract) -> Result<()> {
    let mut columns = contract.columns.iter().zip(&table.columns);
    let Some((column, definition)) = columns.find(|(column, _)| column.class != Class::Insensitive)
    else {
        return Ok(());
    };
    let message = format!(
        "column \"{}\": a reference table is public: each of its columns is COMMENT 'insensitive', or it is no reference \
         table",
        column.name
    );
    Err(place.refuse(start(definition.name.span), &message))
}

/// Refuses a file of another name or form, and options that mean nothing here.
fn plain(place: &Place<'_>, name: &str, contract: &Contract) -> Result<()> {
    let dialect = &contract.dialect;
    let packed = !matches!(dialect.compression, None | Some(Compression::None));
    let has_steps = contract.columns.iter().any(|c| c.min_step.is_some());
    let refused = [
        (
            contract.location != format!("{name}.csv"),
            "LOCATION is the file beside it, with the table's name and .csv",
        ),
        (
            packed,
            "the file is not compressed: leave 'format.compression' out",
        ),
        (
            dialect.encoding != Encoding::Utf8,
            "the file is UTF-8: save it so, and leave 'veilpoint.encoding' out",
        ),
        (
            contract.bad_rows != BadRows::Refuse,
            "no record of a reference table is dropped: leave 'veilpoint.bad_rows' out",
        ),
        (
            !contract.subject.is_empty() || has_steps,
            "a reference table is about nobody: leave 'veilpoint.subject' and 'veilpoint.min_step' out",
        ),
    ];
    match refused.iter().find(|(present, _)| *present) {
        Some((_, why)) => Err(place.refuse(None, why)),
        None => Ok(()),
    }
}
