//! Objects and prefixes, as input and as output.

use std::process::Command;

use super::{at, convert, failure};
use crate::support::bucket::Server;
use crate::support::site::{Site, opened, run, run_on, visits};

fn gzip(text: &str) -> Vec<u8> {
    run_on(Command::new("gzip").arg("-c"), text.as_bytes()).stdout
}

#[test]
fn an_object_goes_wherever_a_file_goes() {
    let server = Server::start(&["raw", "released"]);
    let endpoint = &server.endpoint();
    server.put("raw/a/visits.csv", visits(0..1_000).as_bytes());
    server.put("raw/a/visits.csv.gz", &gzip(&visits(0..1_000)));
    let site = Site::new();
    site.write("visits.csv", visits(0..1_000));
    convert(&site, endpoint, "visits.csv", "expected.parquet", &[]);
    let parquet = site.read("expected.parquet").unwrap();
    let csv = opened(0..1_000).into_bytes();
    let mut wrong = Vec::new();
    for (input, output, expected) in [
        ("s3://raw/a/visits.csv", "s3://released/b/out.csv", &csv),
        (
            "s3://raw/a/visits.csv",
            "s3://released/b/out.parquet",
            &parquet,
        ),
        ("s3://raw/a/visits.csv", "s3://released/below/", &parquet),
        ("s3://raw/a/visits.csv.gz", "s3://released/gz.csv", &csv),
        ("s3://raw/a/visits.csv.gz", "s3://released/gz/", &parquet),
        ("s3://raw/a/visits.csv", "out.csv", &csv),
        ("s3://raw/a/visits.csv", "folder/", &parquet),
        ("s3://raw/a/visits.csv.gz", "gz.parquet", &parquet),
        ("visits.csv", "s3://released/from-file.csv", &csv),
        ("visits.csv", "s3://released/from-file/", &parquet),
        // In place of what is there.
        ("visits.csv", "s3://released/b/out.parquet", &parquet),
        (
            "s3://raw/a/visits.csv",
            "s3://raw/a/visits.parquet",
            &parquet,
        ),
        ("s3://raw/a/visits.csv", "-", &csv),
    ] {
        let more: &[&str] = if output == "-" {
            &["--format", "csv"]
        } else {
            &[]
        };
        let answer = convert(&site, endpoint, input, output, more);
        let mut complaints = failure(&answer, endpoint);
        let name = |place: &str| match place.strip_suffix('/') {
            Some(place) => format!("{place}/visits.parquet"),
            None => place.to_owned(),
        };
        let release = match output.strip_prefix("s3://") {
            _ if output == "-" => Some(answer.stdout),
            Some(path) => server.get(&name(path)),
            None => site.read(&name(output)),
        };
        if release.as_ref() != Some(expected) {
            complaints.push("is another release".to_owned());
        }
        let line = format!("{input} → {output}: 1000 rows, ");
        if !answer.stderr.starts_with(&line) || answer.stderr.lines().count() != 1 {
            complaints.push(format!("says {}", answer.stderr));
        }
        wrong.extend(
            complaints
                .iter()
                .map(|what| format!("{input} → {output}: {what}")),
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    for bucket in ["raw", "released"] {
        assert_eq!(server.uploads(bucket), [""; 0]);
    }
}

#[test]
fn a_prefix_gives_every_object_of_the_dataset_and_nothing_else() {
    let server = Server::start(&["raw", "released"]);
    let endpoint = &server.endpoint();
    let objects = [
        ("2024/visits.csv", 0..3),
        ("2024/q1/visits-1.csv", 3..5),
        ("2024/q1/deep/visits.csv", 5..9),
    ];
    for (key, rows) in &objects {
        server.put(&format!("raw/{key}"), visits(rows.clone()).as_bytes());
    }
    // Other datasets', other prefixes', hidden ones, and a folder as consoles make it.
    for key in [
        "2024/people.csv",
        "2024/visits.txt",
        "2024/.visits.csv",
        "2024/.x/visits.csv",
        "2024/q2/",
    ] {
        server.put(&format!("raw/{key}"), b"Canary");
    }
    for key in [
        "visits.csv",
        "2023/visits.csv",
        "2024-old/visits.csv",
        "20245/visits.csv",
    ] {
        server.put(&format!("raw/{key}"), b"Canary");
    }
    let site = Site::new();
    let more = ["--format", "csv"];
    let answer = convert(
        &site,
        endpoint,
        "s3://raw/2024/",
        "s3://released/out/",
        &more,
    );
    assert_eq!(failure(&answer, endpoint), [""; 0]);
    assert!(
        answer.stderr.contains(": 3 objects, 9 rows, "),
        "{}",
        answer.stderr
    );
    let mut keys = objects.clone().map(|(key, _)| key.replace("2024/", "out/"));
    keys.sort();
    assert_eq!(server.keys("released"), keys);
    for (key, rows) in objects.clone() {
        let release = server.get(&format!("released/{}", key.replace("2024/", "out/")));
        assert_eq!(release, Some(opened(rows).into_bytes()), "{key}");
    }
    // Into a folder, and from one.
    let answer = convert(&site, endpoint, "s3://raw/2024/", "folder", &more);
    assert_eq!(failure(&answer, endpoint), [""; 0]);
    assert_eq!(site.files("folder").len(), 3);
    let answer = convert(
        &site,
        endpoint,
        "s3://raw/2024/q1/",
        "s3://released/",
        &more,
    );
    assert_eq!(failure(&answer, endpoint), [""; 0]);
    assert_eq!(
        server.get("released/visits-1.csv"),
        Some(opened(3..5).into_bytes())
    );
    for (key, rows) in objects {
        site.write(&format!("local/{key}"), visits(rows));
    }
    let answer = convert(&site, endpoint, "local/", "s3://released/local/", &more);
    assert_eq!(failure(&answer, endpoint), [""; 0]);
    assert!(
        server
            .keys("released")
            .contains(&"local/2024/q1/deep/visits.csv".to_owned())
    );
    assert_eq!(server.uploads("released"), [""; 0]);
}

#[test]
fn a_listing_of_several_pages_is_read_to_its_end() {
    let server = Server::start(&["raw"]);
    for n in 0..1_050 {
        server.put(&format!("raw/in/{n:04}/other.csv"), b"");
    }
    // The last of all.
    server.put("raw/in/9999/visits.csv", visits(0..3).as_bytes());
    let site = Site::new();
    let endpoint = &server.endpoint();
    let answer = convert(&site, endpoint, "s3://raw/in/", "out", &["--format", "csv"]);
    assert_eq!(failure(&answer, endpoint), [""; 0]);
    assert_eq!(site.files("out"), ["9999/visits.csv"]);
}

#[test]
fn the_example_of_the_help_runs() {
    let server = Server::start(&["raw", "released"]);
    let home = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let sample = std::fs::read(home.join("samples/patients.csv")).unwrap();
    server.put("raw/2024/patients.csv", &sample);
    let site = Site::new();
    let help = String::from_utf8(run(&mut site.command(["convert", "--help"])).stdout).unwrap();
    let lines = help.lines().map(str::trim);
    let mut examples =
        lines.filter(|line| line.starts_with("veilpoint ") && line.contains("s3://"));
    let example = examples.next().unwrap().trim_start_matches("veilpoint ");
    let mut command = site.command(example.split(' '));
    let home = home.join("sql");
    command.args(["--key", "key", "--sql"]).arg(home);
    let endpoint = server.endpoint();
    assert_eq!(
        failure(&run(at(&mut command, &endpoint)), &endpoint),
        [""; 0]
    );
    assert_eq!(server.keys("released"), ["2024/patients.parquet"]);
}

#[test]
fn the_date_of_an_object_is_the_store_s() {
    let server = Server::start(&["raw"]);
    server.put("raw/visits.csv", b"Name,Born,Ward,Cost\na,2000-01-01,w,1\n");
    let site = Site::new();
    let endpoint = server.endpoint();
    let ages = |as_of: &str| {
        let more = ["--format", "csv", "--as-of", as_of];
        let mut command = site.convert("s3://raw/visits.csv", "-", "ages", &more);
        let answer = run(at(&mut command, &endpoint));
        assert_eq!(failure(&answer, &endpoint), [""; 0]);
        answer.stdout
    };
    // Just made: its day is today, but for the midnight between the two.
    let (first, object, second) = (ages("today"), ages("object"), ages("today"));
    assert!(object == first || object == second);
    assert!(object.ends_with(b",w\n"));
}

#[test]
fn a_release_of_many_parts_is_that_of_a_file_byte_for_byte() {
    let server = Server::start(&["raw", "released"]);
    let site = Site::new();
    let endpoint = &server.endpoint();
    // As CSV some 31 MB: three parts of 8 MiB, and one that is not full.
    site.write("visits.csv", visits(0..2_200_000));
    server.put("raw/visits.csv", &site.read("visits.csv").unwrap());
    let mut wrong = Vec::new();
    for (format, more) in [("csv", &[][..]), ("parquet", &["--compression", "none"])] {
        let (file, key) = (
            format!("out.{format}"),
            format!("s3://released/out.{format}"),
        );
        wrong.extend(failure(
            &convert(&site, endpoint, "visits.csv", &file, more),
            endpoint,
        ));
        wrong.extend(failure(
            &convert(&site, endpoint, "s3://raw/visits.csv", &key, more),
            endpoint,
        ));
        let expected = site.read(&file).unwrap();
        if expected.len() < 9 << 20 {
            wrong.push(format!("{format}: {} bytes are one part", expected.len()));
        }
        if server.get(&format!("released/{file}")).as_ref() != Some(&expected) {
            wrong.push(format!("{format}: the object and the file differ"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(server.uploads("released"), [""; 0]);
}
