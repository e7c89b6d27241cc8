//! HTTPS: who reads over it, who does not, and a certificate that is replaced while connections are open.

use std::fs;
use std::io::{BufReader, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use reqwest::{Certificate, Client};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::{open, rest, settled, setup, signed};
use crate::gateway::stage::{Setup, Stage, command, reader};
use crate::support::python::run_script_in;
use crate::support::samples::{KEY, copy_sql, sample};
use crate::support::site::{run, wait_for};

/// The pins of clients and of the authority.
const PINS: &str = "requirements-running.txt";

const TARGET: &str = "/analytics-csv/patients.csv";

/// Certificates of two authorities, each with its key.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["one", "two"] {
            let folder = folder.path().join(name);
            fs::create_dir(&folder).unwrap();
            run_script_in(PINS, "certificate.py", &[folder.to_str().unwrap()], b"");
        }
        let files = Self(folder);
        files.take("cert.pem", "one");
        files.take("key.pem", "one");
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Puts one of them in force.
    fn take(&self, name: &str, from: &str) {
        let aside = self.path("aside");
        fs::copy(self.path(from).join(name), &aside).unwrap();
        fs::rename(aside, self.path(name)).unwrap();
    }

    fn setup(&self, limits: &str) -> Setup {
        let usual = setup(limits);
        let tls = setting(self.0.path());
        Setup {
            top: format!("{tls}{}", usual.top),
            ..usual
        }
    }

    /// A client that knows one of the authorities, and nobody else.
    fn client(&self, authority: &str) -> Client {
        let pem = fs::read(self.path(authority).join("ca.pem")).unwrap();
        let authority = Certificate::from_pem(&pem).unwrap();
        Client::builder()
            .tls_built_in_root_certs(false)
            .add_root_certificate(authority)
            .build()
            .unwrap()
    }
}

fn setting(folder: &Path) -> String {
    let at = |name| folder.join(name).display().to_string();
    let (certificate, key) = (at("cert.pem"), at("key.pem"));
    format!("tls = {{ certificate = \"{certificate}\", key = \"{key}\" }}\n")
}

/// The status of a read over HTTPS, and its body; none where there is no connection.
fn get(runtime: &Runtime, client: &Client, stage: &Stage) -> Option<(u16, Vec<u8>)> {
    let request = reader().url(stage.request("GET", TARGET), "60");
    let url = format!("https://{}{}", stage.host(), request.target);
    runtime.block_on(async {
        let response = client.get(url).send().await.ok()?;
        let status = response.status().as_u16();
        Some((status, response.bytes().await.ok()?.to_vec()))
    })
}

