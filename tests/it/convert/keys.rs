//! Where the key comes from, who makes one, and that nobody shows it.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{failure, unlike};
use crate::support::site::{Answer, Running, Site, run, visits};

/// Four keys, by their digits; each makes a release of its own.
const KEYS: [&str; 4] = ["1a", "2b", "3c", "4d"];

fn digits(key: &str) -> String {
    key.repeat(32)
}

/// Writes a key file with these bytes, open to its owner alone.
fn write_private(site: &Site, name: &str, bytes: impl AsRef<[u8]>) {
    site.write(name, bytes);
    fs::set_permissions(site.path(name), fs::Permissions::from_mode(0o600)).unwrap();
}

/// The release under a key, or whatever else was answered.
fn keyed(site: &Site, more: &[&str], variables: &[(&str, &str)]) -> Answer {
    let more = [&["--format", "csv"], more].concat();
    let mut command = site.convert("visits.csv", "-", "keyed", &more);
    run(command.envs(variables.iter().copied()))
}

#[test]
fn the_first_place_that_names_a_key_gives_it() {
    let site = Site::new();
    site.write("visits.csv", visits(0..20));
    for key in KEYS {
        write_private(&site, &format!("{key}.key"), digits(key));
    }
    let release = |key: &str| {
        let answer = keyed(&site, &["--key", &format!("{key}.key")], &[]);
        assert_eq!(failure(&answer), None);
        answer.stdout
    };
    let releases = KEYS.map(release);
    assert_eq!(releases.iter().collect::<HashSet<_>>().len(), KEYS.len());
    let option: &[&str] = &["--key", "1a.key"];
    let variable = digits("3c");
    let file = ("VEILPOINT_KEY_FILE", "2b.key");
    let text = ("VEILPOINT_KEY", variable.as_str());
    fs::create_dir(site.path(".veilpoint")).unwrap();
    fs::rename(site.path("4d.key"), site.path(".veilpoint/master.key")).unwrap();
    let mut wrong = Vec::new();
    for (name, more, variables, expected) in [
        ("the option before all", option, vec![file, text], 0),
        ("the variable of the file", &[], vec![file, text], 1),
        ("the variable of the key", &[], vec![text], 2),
        ("the folder's own", &[], vec![], 3),
        (
            "empty variables are none",
            &[],
            vec![("VEILPOINT_KEY_FILE", ""), ("VEILPOINT_KEY", "")],
            3,
        ),
    ] {
        let answer = keyed(&site, more, &variables);
        wrong.extend(failure(&answer).map(|what| format!("{name}: {what}")));
        if answer.stdout != releases[expected] {
            wrong.push(format!("{name}: another key was taken"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_key_may_be_written_as_digits_or_as_bytes() {
    let site = Site::new();
    site.write("visits.csv", visits(0..20));
    let upper = digits("4d").to_uppercase();
    let forms: [Vec<u8>; 5] = [
        digits("4d").into(),
        upper.into(),
        format!("{}\n", digits("4d")).into(),
        format!("{}\r\n", digits("4d")).into(),
        vec![0x4d; 32],
    ];
    let releases = forms.map(|form| {
        write_private(&site, "form.key", form);
        let answer = keyed(&site, &["--key", "form.key"], &[]);
        assert_eq!(failure(&answer), None);
        answer.stdout
    });
    assert!(releases.iter().all(|release| *release == releases[0]));
}

#[test]
fn a_bad_key_is_refused_without_another_taking_its_place_and_is_not_shown() {
    let site = Site::new();
    site.write("visits.csv", visits(0..20));
    let secret = "5ec2e7".repeat(11);
    fs::create_dir(site.path("folder.key")).unwrap();
    for (name, bytes) in [
        ("short.key", &secret.as_bytes()[..63]),
        ("long.key", &[secret.as_bytes(), b"0"].concat()[..]),
        ("empty.key", b""),
        ("words.key", "correct horse battery staple".as_bytes()),
        ("31.key", &secret.as_bytes()[..31]),
    ] {
        write_private(&site, name, bytes);
    }
    for (name, mode) in [
        ("group.key", 0o640),
        ("world.key", 0o604),
        ("written.key", 0o602),
    ] {
        write_private(&site, name, &secret[..64]);
        fs::set_permissions(site.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    // Good, and never taken in a bad one's place.
    write_private(&site, ".veilpoint/master.key", digits("1a"));
    let files = [
        ("none.key", "none.key"),
        ("folder.key", "folder.key"),
        ("short.key", "64 hexadecimal digits"),
        ("long.key", "64 hexadecimal digits"),
        ("empty.key", "64 hexadecimal digits"),
        ("words.key", "64 hexadecimal digits"),
        ("31.key", "64 hexadecimal digits"),
        ("group.key", "chmod 600 group.key"),
        ("world.key", "chmod 600 world.key"),
        ("written.key", "chmod 600 written.key"),
        ("/dev/zero", "64 hexadecimal digits"),
    ];
    let mut answers = Vec::new();
    for (file, says) in files {
        let by_option = keyed(&site, &["--key", file], &[]);
        let by_variable = keyed(&site, &[], &[("VEILPOINT_KEY_FILE", file)]);
        answers.extend([
            (file.to_owned(), says, by_option),
            (format!("{file} by variable"), says, by_variable),
        ]);
    }
    for text in [
        &secret[..63],
        &secret,
        "correct horse battery staple",
        &secret.replace('5', "g")[..64],
    ] {
        let answer = keyed(&site, &[], &[("VEILPOINT_KEY", text)]);
        answers.push((text.to_owned(), "64 hexadecimal digits", answer));
    }
    let mut wrong = Vec::new();
    for (name, says, answer) in answers {
        let mut complaints = unlike(&answer, 2, &[says, "[KeyUnavailable]"]);
        if !answer.stdout.is_empty() {
            complaints.push("writes".to_owned());
        }
        for part in ["5ec2e7", "gec2e7", "horse"] {
            if answer.stderr.contains(part) {
                complaints.push(format!("shows it: {}", answer.stderr));
            }
        }
        wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The bundled sample beside the bundled projections, in a folder of their own.
fn bundled() -> Site {
    let site = Site::new();
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    site.write(
        "samples/patients.csv",
        fs::read(home.join("samples/patients.csv")).unwrap(),
    );
    for file in ["schema", "analytics"] {
        let name = format!("sql/patients/{file}.sql");
        site.write(&name, fs::read(home.join(&name)).unwrap());
    }
    site
}

const SAMPLE: [&str; 5] = [
    "convert",
    "samples/patients.csv",
    "out.csv",
    "--projection",
    "patients/analytics",
];

#[test]
fn the_samples_get_a_key_on_first_use_and_keep_it() {
    let site = bundled();
    let first = run(&mut site.command(SAMPLE));
    assert_eq!(failure(&first), None);
    let lines: Vec<&str> = first.stderr.lines().collect();
    assert!(
        lines.len() == 2
            && lines[0]
                .starts_with("made a master key for the samples in ./.veilpoint/master.key (id "),
        "{lines:?}"
    );
    let mode = |name: &str| fs::metadata(site.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode(".veilpoint"), mode(".veilpoint/master.key")),
        (0o700, 0o600)
    );
    let key = String::from_utf8(site.read(".veilpoint/master.key").unwrap()).unwrap();
    assert!(!first.stderr.contains(key.trim()));
    let release = site.read("out.csv").unwrap();
    let second = run(&mut site.command(SAMPLE));
    assert_eq!(failure(&second), None);
    assert_eq!(second.stderr.lines().count(), 1, "{}", second.stderr);
    assert!(site.read("out.csv").unwrap() == release);
}

#[test]
fn a_key_is_made_for_nothing_but_the_samples() {
    let mut wrong = Vec::new();
    for (name, args) in [
        (
            "another file",
            "convert copy.csv out.csv -p patients/analytics",
        ),
        ("a pipe", "convert - out.csv -p patients/analytics"),
        (
            "a folder beside",
            "convert samples/../other/ out/ -p patients/analytics",
        ),
        (
            "samples of other projections",
            "convert samples/patients.csv out.csv -p patients/analytics --sql deep/sql",
        ),
        (
            "a refused projection",
            "convert samples/patients.csv out.csv -p visits/named",
        ),
        (
            "an unknown projection",
            "convert samples/patients.csv out.csv -p patients/none",
        ),
        (
            "an unknown object",
            "convert samples/none.csv out.csv -p patients/analytics",
        ),
        (
            "a named key that is not there",
            "convert samples/patients.csv out.csv -p patients/analytics --key none",
        ),
    ] {
        let site = bundled();
        let sample = site.read("samples/patients.csv").unwrap();
        site.write("copy.csv", &sample);
        site.write("other/patients.csv", &sample);
        for file in ["schema", "analytics"] {
            let text = site.read(&format!("sql/patients/{file}.sql")).unwrap();
            site.write(&format!("deep/sql/patients/{file}.sql"), text);
        }
        let answer = run(&mut site.command(args.split(' ')));
        if answer.code == Some(0) {
            wrong.push(format!("{name}: succeeds"));
        }
        if site.path(".veilpoint").exists() {
            wrong.push(format!("{name}: makes a key"));
        }
        if answer.stderr.contains("works under a key")
            && !answer.stderr.contains("veilpoint keygen FILE")
        {
            wrong.push(format!("{name}: {}", answer.stderr));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn first_uses_at_the_same_time_agree_on_one_key() {
    for _ in 0..5 {
        let site = bundled();
        let starts: Vec<Running> = (0..6)
            .map(|n| {
                let output = format!("out-{n}.csv");
                let mut args = SAMPLE;
                args[2] = &output;
                Running::start(&mut site.command(args))
            })
            .collect();
        let failures: Vec<String> = starts
            .into_iter()
            .filter_map(|start| failure(&start.end()))
            .collect();
        assert_eq!(failures, [""; 0]);
        let releases: HashSet<_> = (0..6).map(|n| site.read(&format!("out-{n}.csv"))).collect();
        assert_eq!(releases.len(), 1);
    }
}

#[test]
fn a_projection_without_keyed_functions_and_with_its_order_kept_needs_no_key() {
    let site = Site::new();
    site.write("visits.csv", visits(0..20));
    let answer = run(&mut site.convert("visits.csv", "out.csv", "open", &[]));
    assert_eq!(failure(&answer), None);
    let answer = run(&mut site.convert("visits.csv", "out.csv", "keyed", &[]));
    assert_eq!(
        unlike(
            &answer,
            2,
            &[
                "visits/keyed",
                "veilpoint keygen FILE",
                "--key FILE",
                "[KeyUnavailable]"
            ]
        ),
        [""; 0]
    );
}

#[test]
fn keygen_makes_a_key_that_works_once_and_shows_only_its_id() {
    let site = Site::new();
    site.write("visits.csv", visits(0..20));
    let mut ids = HashSet::new();
    for file in ["one.key", "deep/er/two.key"] {
        let answer = run(&mut site.command(["keygen", file]));
        assert_eq!(failure(&answer), None);
        assert_eq!(answer.stdout, b"");
        let key = String::from_utf8(site.read(file).unwrap()).unwrap();
        let hexadecimal = key
            .trim_end()
            .chars()
            .all(|c| "0123456789abcdef".contains(c));
        assert!(key.len() == 65 && hexadecimal && key.ends_with('\n'));
        assert_eq!(
            fs::metadata(site.path(file)).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(!answer.stderr.contains(key.trim()));
        let id = answer
            .stderr
            .split_once("(id ")
            .unwrap()
            .1
            .split_once(')')
            .unwrap()
            .0
            .to_owned();
        assert!(id.len() == 8 && !key.contains(&id), "{id}");
        ids.insert(id);
        assert_eq!(failure(&keyed(&site, &["--key", file], &[])), None);
        // A second one in its place would make every pseudonym another.
        let again = run(&mut site.command(["keygen", file]));
        assert_eq!(unlike(&again, 2, &[file, "[KeyUnavailable]"]), [""; 0]);
        assert_eq!(site.read(file).unwrap(), key.into_bytes());
    }
    assert_eq!(ids.len(), 2);
    assert_eq!(site.files("deep"), ["er/two.key"]);
}
