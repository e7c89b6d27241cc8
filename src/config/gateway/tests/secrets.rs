//! Where secrets come from, and what keeps them from coming.

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::key::MasterKey;

/// A credential whose secret lies at a place.
fn credential(place: &str) -> String {
    format!(
        "§[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = {place}\naccess_points = [\"a-1\"]\n"
    )
}

#[test]
fn a_file_holds_one_secret_for_its_owner_alone() {
    let site = Site::new();
    site.write("bare", 0o400, CANARY.as_bytes());
    site.write("crlf", 0o600, format!("{CANARY}\r\n").as_bytes());
    site.write("group", 0o640, CANARY.as_bytes());
    site.write("empty", 0o600, b"");
    let absolute = site.path("secret").display().to_string();
    let mut wrong = Vec::new();
    for (file, expected) in [
        ("secret", None),
        ("bare", None),
        ("crlf", None),
        ("./raw/../secret", None),
        (&*absolute, None),
        ("open", Some("is open to others: run `chmod 600 ")),
        ("group", Some("is open to others: run `chmod 600 ")),
        ("short", Some("is shorter than 16 characters")),
        ("empty", Some("is shorter than 16 characters")),
        ("lines", Some("holds a line end")),
        ("long", Some("names a file of more than 4096 bytes")),
        ("binary", Some("names a file that is not text in UTF-8")),
        ("raw", Some("names what is no file")),
        ("none", Some("names a file that cannot be read: create it")),
    ] {
        let read = site.load(&credential(&format!("{{ file = \"{file}\" }}")));
        let right = match (&read, expected) {
            (Ok(read), None) => read.credentials[0].secret_access_key.as_str() == CANARY,
            (Err(error), Some(words)) => {
                let message = error.message();
                message.contains(&format!(":6:21: \"secret_access_key\" {words}"))
                    || message.contains(&format!("\"secret_access_key\" names a file that {words}"))
            }
            _ => false,
        };
        let message = read.err().map(|error| error.to_string());
        let quotes = message.as_ref().is_some_and(|text| text.contains("CANARY"));
        if !right || quotes {
            wrong.push(format!("{file}: {message:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_master_key_comes_from_its_place() {
    let site = Site::new();
    let expected = MasterKey::from_bytes([7; 32]).id();
    let file = site.load("key = { file = \"master.key\" }\n§").unwrap();
    let keys = block_on(file.keys()).unwrap().unwrap();
    assert_eq!(keys.of(None).unwrap().1.id(), expected);
    let hex = |name: &str| Ok((name == "A_KEY").then(|| "07".repeat(32)));
    let place = KeyPlace::Env("A_KEY".into());
    let key = block_on(place.master_key(&hex)).unwrap();
    assert_eq!(key.id(), expected);
    let none = |_: &str| Ok(None);
    let error = block_on(place.master_key(&none)).err().unwrap();
    let words = "\"key\" names the variable A_KEY, which is not set";
    assert!(error.message().contains(words), "{error}");
    // A file that is changed after it was checked.
    site.write("master.key", 0o644, CANARY.as_bytes());
    let error = block_on(file.keys()).err().unwrap();
    assert_eq!(error.kind(), crate::Kind::Key);
}

#[test]
fn an_old_key_comes_from_its_place_and_is_asked_for_by_its_version() {
    let site = Site::new();
    let text = "key = { file = \"master.key\" }\nkey_version = 2\n§[[old_keys]]\nversion = 1\nfile = \"old.key\"\n";
    let file = site.load(text).unwrap();
    let keys = block_on(file.keys()).unwrap().unwrap();
    let id = |version: Option<u32>| {
        let found = keys.of(version.and_then(KeyVersion::new));
        found.map(|(version, key)| (version.get(), key.id())).ok()
    };
    let expected = |version, byte| Some((version, MasterKey::from_bytes([byte; 32]).id()));
    assert_eq!(id(None), expected(2, 7));
    assert_eq!(id(Some(1)), expected(1, 8));
    assert_eq!(id(Some(3)), None);
    // An edit of it is an edit of the settings.
    site.write("old.key", 0o600, "09".repeat(32).as_bytes());
    assert!(file.files != file.files.again());
    site.write("old.key", 0o644, CANARY.as_bytes());
    let error = block_on(file.keys()).err().unwrap();
    assert!(error.message().contains("version 1"), "{error}");
    assert!(!error.to_string().contains(CANARY), "{error}");
}

/// Answers of Secrets Manager: a name, and what it holds.
const SECRETS: [(&str, &str); 4] = [
    (
        "reader",
        r#"{"Name": "reader", "SecretString": "CANARY-0123456789-wJalrXUtnFEMI"}"#,
    ),
    ("short", r#"{"Name": "short", "SecretString": "CANARY"}"#),
    (
        "bytes",
        r#"{"Name": "bytes", "SecretBinary": "Q0FOQVJZLUNBTkFSWS1DQU5BUlk="}"#,
    ),
    (
        "master",
        r#"{"Name": "master", "SecretString": "0707070707070707070707070707070707070707070707070707070707070707"}"#,
    ),
];

/// One request of AWS's JSON protocol, and its answer.
async fn answer(stream: TcpStream) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    while stream.read_line(&mut line).await? > 2 {
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    let asked: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let found = SECRETS.iter().find(|(name, _)| asked["SecretId"] == *name);
    let (status, body) = match found {
        Some((_, body)) => ("200 OK", *body),
        None => (
            "400 Bad Request",
            r#"{"__type": "ResourceNotFoundException", "Message": "CANARY"}"#,
        ),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    stream.shutdown().await
}

#[test]
fn secrets_manager_is_asked_by_name() {
    let site = Site::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream));
        }
    });
    let account = move |name: &str| {
        Ok(match name {
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("own".to_owned()),
            "AWS_ENDPOINT_URL" => Some(endpoint.clone()),
            _ => None,
        })
    };
    let mut wrong = Vec::new();
    for (name, expected) in [
        ("reader", None),
        ("short", Some("is shorter than 16 characters")),
        (
            "bytes",
            Some("cannot be had: the secret in Secrets Manager holds bytes"),
        ),
        (
            "CANARY",
            Some("cannot be had: the secret cannot be read from Secrets Manager"),
        ),
    ] {
        let text = credential(&format!("{{ secretsmanager = \"{name}\" }}"));
        let read = site.load_in(&text, &account);
        let right = match (&read, expected) {
            (Ok(read), None) => read.credentials[0].secret_access_key.as_str() == CANARY,
            (Err(error), Some(words)) => {
                let words = format!(":6:21: \"secret_access_key\" {words}");
                error.message().contains(&words) && !error.message().contains("CANARY")
            }
            _ => false,
        };
        if !right {
            wrong.push(format!("{name}: {:?}", read.err()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let place = KeyPlace::SecretsManager("master".into());
    let key = block_on(place.master_key(&account)).unwrap();
    assert_eq!(key.id(), MasterKey::from_bytes([7; 32]).id());
}
