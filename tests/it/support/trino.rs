//! Trino's server, from Maven: the newest that is published there in one archive, and the connector that reads files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::python::{made_once, succeed};

/// Later versions are published elsewhere.
const VERSION: &str = "476";

/// What resolves one artifact, and no other file than that.
const COPY: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

/// The server's folder, with `lib` and `plugin`.
pub fn server() -> PathBuf {
    let name = format!("trino-{VERSION}");
    made_once(&name, install).join(format!("trino-server-core-{VERSION}"))
}

fn install(folder: &Path) {
    let fetched = folder.join("fetched");
    for artifact in ["trino-server-core:{}:tar.gz", "trino-hive:{}:zip"] {
        let mut command = Command::new("mvn");
        command
            .args(["--batch-mode", "--quiet", COPY])
            .arg(format!(
                "-Dmaven.repo.local={}",
                folder.join("m2").display()
            ))
            .arg(format!(
                "-Dartifact=io.trino:{}",
                artifact.replace("{}", VERSION)
            ))
            .arg(format!("-DoutputDirectory={}", fetched.display()));
        succeed(&mut command);
    }
    let server = fetched.join(format!("trino-server-core-{VERSION}.tar.gz"));
    succeed(
        Command::new("tar")
            .arg("-xzf")
            .arg(server)
            .arg("-C")
            .arg(folder),
    );
    let plugins = folder.join(format!("trino-server-core-{VERSION}/plugin"));
    succeed(
        Command::new("python3")
            .args(["-m", "zipfile", "-e"])
            .arg(fetched.join(format!("trino-hive-{VERSION}.zip")))
            .arg(plugins),
    );
    // The archives are half a gigabyte, and Maven keeps a second copy.
    for spare in [fetched, folder.join("m2")] {
        fs::remove_dir_all(spare).expect("the archives");
    }
}
