//! The file as a whole.

use std::cell::RefCell;
use std::fs::File as Opened;
use std::io::Read as _;
use std::path::Path;

use toml::de::DeTable;
use zeroize::Zeroizing;

use super::report::{Report, place};
use super::secret::KeyPlace;
use super::table::{File, Table};
use super::{Gateway, credentials, keys, limits, network, old_keys, points, storage};
use crate::config::Variables;
use crate::error::{Error, Kind, Result};

/// No settings are longer; what is, is another file.
const MAX_BYTES: u64 = 1 << 20;

/// The text of a file. It is wiped: what should not be in it may be.
///
/// # Errors
/// [`Kind::Settings`].
pub(super) fn text(path: &Path) -> Result<Zeroizing<String>> {
    let refused = |what: &str| {
        let message = format!("{}: {what}", path.display());
        Error::new(Kind::Settings, message)
    };
    let unread =
        |err| refused("the settings cannot be read: name a file that can").with_private(err);
    let file = Opened::open(path).map_err(unread)?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(unread)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(refused("this is longer than 1 MiB, which no settings are"));
    }
    match str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(err) => {
            let before = bytes.get(..err.valid_up_to()).unwrap_or_default();
            let before = str::from_utf8(before).unwrap_or_default();
            let (line, column) = place(before, before.len());
            let message = format!(
                "{}:{line}:{column}: this is not text in UTF-8: save the file as such",
                path.display()
            );
            Err(Error::new(Kind::Settings, message))
        }
    }
}

/// What the file says, the credentials whose secrets are to be read, and what is wrong so far. What is wrong is as if
/// it were left out.
pub(super) fn file(
    path: &Path,
    text: &str,
    variables: &Variables,
) -> (Gateway, Vec<credentials::Unread>, Report) {
    let mut report = Report::default();
    let (head, errors) = DeTable::parse_recoverable(text);
    // The first in the file alone: what the parser makes of the rest follows from it. Its message says what was
    // expected, and quotes nothing.
    let at = |err: &toml::de::Error| err.span().map_or(0, |span| span.start);
    if let Some(err) = errors.iter().min_by_key(|err| at(err)) {
        report.wrong(at(err), format!("this is not TOML: {}", err.message()));
        return (Gateway::default(), Vec::new(), report);
    }
    let file = File {
        text,
        folder: path.parent().unwrap_or(Path::new("")),
        variables,
        report: RefCell::new(report),
    };
    let head = Table::new(&file, head.get_ref(), 0, keys::GATEWAY);
    let mut gateway = settings(&head);
    gateway.file = Some(path.to_owned());
    let points = points::read(&head);
    let unread = credentials::read(&head, &points);
    gateway.access_points = points
        .into_iter()
        .filter_map(|(name, point)| Some((name.to_owned(), point.settings?)))
        .collect();
    head.end();
    (gateway, unread, file.report.into_inner())
}

/// All but access points and credentials.
fn settings(head: &Table) -> Gateway {
    let usual = Gateway::default();
    let (listen, admin) = network::addresses(head, usual.listen);
    let key = head.value("key").and_then(|value| {
        let place = KeyPlace::read(&value)?;
        if let Err(err) = place.check_master_key(value.file.variables) {
            value.wrong(err.message());
        }
        Some(place)
    });
    let (key_version, old_keys) = old_keys::read(head);
    // Also the usual folder is relative to the file, and must be there.
    let sql = match head.value("sql") {
        Some(value) => storage::sql(&value),
        None => storage::usual_sql(head),
    };
    let value = |key| head.value(key);
    Gateway {
        listen,
        admin,
        key,
        key_version,
        old_keys,
        sql: sql.unwrap_or(usual.sql),
        domains: value("domains").map_or(usual.domains, |value| network::domains(&value)),
        region: value("region")
            .and_then(|value| network::region(&value))
            .unwrap_or(usual.region),
        tls: value("tls").and_then(|value| network::tls(&value)),
        cache: value("cache").map_or(usual.cache, |value| storage::cache(&value)),
        records: value("records").and_then(|value| storage::prefix(&value)),
        limits: value("limits").map_or(usual.limits, |value| limits::read(&value)),
        ..Gateway::default()
    }
}
