//! Memory is bounded whatever the object's size: the command's own peak, as the system counts it.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const SCHEMA: &str = r#"CREATE EXTERNAL TABLE t (id BIGINT COMMENT 'direct identifier', "first" VARCHAR COMMENT 'direct identifier',
  "last" VARCHAR COMMENT 'direct identifier', born DATE COMMENT 'quasi-identifier', note VARCHAR COMMENT 'insensitive',
  weight DOUBLE COMMENT 'insensitive', at TIMESTAMP COMMENT 'insensitive')
  STORED AS CSV LOCATION '*.csv'"#;

const PROJECTION: &str = r#"SELECT token(id) AS id, pseudonym("first" || ' ' || "last") AS name, age(born) AS age, note, weight, at FROM t"#;

fn write(path: &Path, rows: u64) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    writeln!(file, "id,first,last,born,note,weight,at").unwrap();
    let mut line = String::new();
    for row in 0..rows {
        line.clear();
        writeln!(
            line,
            "{row},First{},Last{},19{:02}-0{}-11,\"note, {} of a text that is somewhat longer, as notes are\",{}.{},2024-01-{:02} 10:{:02}:00",
            row % 31, row % 37, row % 90 + 10, row % 9 + 1, row % 5003, row % 90, row % 10, row % 28 + 1, row % 60
        )
        .unwrap();
        file.write_all(line.as_bytes()).unwrap();
    }
    file.flush().unwrap();
}

/// Peak of resident memory in MiB, of a process that runs to its end. The system forgets it with the process, so it is
/// asked for until then.
pub fn peak(mut child: Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        if let Some(ended) = child.try_wait().unwrap() {
            assert!(ended.success());
            return peak;
        }
        let status = fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        if let Some(kib) = line.and_then(|line| line.trim().strip_suffix(" kB")) {
            peak = peak.max(kib.trim().parse::<u64>().unwrap() / 1024);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn four_times_the_object_takes_no_more_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("sql/t")).unwrap();
    fs::write(path("sql/t/schema.sql"), SCHEMA).unwrap();
    fs::write(path("sql/t/p.sql"), PROJECTION).unwrap();
    fs::write(path("key"), "11".repeat(32)).unwrap();
    let mut permissions = fs::metadata(path("key")).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o600);
    fs::set_permissions(path("key"), permissions).unwrap();
    write(&path("small.csv"), 600_000);
    write(&path("large.csv"), 2_400_000);
    for output in ["out.parquet", "out.csv"] {
        let peak_of = |input: &str| {
            let child = Command::new(env!("CARGO_BIN_EXE_veilpoint"))
                .current_dir(folder.path())
                .args([
                    "convert",
                    input,
                    output,
                    "--projection",
                    "t/p",
                    "--key",
                    "key",
                    "--threads",
                    "2",
                ])
                .stderr(Stdio::null())
                .spawn();
            peak(child.unwrap())
        };
        // Of some runs the least: a busy machine, where a worker may be kept from its work for long, only adds.
        let small = (0..3)
            .map(|_| peak_of("small.csv"))
            .min()
            .unwrap_or_default();
        let bound = 128.min(small + 16);
        let mut runs = 0;
        let mut large = u64::MAX;
        while runs < 8 && large > bound {
            large = large.min(peak_of("large.csv"));
            runs += 1;
        }
        assert!(
            small > 0 && large <= 128,
            "{output}: {small} MiB, then {large} MiB"
        );
        assert!(
            large <= small + 16,
            "{output}: {small} MiB, then {large} MiB"
        );
    }
}
