//! The bundled samples, with settings that serve them: what `veilpoint serve` serves where nothing else is said.
//!
//! They are unpacked beside the working directory's key, in `.veilpoint`, once: whoever edits them there finds the edit
//! served. A working directory that has samples and projections of its own, as a clone of Veilpoint has, is served itself.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use crate::config::LOCAL_KEY;
use crate::door::cli::say;
use crate::error::{Error, Kind, Result};
use crate::key::{MasterKey, read_private, write_private};

/// The folder of what is unpacked.
const FOLDER: &str = ".veilpoint";

/// Who reads.
const READER: &str = "veilpoint";

/// Files, by their paths below the folder that has `sql` and `samples`.
const FILES: [(&str, &str); 9] = [
    (
        "samples/patients.csv",
        include_str!("../../../../samples/patients.csv"),
    ),
    (
        "sql/patients/schema.sql",
        include_str!("../../../../sql/patients/schema.sql"),
    ),
    (
        "sql/patients/analytics.sql",
        include_str!("../../../../sql/patients/analytics.sql"),
    ),
    (
        "sql/patients/billing.sql",
        include_str!("../../../../sql/patients/billing.sql"),
    ),
    (
        "sql/patients/research.sql",
        include_str!("../../../../sql/patients/research.sql"),
    ),
    (
        "sql/reference/icd10_chapter.csv",
        include_str!("../../../../sql/reference/icd10_chapter.csv"),
    ),
    (
        "sql/reference/icd10_chapter.sql",
        include_str!("../../../../sql/reference/icd10_chapter.sql"),
    ),
    (
        "sql/reference/swiss_postal_district.csv",
        include_str!("../../../../sql/reference/swiss_postal_district.csv"),
    ),
    (
        "sql/reference/swiss_postal_district.sql",
        include_str!("../../../../sql/reference/swiss_postal_district.sql"),
    ),
];

/// Unpacked samples.
pub(super) struct Samples {
    folder: PathBuf,
    secret: Zeroizing<String>,
}

impl Samples {
    /// Unpacks what is not there yet, and makes a key and a reader's secret where there are none.
    ///
    /// # Errors
    /// [`Kind::Output`] where the folder cannot be written; [`Kind::Key`].
    pub(super) fn unpack(here: &Path) -> Result<Self> {
        let folder = here.join(FOLDER);
        let own = FILES.iter().all(|(path, _)| here.join(path).is_file());
        let place = if own { "../" } else { "" };
        if !own {
            for (path, text) in FILES {
                write_new(&folder.join(path), text)?;
            }
        }
        let key = here.join(LOCAL_KEY);
        if !key.exists() {
            MasterKey::generate()?.write_new(&key)?;
            say(format_args!(
                "made {}: without it, no pseudonym is made again",
                key.display()
            ));
        }
        let file = folder.join("reader.secret");
        if !file.exists() {
            let written = write_private(&file, secret()?.as_bytes());
            written.map_err(|what| unusable(&file, what))?;
        }
        let secret = read_private(&file, MAX_SECRET).ok();
        let secret = secret.and_then(|secret| str::from_utf8(&secret).ok().map(str::to_owned));
        let secret = secret.map(Zeroizing::new).ok_or_else(|| {
            unusable(
                &file,
                "is no secret that its owner alone may read: remove it, and another is made",
            )
        })?;
        let samples = Self { folder, secret };
        write_new(&samples.settings(), &settings(place))?;
        Ok(samples)
    }

    /// The settings that serve them.
    pub(super) fn settings(&self) -> PathBuf {
        self.folder.join("veilpoint.toml")
    }

    /// Says who reads them, and how.
    pub(super) fn say(&self, address: SocketAddr) {
        let (file, secret) = (self.settings(), self.secret.trim());
        let (file, at) = (file.display(), address);
        say(format_args!(
            "\
serving the samples, as {file} says
  access key id      {READER}
  secret access key  {secret}

try:
  AWS_ACCESS_KEY_ID={READER} AWS_SECRET_ACCESS_KEY={secret} AWS_REGION=us-east-1 \\
    aws --endpoint-url http://{at} s3 cp s3://analytics-csv/patients.csv -

  duckdb -c \"CREATE SECRET (TYPE s3, KEY_ID '{READER}', SECRET '{secret}', ENDPOINT '{at}', URL_STYLE 'path', USE_SSL false);
    FROM 's3://analytics/patients.parquet' LIMIT 5\"

  python3 -c \"import pandas; print(pandas.read_parquet('s3://analytics/patients.parquet', storage_options={{
    'key': '{READER}', 'secret': '{secret}', 'client_kwargs': {{'endpoint_url': 'http://{at}'}}}}))\"
"
        ));
    }
}

/// A secret is 43 characters; no file of one is longer.
const MAX_SECRET: usize = 4096;

/// 32 random bytes as text that no shell and no client escapes.
fn secret() -> Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes).map_err(|err| {
        let message = "the operating system gives no random bytes";
        Error::new(Kind::Key, message).with_private(err)
    })?;
    // A leading dash reads as an option.
    let text = Zeroizing::new(BASE64URL_NOPAD.encode(&*bytes));
    Ok(Zeroizing::new(format!("s{}", *text)))
}

fn unusable(file: &Path, what: &str) -> Error {
    Error::new(Kind::Key, format!("{} {what}", file.display()))
}

fn settings(place: &str) -> String {
    let mut text = format!(
        "\
# The samples, for one reader on this machine. samples/veilpoint.toml in Veilpoint's sources has every key that there is.
sql = \"{place}sql\"
key = {{ file = \"master.key\" }}
cache = {{ path = \"cache\" }}
"
    );
    let points = [
        ("analytics", "analytics", "parquet"),
        ("analytics-csv", "analytics", "csv"),
        ("billing", "billing", "parquet"),
        ("research", "research", "parquet"),
    ];
    let points_text = points.map(|(name, projection, format)| {
        format!(
            "
[access_points.{name}]
source = \"{place}samples\"
projection = \"patients/{projection}\"
format = \"{format}\"
"
        )
    });
    text.extend(points_text);
    let names = points.map(|(name, ..)| format!("\"{name}\"")).join(", ");
    text + &format!(
        "
[[credentials]]
access_key_id = \"{READER}\"
secret_access_key = {{ file = \"reader.secret\" }}
access_points = [{names}]
"
    )
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, text: &str) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    let written = path.parent().map_or(Ok(()), fs::create_dir_all);
    written.and_then(|()| fs::write(path, text)).map_err(|err| {
        let message = format!(
            "{} cannot be written, into which the samples are unpacked",
            path.display()
        );
        Error::new(Kind::Output, message).with_private(err)
    })
}
