//! Whose rights are used: the key in the environment, or what AWS's usual chain finds without one.

use std::process::Command;

use crate::support::bucket::{Gate, Pass, Server};
use crate::support::site::{Answer, Site, run, visits};

const CONFIG: &str = "[default]
region = eu-west-1
[profile other]
region = eu-central-1
[profile role]
role_arn = arn:aws:iam::123456789012:role/reader
source_profile = other
region = eu-north-1
";

const CREDENTIALS: &str = "[default]
aws_access_key_id = CANARYDEFAULT
aws_secret_access_key = CANARYSECRET
[other]
aws_access_key_id = CANARYOTHER
aws_secret_access_key = CANARYSECRET
";

/// The key that the stand-in for AWS gives to whoever assumes a role begins so.
const ASSUMED: &str = "ASIA";

/// Files, a server of S3 and STS, and what it is asked.
struct Stage {
    site: Site,
    gate: Gate,
    _server: Server,
}

impl Stage {
    fn new() -> Self {
        let server = Server::start(&["raw"]);
        server.put("raw/visits.csv", visits(0..3).as_bytes());
        let site = Site::new();
        site.write("home/.aws/config", CONFIG);
        site.write("home/.aws/credentials", CREDENTIALS);
        site.write("token", "header.payload.signature");
        let gate = Gate::open(&server, Box::new(|_| Pass::Whole));
        Self {
            site,
            gate,
            _server: server,
        }
    }

    /// Reads the object with these variables, and no instance's role.
    fn read(&self, variables: &[(&str, String)]) -> Answer {
        let mut command: Command = self
            .site
            .convert("s3://raw/visits.csv", "out.csv", "open", &[]);
        command
            .env("HOME", self.site.path("home"))
            .env("AWS_ENDPOINT_URL", self.gate.endpoint())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .envs(variables.iter().map(|(name, value)| (name, value)));
        run(&mut command)
    }

    /// Who signed the requests since there were so many, as `key/region/service`, without repeats.
    fn signed(&self, since: usize) -> Vec<String> {
        let heads = self.gate.heads().split_off(since);
        let mut signed: Vec<String> = heads.iter().map(|head| signer(head)).collect();
        signed.dedup();
        signed
    }
}

/// `Authorization: AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request, …`
fn signer(head: &str) -> String {
    let scope = head.split_once("Credential=").map_or("", |(_, rest)| rest);
    let scope: Vec<&str> = scope.split('/').take(4).collect();
    match scope[..] {
        [key, _, region, service] => {
            let key = if key.starts_with(ASSUMED) {
                ASSUMED
            } else {
                key
            };
            format!("{key}/{region}/{service}")
        }
        _ => "nobody".to_owned(),
    }
}

/// A name, the variables, and who signs.
type Row<'a> = (&'a str, Vec<(&'a str, String)>, &'a [&'a str]);

#[test]
fn the_key_is_the_environments_or_what_the_usual_chain_finds() {
    let stage = Stage::new();
    let set = |name: &'static str, value: &str| (name, value.to_owned());
    let account = [
        set("AWS_ACCESS_KEY_ID", "CANARYKEY"),
        set("AWS_SECRET_ACCESS_KEY", "CANARYSECRET"),
    ];
    let web = [
        set("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/reader"),
        set(
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            &stage.site.path("token").display().to_string(),
        ),
        set("HOME", "/nowhere"),
        set("AWS_REGION", "eu-south-1"),
    ];
    let rows: Vec<Row> = vec![
        (
            "the default profile",
            vec![],
            &["CANARYDEFAULT/eu-west-1/s3"],
        ),
        (
            "a profile",
            vec![set("AWS_PROFILE", "other")],
            &["CANARYOTHER/eu-central-1/s3"],
        ),
        (
            "a region before the profile's",
            vec![set("AWS_PROFILE", "other"), set("AWS_REGION", "eu-south-1")],
            &["CANARYOTHER/eu-south-1/s3"],
        ),
        (
            "a role that a profile assumes",
            vec![set("AWS_PROFILE", "role")],
            &["CANARYOTHER/eu-north-1/sts", "ASIA/eu-north-1/s3"],
        ),
        (
            "a key before all profiles",
            [&account[..], &[set("AWS_PROFILE", "role")]].concat(),
            &["CANARYKEY/us-east-1/s3"],
        ),
        (
            "a web identity",
            web.to_vec(),
            &["nobody", "ASIA/eu-south-1/s3"],
        ),
    ];
    let mut wrong = Vec::new();
    for (name, variables, expected) in rows {
        let since = stage.gate.heads().len();
        let answer = stage.read(&variables);
        let signed = stage.signed(since);
        if answer.code != Some(0) || signed != expected {
            wrong.push(format!(
                "{name}: {signed:?}, and not {expected:?}: {}",
                answer.stderr.trim_end()
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn without_any_rights_it_says_what_would_do() {
    let stage = Stage::new();
    let mut wrong = Vec::new();
    for (name, variables) in [
        ("no files", [("HOME", "/nowhere".to_owned())]),
        ("no such profile", [("AWS_PROFILE", "none".to_owned())]),
    ] {
        let since = stage.gate.heads().len();
        let answer = stage.read(&variables);
        let said = [
            "s3://raw/visits.csv",
            "no AWS credentials",
            "AWS_PROFILE",
            "[SourceUnavailable]",
        ];
        let right = said.iter().all(|word| answer.stderr.contains(word));
        if answer.code != Some(2)
            || !right
            || answer.stderr.contains("CANARY")
            || stage.gate.heads().len() != since
        {
            wrong.push(format!("{name}: {:?}: {}", answer.code, answer.stderr));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
