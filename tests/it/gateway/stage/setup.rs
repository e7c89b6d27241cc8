//! What a stage is set up with, and its settings.

use std::fmt::Write as _;

use super::{DOMAIN, OTHER, RAW, READER};
use crate::support::lambda::plain::{ID, SECRET};
use crate::support::samples::{AS_OF, KEY};

/// Where raw objects lie.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The folder `objects` beside the settings.
    Folder,
    /// A bucket of an S3 that checks signatures.
    Bucket,
}

/// What a stage is set up with.
pub struct Setup {
    /// Where the access points' objects lie.
    pub place: Place,
    /// Lines of the settings before any table.
    pub top: String,
    /// Access points: a name, a projection, a format, and more lines.
    pub points: Vec<(String, String, String, String)>,
    /// Credentials: an id, its secret, and the names of what it reads.
    pub readers: Vec<(String, String, Vec<String>)>,
    /// More tables.
    pub tables: String,
    /// The environment, beside the secrets of readers and of the source.
    pub variables: Vec<(String, String)>,
}

impl Default for Setup {
    /// The tests' access points over a folder, for two readers.
    fn default() -> Self {
        let point = |(name, projection, format, more): (&str, &str, &str, &str)| {
            (name.into(), projection.into(), format.into(), more.into())
        };
        let points = [
            ("analytics", "patients/analytics", "parquet", ""),
            ("analytics-csv", "patients/analytics", "csv", ""),
            (
                "analytics.exact",
                "patients/analytics",
                "parquet",
                "length = \"exact\"",
            ),
            ("costs", "people/costs", "parquet", ""),
            ("costs-csv", "people/costs", "csv", ""),
            ("named", "people/named", "csv", ""),
        ];
        let names = points.iter().map(|point| point.0.to_owned());
        let readers = [(READER, false), (OTHER, true)].map(|((id, secret), costs)| {
            let reads = names.clone().filter(|name| (name == "costs") == costs);
            (id.to_owned(), secret.to_owned(), reads.collect())
        });
        Self {
            place: Place::Folder,
            top: format!("domains = [\"{DOMAIN}\"]\n"),
            points: points.map(point).into(),
            readers: readers.into(),
            tables: String::new(),
            variables: vec![("VEILPOINT_KEY".to_owned(), KEY.to_owned())],
        }
    }
}

impl Setup {
    /// The settings, for objects that lie there.
    pub fn settings(&self, endpoint: Option<&str>) -> String {
        let source = match endpoint {
            None => "\"objects\"".to_owned(),
            Some(endpoint) => format!(
                "{{ url = \"s3://{}/{}\", region = \"eu-central-1\", endpoint = \"{endpoint}\", path_style = true }}",
                RAW.0, RAW.1
            ),
        };
        let mut text = format!("listen = \"127.0.0.1:0\"\n{}", self.top);
        if !self.top.contains("cache =") {
            text += "cache = { path = \"cache\" }\n";
        }
        for (name, projection, format, more) in &self.points {
            // One that has a source of its own says it.
            let own = more.contains("source = ");
            let source = if own {
                String::new()
            } else {
                format!("source = {source}\n")
            };
            let _ = write!(
                text,
                "\n[access_points.\"{name}\"]\n{source}projection = \"{projection}\"\n\
                 format = \"{format}\"\nas_of = \"{AS_OF}\"\n{more}\n"
            );
        }
        for (id, _, reads) in &self.readers {
            let _ = write!(
                text,
                "\n[[credentials]]\naccess_key_id = \"{id}\"\nsecret_access_key = {{ env = \"SECRET_OF_{id}\" }}\n\
                 access_points = {reads:?}\n"
            );
        }
        text + "\n" + &self.tables
    }

    /// The environment, secrets and all.
    pub fn environment(&self) -> Vec<(String, String)> {
        let secrets = self.readers.iter();
        let secrets = secrets.map(|(id, secret, _)| (format!("SECRET_OF_{id}"), secret.clone()));
        let mut all: Vec<_> = secrets.chain(self.variables.iter().cloned()).collect();
        if self.place == Place::Bucket {
            all.push(("AWS_ACCESS_KEY_ID".to_owned(), ID.to_owned()));
            all.push(("AWS_SECRET_ACCESS_KEY".to_owned(), SECRET.to_owned()));
        }
        all
    }
}
