//! Exit codes: 1 where the request or the data was refused, 2 for usage, settings and failures; nothing is left.

use std::fs;
use std::os::unix::fs::symlink;

use super::unlike;
use crate::support::site::{Site, run, visits};

/// A command line, its exit code, and what it must say.
struct Row {
    name: &'static str,
    args: &'static str,
    code: i32,
    says: &'static [&'static str],
}

const fn row(
    name: &'static str,
    args: &'static str,
    code: i32,
    says: &'static [&'static str],
) -> Row {
    Row {
        name,
        args,
        code,
        says,
    }
}

const ROWS: [Row; 44] = [
    // The request is refused.
    row(
        "an input that is not there",
        "convert none.csv out.csv -p visits/open",
        1,
        &["none.csv", "[NoSuchKey]"],
    ),
    row(
        "a folder that is not there",
        "convert none/ out/ -p visits/open",
        1,
        &["none/", "[NoSuchKey]"],
    ),
    row(
        "a folder without objects of the dataset",
        "convert other out/ -p visits/open",
        1,
        &["other", "visits", "'**/visits*.csv'", "[NoSuchKey]"],
    ),
    row(
        "an empty folder",
        "convert empty out/ -p visits/open",
        1,
        &["[NoSuchKey]"],
    ),
    row(
        "a projection that is not there",
        "convert visits.csv out.csv -p visits/opne",
        1,
        &[
            "did you mean \"visits/open\"?",
            "visits/ages",
            "[NoSuchKey]",
        ],
    ),
    row(
        "a dataset that is not there",
        "convert visits.csv out.csv -p vists/open",
        1,
        &["did you mean \"visits/open\"?", "[NoSuchKey]"],
    ),
    row(
        "a projection with another case",
        "convert visits.csv out.csv -p visits/OPEN",
        1,
        &["did you mean \"visits/open\"?", "[NoSuchKey]"],
    ),
    row(
        "a name that is like no other",
        "convert visits.csv out.csv -p people/everything",
        1,
        &["there are: visits/ages", "[NoSuchKey]"],
    ),
    row(
        "the contract asked for as a projection",
        "convert visits.csv out.csv -p visits/schema",
        1,
        &["[NoSuchKey]"],
    ),
    row(
        "a projection that shows an identifier",
        "convert visits.csv out.csv -p visits/named",
        1,
        &[
            "sql/visits/named.sql:2:8",
            "\"Name\"",
            "[ProjectionRefused]",
        ],
    ),
    row(
        "a projection that is no SQL",
        "convert visits.csv out.csv -p visits/broken",
        1,
        &["sql/visits/broken.sql", "[ProjectionRefused]"],
    ),
    // The data are refused.
    row(
        "an empty file",
        "convert nothing.csv out.csv -p visits/open",
        1,
        &["nothing.csv", "[HeaderRefused]"],
    ),
    row(
        "a header and no record",
        "convert header.csv out.csv -p visits/open",
        1,
        &["header.csv", "[NoRecords]"],
    ),
    row(
        "a value that is none",
        "convert bad.csv out.csv -p visits/open",
        1,
        &["bad.csv", "record 2", "\"Cost\"", "[InvalidValue]"],
    ),
    row(
        "a suffix that promises gzip",
        "convert plain.csv.gz out.csv -p visits/open",
        1,
        &["plain.csv.gz", "[DamagedCompression]"],
    ),
    row(
        "another kind of file",
        "convert key.parquet out.csv -p visits/open",
        1,
        &["key.parquet", "[NotCsv]"],
    ),
    // The usage is wrong.
    row("no arguments", "", 2, &["Usage"]),
    row("an unknown command", "covnert a b", 2, &["convert"]),
    row(
        "an unknown option",
        "convert visits.csv out.csv -p visits/open --fromat csv",
        2,
        &["--format"],
    ),
    row(
        "no projection",
        "convert visits.csv out.csv",
        2,
        &["--projection"],
    ),
    row(
        "no output",
        "convert visits.csv -p visits/open",
        2,
        &["OUTPUT"],
    ),
    row(
        "a projection without its dataset",
        "convert visits.csv out.csv -p open",
        2,
        &["dataset/name"],
    ),
    row(
        "a projection that leads out of the folder",
        "convert visits.csv out.csv -p ../visits/open",
        2,
        &["dataset/name"],
    ),
    row(
        "a name without a format",
        "convert visits.csv out -p visits/open",
        2,
        &["--format", "[InvalidRequest]"],
    ),
    row(
        "a name with another format",
        "convert visits.csv out.json -p visits/open",
        2,
        &["--format", "[InvalidRequest]"],
    ),
    row(
        "a pipe without a format",
        "convert visits.csv - -p visits/open",
        2,
        &["--format", "[InvalidRequest]"],
    ),
    row(
        "a format that is none",
        "convert visits.csv out.csv -p visits/open --format json",
        2,
        &["parquet", "csv"],
    ),
    row(
        "a date that is none",
        "convert visits.csv out.csv -p visits/open --as-of 2024-02-30",
        2,
        &["YYYY-MM-DD"],
    ),
    row(
        "a compression that is none",
        "convert visits.csv out.parquet -p visits/open --compression gzip",
        2,
        &["snappy", "zstd", "lz4", "none"],
    ),
    row(
        "no threads",
        "convert visits.csv out.csv -p visits/open --threads 0",
        2,
        &["1..=1024"],
    ),
    row(
        "a size that is none",
        "convert visits.csv out.csv -p visits/open --memory-limit much",
        2,
        &["512MiB"],
    ),
    row(
        "a scheme that is not served",
        "convert https://host/visits.csv out.csv -p visits/open",
        2,
        &["s3://", "[InvalidRequest]"],
    ),
    row(
        "a bucket without a name",
        "convert s3:// out/ -p visits/open",
        2,
        &["s3://", "[InvalidRequest]"],
    ),
    row(
        "many objects into one file",
        "convert good out.csv -p visits/open",
        2,
        &["out.csv", "[InvalidRequest]"],
    ),
    row(
        "many objects into a pipe",
        "convert good - -p visits/open --format csv",
        2,
        &["[InvalidRequest]"],
    ),
    row(
        "a pipe into a folder",
        "convert - out/ -p visits/open",
        2,
        &["out/", "[InvalidRequest]"],
    ),
    row(
        "two objects with one release",
        "convert twins out/ -p visits/open",
        2,
        &["visits.csv", "visits.csv.gz", "[InvalidRequest]"],
    ),
    row(
        "a release in its object's place",
        "convert visits.csv visits.csv -p visits/open",
        2,
        &["visits.csv", "[InvalidRequest]"],
    ),
    row(
        "the same under another path",
        "convert visits.csv good/../link.csv -p visits/open",
        2,
        &["[InvalidRequest]"],
    ),
    row(
        "releases in their objects' places",
        "convert good good -p visits/open --format csv",
        2,
        &["[InvalidRequest]"],
    ),
    // The settings are wrong.
    row(
        "no folder of projections",
        "convert visits.csv out.csv -p visits/open --sql none",
        2,
        &["none", "--sql", "[InvalidSettings]"],
    ),
    row(
        "a contract that is none",
        "convert visits.csv out.csv -p visits/open --sql bad-sql",
        2,
        &["bad-sql/visits/schema.sql", "[InvalidContract]"],
    ),
    // Something fails.
    row(
        "a folder in the file's place",
        "convert visits.csv good -p visits/open",
        2,
        &["good/visits.parquet", "[OutputFailed]"],
    ),
    row(
        "a file in the folder's place",
        "convert visits.csv visits.csv/out.csv -p visits/open",
        2,
        &["[OutputFailed]"],
    ),
];

