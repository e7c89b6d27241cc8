//! The command: what it writes, what it refuses, and that its drafts are served.

use super::{drafted, init};
use crate::support::bucket::{ACCOUNT, Gate, Pass, Server};
use crate::support::site::{Site, run};

const FILES: [&str; 10] = [
    "hospital.csv",
    "versicherte.csv",
    "clients.csv",
    "registro.csv",
    "claims.csv.gz",
    "survey.csv",
    "transactions.csv",
    "personal.csv",
    "orders.csv",
    "ficha.csv.gz",
];

#[test]
fn every_draft_is_proven_and_converts_its_file_and_shows_no_value() {
    let mut wrong = Vec::new();
    for file in FILES {
        let (site, dataset, _) = drafted(file);
        let check = run(&mut site.command(["check", "drafts"]));
        if check.code != Some(0) {
            wrong.push(format!("{file}: {}", check.stderr));
        }
        let projection = format!("{dataset}/draft");
        let keygen = run(&mut site.command(["keygen", "draft.key"]));
        assert_eq!(keygen.code, Some(0), "{}", keygen.stderr);
        let args = ["convert", file, "out.parquet", "--projection", &projection];
        let more = ["--sql", "drafts", "--key", "draft.key"];
        let convert = run(&mut site.command(args.iter().chain(&more)));
        if convert.code != Some(0) {
            wrong.push(format!("{file}: {}", convert.stderr));
        }
        let texts = ["schema.sql", "draft.sql"]
            .map(|name| site.read(&format!("drafts/{dataset}/{name}")).unwrap());
        let texts = String::from_utf8(texts.concat()).unwrap();
        for value in [
            "Keller", "Rossi", "@", "756.", "Hauptstr", "Madrid", "M100000",
        ] {
            if texts.contains(value) {
                wrong.push(format!("{file}: the draft holds {value}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_is_there_is_not_replaced_unless_it_is_meant() {
    let site = Site::new();
    site.write("a.csv", "name,weight\nAda,60\nBo,70\n");
    let first = init(&site, &["a.csv", "--sql", "s"]);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    assert_eq!(site.files("s/a"), ["draft.sql", "schema.sql"]);
    site.write("s/a/draft.sql", "-- mine\n");
    let second = init(&site, &["a.csv", "--sql", "s"]);
    assert_eq!(second.code, Some(2), "{}", second.stderr);
    assert!(second.stderr.contains("--force"), "{}", second.stderr);
    assert_eq!(site.read("s/a/draft.sql").unwrap(), b"-- mine\n");
    let forced = init(&site, &["a.csv", "--sql", "s", "--force"]);
    assert_eq!(forced.code, Some(0), "{}", forced.stderr);
    assert_ne!(site.read("s/a/draft.sql").unwrap(), b"-- mine\n");
    let printed = init(
        &site,
        &["a.csv", "--sql", "s", "--print", "--dataset", "people"],
    );
    let text = String::from_utf8(printed.stdout).unwrap();
    assert!(text.contains("CREATE EXTERNAL TABLE \"people\""), "{text}");
    assert!(text.contains("SELECT"), "{text}");
}

#[test]
fn what_is_no_file_of_records_is_refused_without_a_value() {
    let site = Site::new();
    let russian = "Имя,Адрес\nCANARY Иван,Москва\n".repeat(20);
    site.write("russian.csv", encoding_of_windows_1251(&russian));
    site.write("empty.csv", "");
    let many = |cell: &str| vec![cell; 1_500].join(",");
    let names: Vec<String> = (0..1_500).map(|n| format!("c{n}")).collect();
    site.write("many.csv", names.join(",") + "\n" + &many("CANARY") + "\n");
    site.write("wide.csv", "a,b\n1,2\nCANARY\n3,4\n");
    site.write("twice.csv", "a,a \"x\nCANARY,1\n");
    let mut wrong = Vec::new();
    for (file, code, words) in [
        ("russian.csv", 1, "windows-1251"),
        ("empty.csv", 1, "empty"),
        ("many.csv", 1, "1500 columns"),
        ("wide.csv", 1, "record 2"),
        ("none.csv", 1, "none.csv"),
        (".", 2, "one file"),
    ] {
        let answer = init(&site, &[file, "--print"]);
        if answer.code != Some(code)
            || !answer.stderr.contains(words)
            || answer.stderr.contains("CANARY")
        {
            wrong.push(format!("{file}: {:?} {}", answer.code, answer.stderr));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_object_in_a_bucket_is_read_twice() {
    let site = Site::new();
    let server = Server::start(&["raw"]);
    server.put(
        "raw/people.csv",
        "Vorname,Größe\nAda,160\nBo,170\n".as_bytes(),
    );
    let gate = Gate::open(&server, Box::new(|_| Pass::Whole));
    let mut command = site.command(["init", "s3://raw/people.csv", "--print"]);
    command.envs(ACCOUNT);
    let answer = run(command.env("AWS_ENDPOINT_URL", gate.endpoint()));
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let heads = gate.heads();
    let reads = heads
        .iter()
        .filter(|head| head.starts_with("GET /raw/people.csv"));
    assert_eq!(reads.count(), 2, "{heads:?}");
}

/// The head of such a file is cut anywhere, be it between the halves of a sign.
#[test]
fn a_file_that_is_longer_than_its_head_is_found_in_its_encoding() {
    let site = Site::new();
    let line = |row: u32| format!("Zoë 𝔐 {row},{},Zürich\n", row % 90);
    let text = "Vorname,Alter,Ort\n".to_owned() + &(0..60_000).map(line).collect::<String>();
    let units = || "\u{feff}".encode_utf16().chain(text.encode_utf16());
    let narrow = text.replace("𝔐 ", "");
    let narrow = narrow.chars().map(|c| u8::try_from(c).unwrap());
    let (little, big) = (
        units().flat_map(u16::to_le_bytes).collect(),
        units().flat_map(u16::to_be_bytes).collect(),
    );
    let mut wrong = Vec::new();
    for (name, bytes, says) in [
        ("utf8", text.clone().into_bytes(), ""),
        ("little", little, "utf-16"),
        ("big", big, "utf-16"),
        ("narrow", narrow.collect::<Vec<u8>>(), "windows-1252"),
    ] {
        assert!(bytes.len() > 1 << 20, "{name}");
        site.write("people.csv", bytes);
        let answer = init(&site, &["people.csv", "--print"]);
        let draft = String::from_utf8_lossy(&answer.stdout).to_lowercase();
        let words = ["\"vorname\"", "\"alter\"", "\"ort\"", says];
        if answer.code != Some(0) || words.iter().any(|word| !draft.contains(word)) {
            wrong.push(format!("{name}: {}{draft}", answer.stderr));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Cyrillic as old files have it.
fn encoding_of_windows_1251(text: &str) -> Vec<u8> {
    let byte = |sign: char| match u32::from(sign) {
        ascii @ 0..128 => u8::try_from(ascii).unwrap(),
        letter => u8::try_from(letter - 0x410 + 0xc0).unwrap(),
    };
    text.chars().map(byte).collect()
}
