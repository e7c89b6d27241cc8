//! The catalog in force while files are edited, and what is logged. The clock is an argument.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::join_all;
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::spawn_blocking;

use super::*;
use crate::dataset::catalog::Catalog;

const SCHEMA: &str = r#"CREATE EXTERNAL TABLE visits ("Name" VARCHAR COMMENT 'direct identifier',
    "Ward" VARCHAR COMMENT 'insensitive') STORED AS CSV LOCATION 'visits*.csv'"#;
const WARD: &str = r#"SELECT "Ward" FROM visits"#;
const ROOM: &str = r#"SELECT "Ward" AS "Room" FROM visits"#;
const NAME: &str = r#"SELECT "Name" FROM visits"#;

/// A folder that is served, and the time.
struct Site {
    folder: TempDir,
    live: LiveSql,
    begun: Instant,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("sql");
        let site = Self {
            live: LiveSql::new(root.to_str().unwrap()).unwrap(),
            folder,
            begun: Instant::now(),
        };
        site.write("schema", SCHEMA);
        site.write("ward", WARD);
        site
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("sql")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.root().join(format!("visits/{name}.sql"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn time(&self, seconds: u64) -> Instant {
        self.begun + Duration::from_secs(seconds)
    }

    /// What a request gets so many seconds after the beginning.
    async fn at(&self, seconds: u64) -> Result<Arc<Catalog>> {
        self.live.current_at(self.time(seconds)).await
    }

    /// The hash of the projection's text that is in force then.
    async fn ward_at(&self, seconds: u64) -> String {
        ward(&self.at(seconds).await.unwrap())
    }

    /// Takes the folder away, or brings it back.
    fn toggle(&self) {
        let away = self.folder.path().join("away");
        let (from, to) = if away.exists() {
            (away, self.root())
        } else {
            (self.root(), away)
        };
        fs::rename(from, to).unwrap();
    }
}

fn ward(catalog: &Catalog) -> String {
    let served = catalog.get(&"visits/ward".parse().unwrap()).unwrap();
    served.projection_sha256.clone()
}

/// Runs with a log, and gives its events: `event level projection`.
fn logged(run: impl FnOnce()) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let file = Mutex::new(File::create(&path).unwrap());
    let subscriber = tracing_subscriber::fmt().json().with_writer(file).finish();
    // With one subscriber alone, a thread of another test that has none would decide for all that nothing is logged.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    tracing::subscriber::with_default(subscriber, run);
    let log = fs::read_to_string(path).unwrap();
    let lines = log.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn events(log: &[Value]) -> Vec<&str> {
    let events = log.iter().map(|line| line["fields"]["event"].as_str());
    events.map(|event| event.unwrap_or("no event")).collect()
}

/// Occupies the one thread for all that blocks, until what this returns is dropped.
fn occupy() -> Sender<()> {
    let (freed, told) = channel();
    drop(spawn_blocking(move || told.recv()));
    freed
}

#[test]
fn an_edit_is_seen_at_the_first_request_after_25_seconds_and_not_before() {
    let site = Site::new();
    block(async {
        let first = site.at(0).await.unwrap();
        site.write("ward", ROOM);
        for seconds in [0, 1, 24] {
            assert!(Arc::ptr_eq(&first, &site.at(seconds).await.unwrap()));
        }
        let second = site.at(25).await.unwrap();
        assert_ne!(ward(&first), ward(&second));
        // Whoever holds the old version still has it whole.
        assert_eq!(ward(&first), ward(&first.clone()));
        site.write("ward", WARD);
        assert!(Arc::ptr_eq(&second, &site.at(49).await.unwrap()));
        assert_eq!(site.ward_at(50).await, ward(&first));
    });
}

#[test]
fn a_look_that_finds_nothing_new_keeps_the_catalog() {
    let site = Site::new();
    let log = logged(|| {
        block(async {
            let first = site.at(0).await.unwrap();
            assert!(Arc::ptr_eq(&first, &site.at(25).await.unwrap()));
            assert!(Arc::ptr_eq(&first, &site.at(500).await.unwrap()));
        });
    });
    assert_eq!(events(&log), ["sql_loaded"]);
}

#[test]
fn a_refused_edit_leaves_the_old_version_and_is_logged_once() {
    let site = Site::new();
    let log = logged(|| {
        block(async {
            let first = site.ward_at(0).await;
            site.write("ward", NAME);
            assert_eq!(site.ward_at(30).await, first);
            site.write("room", ROOM);
            assert_eq!(site.ward_at(60).await, first);
            site.write("ward", WARD);
            assert_eq!(site.ward_at(90).await, first);
        });
    });
    let expected = [
        "sql_loaded",
        "sql_loaded",
        "sql_refused",
        "sql_loaded",
        "sql_loaded",
    ];
    assert_eq!(events(&log), expected);
    let counts = |line: &Value| {
        let fields = &line["fields"];
        (fields["projections"].as_u64(), fields["refused"].as_u64())
    };
    let loaded = log.iter().filter(|line| line["level"] == "INFO");
    let loaded: Vec<_> = loaded.map(counts).collect();
    let expected = [(1, 0), (1, 1), (2, 1), (2, 0)];
    assert_eq!(loaded, expected.map(|(a, b)| (Some(a), Some(b))));
    let refused = &log[2];
    assert_eq!(refused["level"], "ERROR");
    assert_eq!(refused["fields"]["projection"], "visits/ward");
    let message = refused["fields"]["message"].as_str().unwrap();
    assert!(message.contains("sql/visits/ward.sql:1:"), "{message}");
    assert!(message.contains("\"Name\""), "{message}");
    let target = refused["target"].as_str().unwrap();
    assert!(target.starts_with("veilpoint::"), "{target}");
}

#[test]
fn a_look_that_fails_leaves_the_old_version_and_is_not_repeated_for_5_seconds() {
    let site = Site::new();
    let log = logged(|| {
        block(async {
            let first = site.at(0).await.unwrap();
            site.toggle();
            for seconds in [25, 26, 29] {
                assert!(Arc::ptr_eq(&first, &site.at(seconds).await.unwrap()));
            }
            site.toggle();
            site.write("ward", ROOM);
            assert!(Arc::ptr_eq(&first, &site.at(29).await.unwrap()));
            assert_ne!(site.ward_at(30).await, ward(&first));
            // From then on, it is looked at again as ever.
            site.write("ward", WARD);
            assert_ne!(site.ward_at(54).await, ward(&first));
            assert_eq!(site.ward_at(55).await, ward(&first));
        });
    });
    let expected = ["sql_loaded", "sql_unavailable", "sql_loaded", "sql_loaded"];
    assert_eq!(events(&log), expected);
    assert_eq!(log[1]["level"], "ERROR");
    let message = log[1]["fields"]["message"].as_str().unwrap();
    assert!(message.contains("no such folder"), "{message}");
}

#[test]
fn without_an_old_version_the_failure_is_answered() {
    let site = Site::new();
    site.toggle();
    let log = logged(|| {
        block(async {
            for (seconds, back) in [(0, false), (1, false), (4, true)] {
                if back {
                    site.toggle();
                }
                let error = site.at(seconds).await.unwrap_err();
                assert_eq!(error.kind(), Kind::Settings);
                let place = site.root().display().to_string();
                assert!(error.to_string().starts_with(&place), "{error}");
            }
            site.at(5).await.unwrap();
        });
    });
    assert_eq!(events(&log), ["sql_unavailable", "sql_loaded"]);
}

#[test]
fn one_request_looks_and_the_others_go_on() {
    let site = Site::new();
    let log = logged(|| {
        block(async {
            // Without a catalog, all wait for the same one.
            let all = join_all((0..8).map(|_| site.at(0))).await;
            let first = all[0].as_ref().unwrap();
            for other in &all {
                assert!(Arc::ptr_eq(first, other.as_ref().unwrap()));
            }
            site.write("ward", ROOM);
            // One looks and waits; the others, asked meanwhile, do not.
            let busy = occupy();
            let mut look = Box::pin(site.at(25));
            assert!((&mut look).now_or_never().is_none());
            for seconds in [25, 26, 100] {
                assert!(Arc::ptr_eq(first, &site.at(seconds).await.unwrap()));
            }
            drop(busy);
            assert_ne!(ward(&look.await.unwrap()), ward(first));
        });
    });
    assert_eq!(events(&log), ["sql_loaded", "sql_loaded"]);
}

#[test]
fn a_look_that_is_given_up_half_way_is_made_by_the_next() {
    let mut wrong = Vec::new();
    for (stage, read) in [("reading", false), ("the proof", true)] {
        let site = Site::new();
        block(async {
            let first = site.ward_at(0).await;
            site.write("ward", ROOM);
            let mut before = Some(occupy());
            let mut look = Box::pin(site.at(25));
            assert!((&mut look).now_or_never().is_none());
            // In the queue of what blocks: before, the reading, its mark, behind.
            let mark = spawn_blocking(|| ());
            let behind = occupy();
            if read {
                before = None;
                mark.await.unwrap();
                assert!((&mut look).now_or_never().is_none());
            }
            drop(look);
            if site.live.looker.lock().await.unproven.is_some() != read {
                wrong.push(format!("{stage}: given up somewhere else"));
            }
            drop((before, behind));
            if site.ward_at(25).await == first {
                wrong.push(format!("{stage}: the edit is lost"));
            }
        });
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_look_that_takes_too_long_is_a_failed_one() {
    let site = Site::new();
    let log = logged(|| {
        block(async {
            let first = site.at(0).await.unwrap();
            site.write("ward", ROOM);
            let busy = occupy();
            let mut looker = site.live.looker.lock().await;
            let look = site.live.look(&mut looker, site.time(25), Duration::ZERO);
            assert!(Arc::ptr_eq(&first, &look.await.unwrap()));
            drop((looker, busy));
            assert_eq!(site.ward_at(29).await, ward(&first));
            assert_ne!(site.ward_at(30).await, ward(&first));
        });
    });
    assert_eq!(
        events(&log),
        ["sql_loaded", "sql_unavailable", "sql_loaded"]
    );
    let message = log[1]["fields"]["message"].as_str().unwrap();
    assert!(message.contains("in time"), "{message}");
}

#[test]
fn a_prefix_in_a_bucket_is_served_as_a_folder_is() {
    let (store, source) = source("a/sql/");
    let live = LiveSql::of(source);
    let (begun, name) = (Instant::now(), "visits/ward".parse().unwrap());
    let at = |seconds| live.current_at(begun + Duration::from_secs(seconds));
    block(async {
        put(&store, "a/sql/visits/schema.sql", SCHEMA).await;
        put(&store, "a/sql/visits/ward.sql", WARD).await;
        let first = at(0).await.unwrap().get(&name).unwrap();
        put(&store, "a/sql/visits/ward.sql", NAME).await;
        let second = at(25).await.unwrap();
        assert!(Arc::ptr_eq(&first, &second.get(&name).unwrap()));
        let (_, refusal) = second.refusals().next().unwrap();
        let place = "s3://bucket/a/sql/visits/ward.sql:1:";
        assert!(refusal.to_string().starts_with(place), "{refusal}");
        put(&store, "a/sql/visits/ward.sql", ROOM).await;
        let third = at(50).await.unwrap().get(&name).unwrap();
        assert_ne!(third.projection_sha256, first.projection_sha256);
        store.delete(&"a/sql/visits/ward.sql".into()).await.unwrap();
        let error = at(75).await.unwrap().get(&name).unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound);
    });
}

#[test]
fn it_is_asked_from_any_thread() {
    fn anywhere<T: Send + Sync>(_: &T) {}
    fn sent<T: Send>(_: T) {}
    let site = Site::new();
    anywhere(&site.live);
    sent(site.live.current());
}

#[test]
fn the_bundled_projections_are_served() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql");
    let live = LiveSql::new(root.to_str().unwrap()).unwrap();
    let catalog = block(live.current()).unwrap();
    assert_eq!(catalog.refusals().count(), 0);
    let names: Vec<String> = catalog.names().map(ToString::to_string).collect();
    let expected = SqlFolder::new(root).projections();
    assert!(names.len() > 2 && names == expected, "{names:?}");
}