#[test]
fn releases_are_read_over_https_and_not_over_http() {
    let files = Files::new();
    let stage = Stage::with(&files.setup("head_seconds = 2"));
    stage.put("patients.csv", sample());
    let expected = stage.converted(&sample(), "patients/analytics", "csv");
    let mut wrong = Vec::new();
    if !stage.said().starts_with("listening on https://127.0.0.1:") {
        wrong.push(stage.said());
    }
    let runtime = Runtime::new().unwrap();
    let got = get(&runtime, &files.client("one"), &stage);
    if got != Some((200, expected.clone())) {
        wrong.push(format!("a client in Rust gets {got:?}"));
    }
    if let Some(got) = get(&runtime, &files.client("two"), &stage) {
        wrong.push(format!("who knows another authority gets {got:?}"));
    }
    let endpoint = format!("https://localhost:{}", stage.port);
    let authority = files.path("one").join("ca.pem");
    let (id, secret) = crate::gateway::stage::READER;
    let args = [&endpoint, id, secret, authority.to_str().unwrap()];
    let printed = run_script_in(PINS, "over_tls.py", &args, b"");
    if printed.as_bytes() != expected {
        wrong.push(format!("boto3 reads {printed}"));
    }
    // Plain HTTP, and who says nothing: each is let go without an answer.
    for (name, sent) in [
        ("plain HTTP", signed(&stage, "GET", TARGET).bytes()),
        ("nothing", Vec::new()),
        ("half a greeting", vec![0x16, 3, 1, 2, 0, 1]),
    ] {
        let line = open(&stage, &sent);
        let answer = rest(line);
        if answer.starts_with(b"HTTP") {
            wrong.push(format!("{name} is answered"));
        }
    }
    settled(&stage);
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_certificate_is_replaced_for_those_who_come_and_a_wrong_one_is_not_taken() {
    let files = Files::new();
    let stage = Stage::with(&files.setup("head_seconds = 300"));
    stage.put("patients.csv", sample());
    let runtime = Runtime::new().unwrap();
    let status = |client: &Client| get(&runtime, client, &stage).map(|(status, _)| status);
    let (old, mut wrong) = (files.client("one"), Vec::new());
    let mut expect = |name: &str, found: Option<u16>, expected: Option<u16>| {
        if found != expected {
            wrong.push(format!("{name}: {found:?}"));
        }
    };
    expect("at first", status(&old), Some(200));
    // The other's key alone: the old pair holds.
    files.take("key.pem", "two");
    let refused = stage.lines("settings_refused", 1);
    let said = refused[0]["message"].to_string();
    let named = said.contains("key.pem") && said.contains("does not belong to the certificate");
    expect("the refusal", named.then_some(0), Some(0));
    expect("another's key", status(&files.client("one")), Some(200));
    files.take("cert.pem", "two");
    stage.lines("settings_loaded", 1);
    expect("who comes then", status(&files.client("two")), Some(200));
    expect("who knows the old one", status(&files.client("one")), None);
    // Its connection is kept from before.
    expect("who was there before", status(&old), Some(200));
    fs::write(files.path("cert.pem"), "CANARY").unwrap();
    stage.lines("settings_refused", 2);
    expect("no certificate", status(&files.client("two")), Some(200));
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_key_that_does_not_belong_or_is_none_ends_the_start() {
    let mut wrong = Vec::new();
    for (name, word) in [
        ("another's key", "does not belong to the certificate"),
        ("no key", "no private key"),
        ("no certificate", "no certificate"),
        ("nothing there", "veilpoint.toml:1:"),
    ] {
        let files = Files::new();
        match name {
            "another's key" => files.take("key.pem", "two"),
            "no key" => fs::write(files.path("key.pem"), "CANARYKEY").unwrap(),
            "no certificate" => fs::write(files.path("cert.pem"), "CANARY").unwrap(),
            _ => fs::remove_file(files.path("key.pem")).unwrap(),
        }
        let folder = tempfile::tempdir().unwrap();
        copy_sql(&folder.path().join("sql"));
        fs::create_dir(folder.path().join("objects")).unwrap();
        let setup = files.setup("");
        let settings = format!(
            "{}{}",
            setting(files.0.path()),
            Setup::default().settings(None)
        );
        fs::write(folder.path().join("veilpoint.toml"), settings).unwrap();
        let secrets = setup.readers.iter();
        let secrets = secrets.map(|(id, secret, _)| (format!("SECRET_OF_{id}"), secret.clone()));
        let key = ("VEILPOINT_KEY".to_owned(), KEY.to_owned());
        let variables: Vec<_> = secrets.chain([key]).collect();
        let answer = run(&mut command(folder.path(), &variables));
        let said = &answer.stderr;
        let told = said.contains("CANARY") || said.contains("listening on");
        if answer.code != Some(2) || !said.contains(word) || told {
            wrong.push(format!("{name}: {:?} {said}", answer.code));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_stop_does_not_wait_for_a_greeting() {
    let files = Files::new();
    let limits = "head_seconds = 300\nstop_seconds = 3600";
    let mut stage = Stage::with(&files.setup(limits));
    let mut half = BufReader::new(TcpStream::connect(("127.0.0.1", stage.port)).unwrap());
    half.get_mut().write_all(&[0x16, 3, 1]).unwrap();
    wait_for("its connection", || {
        super::counted(&stage, "veilpoint_connections", "") > 0.5
    });
    stage.signal("TERM");
    assert_eq!(stage.end().code(), Some(0));
    assert!(!rest(half).starts_with(b"HTTP"));
}
