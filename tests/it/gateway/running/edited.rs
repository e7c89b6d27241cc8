//! A gateway whose settings are edited, and a reader whose secret lies in a file.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{counted, setup};
use crate::gateway::stage::{Setup, Stage};
use crate::support::samples::sample;
use crate::support::sigv4::Signer;

/// What is read.
pub const TARGET: &str = "/analytics-csv/patients.csv";

/// A reader whose secret lies in a file.
pub const FILED: (&str, &str) = ("filed", "CANARYFILEDSECRET0123456789");

/// The secret that takes its place.
pub const NEXT: &str = "CANARYNEXTSECRET0123456789";

/// A gateway whose settings are edited.
pub struct Edited {
    /// The gateway.
    pub stage: Stage,
    /// Its settings, as they are to be.
    pub setup: Setup,
    secrets: TempDir,
}

impl Edited {
    /// Started, with the sample.
    pub fn new() -> Self {
        let secrets = tempfile::tempdir().unwrap();
        let mut setup = setup("stall_seconds = 3600");
        let place = secrets.path().join("secret");
        put_secret(&place, FILED.1);
        let _ = write!(
            setup.tables,
            "\n[[credentials]]\naccess_key_id = \"{}\"\nsecret_access_key = {{ file = \"{}\" }}\n\
             access_points = [\"analytics-csv\"]\n",
            FILED.0,
            place.display()
        );
        let stage = Stage::with(&setup);
        stage.put("patients.csv", sample());
        Self {
            stage,
            setup,
            secrets,
        }
    }

    /// The file of the secret.
    pub fn secret(&self) -> PathBuf {
        self.secrets.path().join("secret")
    }

    /// Writes the settings as they are by now.
    pub fn write(&self) {
        self.write_text(&self.setup.settings(None));
    }

    /// Writes settings.
    pub fn write_text(&self, text: &str) {
        replace(&self.stage.path("veilpoint.toml"), text, 0o600);
    }

    /// Status and code of a read by somebody with this id and secret.
    pub fn status_of(&self, who: (&str, &str)) -> (u16, String) {
        let request = self.stage.request("GET", TARGET);
        let got = self.stage.send(&Signer::new(who.0, who.1).header(request));
        (got.status(), got.code())
    }

    /// How many edits had this outcome.
    pub fn reloads(&self, outcome: &str) -> f64 {
        let label = format!("outcome=\"{outcome}\"");
        counted(&self.stage, "veilpoint_settings_reloads_total", &label)
    }
}

/// Writes a secret, for its owner alone.
pub fn put_secret(place: &Path, secret: &str) {
    replace(place, &format!("{secret}\n"), 0o600);
}

/// Puts a file in the place of another at once: half of it is never seen.
pub fn replace(place: &Path, text: &str, mode: u32) {
    let folder = place.ancestors().nth(1).expect("a folder");
    let mut aside = tempfile::NamedTempFile::new_in(folder).unwrap();
    aside.write_all(text.as_bytes()).unwrap();
    let rights = fs::Permissions::from_mode(mode);
    aside.as_file().set_permissions(rights).unwrap();
    aside.persist(place).unwrap();
}
