//! Two processes, one bucket: what the one made the other one answers.

use std::thread::scope;

use super::{ROWS, SHARED, is_claim, key, made, object, settle, shared, stage, unlike};
use crate::access_point::stage::RAW;

#[test]
fn one_of_two_processes_that_are_asked_at_once_makes_the_release() {
    let stage = stage(2, &[]);
    let mut wrong = Vec::new();
    for (format, round) in [
        ("parquet", 0),
        ("csv", 0),
        ("parquet", 1),
        ("csv", 1),
        ("csv", 2),
    ] {
        let folder = format!("{format}-{round}");
        let (target, release) = object(&stage, &folder, ROWS, format);
        let before = made(&stage);
        let answers = scope(|scope| {
            let ask = || stage.ask("GET", &target, &[]);
            let asked = [0, 1].map(|_| scope.spawn(ask));
            asked.map(|answer| answer.join().unwrap())
        });
        let complaints = answers.iter().filter_map(|got| unlike(got, &release));
        wrong.extend(complaints.map(|what| format!("{folder}: {what}")));
        let made = made(&stage) - before;
        if made != 1 {
            wrong.push(format!("{folder}: it was made {made} times"));
        }
    }
    // Two objects for each release, named alike, and no claim.
    let objects = shared(&stage);
    let named = |object: &String| {
        let (name, ending) = object.split_once('.').unwrap_or_default();
        let digits = name.len() == 64 && name.bytes().all(|digit| digit.is_ascii_hexdigit());
        digits && ["release", "facts"].contains(&ending)
    };
    if objects.len() != 10 || !objects.iter().all(named) {
        wrong.push(format!("the bucket holds {objects:?}"));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_bucket_holds_what_was_released_and_nothing_raw() {
    let stage = stage(1, &[]);
    let (target, release) = object(&stage, "a", 500, "csv");
    assert_eq!(unlike(&stage.ask("GET", &target, &[]), &release), None);
    let store = stage.front.store();
    let entry = store.object(SHARED, &key(&stage, ".release")).unwrap();
    assert!(entry.bytes.starts_with(&release));
    for key in store.keys(SHARED) {
        let text = String::from_utf8_lossy(&store.object(SHARED, &key).unwrap().bytes).into_owned();
        for raw in ["DE-0000", "Street ", "+49 30", "patients", "Name 1"] {
            assert!(!text.contains(raw), "{key} holds {raw}");
        }
    }
}

#[test]
fn heads_and_listings_of_another_process_need_its_facts_alone() {
    let stage = stage(2, &[]);
    let (target, release) = object(&stage, "a", 2_000, "csv");
    let bucket = target.split('/').next().unwrap();
    stage.front.use_only(Some(0));
    assert_eq!(unlike(&stage.ask("GET", &target, &[]), &release), None);
    stage.front.use_only(Some(1));
    stage.front.store().forget();
    let length = release.len() as u64;
    let head = stage.ask("HEAD", &target, &[]);
    assert_eq!(head.header("content-length"), length.to_string());
    let listed = stage.page(bucket, "list-type=2").unwrap().entries;
    assert_eq!(
        listed.iter().map(|entry| entry.size).collect::<Vec<_>>(),
        [length]
    );
    let counts = |bucket, key: &str| stage.front.store().counts(bucket, key);
    assert_eq!(counts(RAW, "a/patients.csv").bytes, 0);
    assert_eq!(counts(SHARED, &key(&stage, ".release")).gets, 0);
    // The listing finds them in its own folder.
    assert_eq!(counts(SHARED, &key(&stage, ".facts")).gets, 1);
    assert_eq!(made(&stage), 1);

    // The bytes are the other's, too, and of the object nothing is read.
    assert_eq!(unlike(&stage.ask("GET", &target, &[]), &release), None);
    let range = stage.ask("GET", &target, &[("Range", "bytes=100-299")]);
    assert_eq!((range.status(), &range.body[..]), (206, &release[100..300]));
    assert_eq!(counts(RAW, "a/patients.csv").bytes, 0);
    assert_eq!(counts(SHARED, &key(&stage, ".release")).gets, 1);
    assert_eq!(made(&stage), 1);
}

#[test]
fn a_release_that_does_not_fit_the_folder_is_made_where_it_is_asked_for() {
    let (large, small) = (
        stage(1, &[]),
        stage(1, &[("VEILPOINT_CACHE_MAX_BYTES", "8192")]),
    );
    let (target, release) = object(&large, "a", 5_000, "parquet");
    assert_eq!(unlike(&large.ask("GET", &target, &[]), &release), None);
    object(&small, "a", 5_000, "parquet");
    let mut wrong = Vec::new();
    for shared_before in [false, true] {
        let (here, there) = (small.front.store(), large.front.store());
        for key in there.keys(SHARED).iter().filter(|_| shared_before) {
            here.put(
                SHARED,
                key,
                there.object(SHARED, key).unwrap().bytes.to_vec(),
            );
        }
        let before = made(&small);
        let got = small.ask("GET", &target, &[]);
        wrong.extend(unlike(&got, &release).map(|what| format!("{shared_before}: {what}")));
        if made(&small) == before {
            wrong.push(format!("{shared_before}: it was not made"));
        }
        let claims = shared(&small).into_iter().filter(|key| is_claim(key));
        wrong.extend(claims.map(|key| format!("{shared_before}: {key} is left")));
    }
    let release = key(&small, ".release");
    if small.front.store().counts(SHARED, &release).whole == 0 {
        wrong.push("it was not looked for".to_owned());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_object_that_is_refused_leaves_no_claim_behind() {
    let stage = stage(2, &[]);
    let (target, _) = object(&stage, "a", 10, "csv");
    stage.put("a/patients.csv", "Fullname,Gender\nName 1,Male\n", 1);
    for process in 0..2 {
        stage.front.use_only(Some(process));
        let got = stage.ask("GET", &target, &[]);
        assert_eq!((got.status(), got.code()), (409, "ColumnMissing".into()));
        settle(&stage);
        assert_eq!(shared(&stage), [""; 0], "{process}");
    }
}