fn site() -> Site {
    let site = Site::new();
    let good = visits(0..5);
    site.write("visits.csv", &good);
    site.write("good/visits.csv", &good);
    site.write("twins/visits.csv", &good);
    site.write("twins/visits.csv.gz", &good);
    site.write("other/people.csv", &good);
    site.write("plain.csv.gz", &good);
    site.write("nothing.csv", "");
    site.write("header.csv", visits(0..0));
    site.write("bad.csv", good.replace(",1\n", ",CanaryCost\n"));
    site.write("key.parquet", [b"PAR1", &[0; 200][..], b"PAR1"].concat());
    site.write("bad-sql/visits/schema.sql", "CREATE TABLE visits (a INT)");
    site.write("bad-sql/visits/open.sql", "SELECT 1");
    for folder in ["empty", "good/visits.parquet"] {
        fs::create_dir_all(site.path(folder)).unwrap();
    }
    symlink("visits.csv", site.path("link.csv")).unwrap();
    site
}

#[test]
fn every_refusal_has_its_exit_code_its_words_and_no_trace() {
    let site = site();
    let before = site.files("");
    let mut wrong = Vec::new();
    for row in &ROWS {
        let answer = run(&mut site.command(row.args.split_whitespace()));
        let mut complaints = unlike(&answer, row.code, row.says);
        if !answer.stdout.is_empty() {
            complaints.push("writes to standard output".to_owned());
        }
        if answer.stderr.contains("Canary") {
            complaints.push(format!("tells a value: {}", answer.stderr.trim_end()));
        }
        // Usage has the argument parser's own form, of several lines.
        let ours = answer.stderr.contains(" [");
        let one = answer.stderr.starts_with("veilpoint: ") && answer.stderr.lines().count() == 1;
        if ours && row.code == 1 && !one {
            complaints.push(format!("says more than one line: {}", answer.stderr));
        }
        let after = site.files("");
        if after != before {
            complaints.push(format!("leaves {after:?}"));
        }
        wrong.extend(
            complaints
                .iter()
                .map(|what| format!("{}: {what}", row.name)),
        );
    }
    let good = visits(0..5).into_bytes();
    for input in ["visits.csv", "good/visits.csv"] {
        if site.read(input).as_ref() != Some(&good) {
            wrong.push(format!("{input} is not what it was"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
