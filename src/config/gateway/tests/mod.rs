//! Files as people write them, right and wrong.

mod restart;
mod right;
mod sample;
mod secrets;
mod wrong;

use std::path::PathBuf;

use super::*;

/// A secret that no message may hold.
const CANARY: &str = "CANARY-0123456789-wJalrXUtnFEMI";

/// The least that a file must say.
const POINT: &str = "[access_points.a-1]\nsource = \"raw\"\nprojection = \"p/q\"\n";

/// A folder with what files name.
struct Site(tempfile::TempDir);

impl Site {
    fn new() -> Self {
        let site = Self(tempfile::tempdir().unwrap());
        for folder in ["sql", "raw", "other-sql"] {
            std::fs::create_dir(site.path(folder)).unwrap();
        }
        for (file, mode, content) in [
            ("secret", 0o600, format!("{CANARY}\n")),
            ("open", 0o644, format!("{CANARY}\n")),
            ("short", 0o600, "CANARY\n".into()),
            ("lines", 0o600, format!("{CANARY}\n{CANARY}\n")),
            ("long", 0o600, CANARY.repeat(200)),
            ("master.key", 0o600, "07".repeat(32)),
            ("old.key", 0o600, "08".repeat(32)),
            ("master-1.key", 0o600, "08".repeat(32)),
            ("cert.pem", 0o644, String::new()),
            ("key.pem", 0o600, String::new()),
        ] {
            site.write(file, mode, content.as_bytes());
        }
        site.write("binary", 0o600, &[0xff; 32]);
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, mode: u32, content: &[u8]) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    /// What a text is read as; `§` stands for [`POINT`].
    fn load(&self, text: &str) -> Result<Gateway> {
        self.load_in(text, &variable)
    }

    fn load_in(&self, text: &str, variables: &Variables) -> Result<Gateway> {
        let path = self.path("veilpoint.toml");
        std::fs::write(&path, text.replace('§', POINT)).unwrap();
        block_on(Gateway::load_in(&path, variables))
    }
}

/// The environment of these tests.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the environment may hold what is no text"
)]
fn variable(name: &str) -> Result<Option<String>> {
    let text = match name {
        "A_SECRET" | "NO_KEY" => Some(CANARY),
        "SHORT" => Some("CANARY"),
        "OLD_KEY" => Some("0909090909090909090909090909090909090909090909090909090909090909"),
        _ => None,
    };
    Ok(text.map(str::to_owned))
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(work)
}
