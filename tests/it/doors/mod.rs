//! One object, contract, projection, settings and key: the same release at every front door, however it is asked for.
//!
//! ```text
//! door.rs            what a door is asked, and what it says
//! object_lambda.rs ┐
//! gateway.rs       ├ the doors, over the same objects and SQL
//! command.rs       ┘
//! table.rs           access points, and the objects that each is asked for
//! ways.rs            how a release is asked for
//! releases.rs        the loop over all of them
//! listed.rs          the two servers' listings
//! worth.rs           the two servers' ranges and conditions
//! broken.rs          what is wrong at its end
//! ```

mod broken;
mod command;
mod door;
mod gateway;
mod listed;
mod object_lambda;
mod releases;
mod table;
mod ways;
mod worth;

use std::fs::{self, File};

use self::command::Command;
use self::door::Door;
use self::gateway::Gateway;
use self::object_lambda::ObjectLambda;
use self::table::{Object, Point};
use crate::access_point::stage::{Stage, noon};

/// A dataset that may be empty, and projections of it that are not row by row.
const STAYS: [(&str, &str); 4] = [
    (
        "schema",
        r#"CREATE EXTERNAL TABLE stays ("Ward" VARCHAR COMMENT 'insensitive', "Days" INT COMMENT 'insensitive')
  STORED AS CSV LOCATION '**/stays*.csv' OPTIONS ('veilpoint.no_records' 'allow')"#,
    ),
    ("all", "SELECT \"Ward\", \"Days\" FROM stays"),
    (
        "sorted",
        "-- order: kept\nSELECT \"Ward\", \"Days\" FROM stays ORDER BY \"Ward\" DESC, \"Days\"",
    ),
    (
        "by_ward",
        "SELECT \"Ward\", count(*) AS \"Stays\" FROM stays GROUP BY \"Ward\"",
    ),
];

/// The doors over the same objects.
struct Doors {
    stage: Stage,
    gateway: Gateway,
}

impl Doors {
    /// With these access points. All three read the same SQL with the same key; the two servers the same bucket.
    fn before(points: &[Point]) -> Self {
        let stage = Stage::new();
        let stays = stage.path("sql/stays");
        fs::create_dir(&stays).unwrap();
        for (name, text) in STAYS {
            fs::write(stays.join(format!("{name}.sql")), text).unwrap();
        }
        for point in points {
            stage.point(point.name, &point.payload());
        }
        let gateway = Gateway::start(&stage, points);
        Self { stage, gateway }
    }

    /// Puts an object into the bucket, and beside the command; last modified at the same time.
    fn put(&self, object: &Object) {
        let bytes = object.bytes.clone();
        let modified = self.stage.put(&object.key, bytes, object.day);
        let path = self.stage.path("objects").join(&object.key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &object.bytes).unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        assert_eq!(modified, noon(object.day));
        file.set_modified(modified.into()).unwrap();
    }

    /// The two servers.
    fn servers(&self) -> [Box<dyn Door + '_>; 2] {
        [
            Box::new(ObjectLambda { stage: &self.stage }),
            Box::new(&self.gateway),
        ]
    }

    /// All doors.
    fn all(&self) -> [Box<dyn Door + '_>; 3] {
        let [lambda, gateway] = self.servers();
        [lambda, gateway, Box::new(Command { stage: &self.stage })]
    }
}
