//! The gateway, over the bucket of the function's S3.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::process::Child;

use super::door::{Door, Told, Way};
use super::table::{Object, Point};
use crate::access_point::stage::{RAW, Stage};
use crate::gateway::stage::{READER, command, leaks, reader};
use crate::support::bucket::ACCOUNT;
use crate::support::lambda::Got;
use crate::support::samples::KEY;
use crate::support::sigv4::{Request, encoded};
use crate::support::site::wait_for;

/// The command at work.
pub struct Gateway {
    port: u16,
    process: Child,
}

impl Gateway {
    /// Starts it with these access points.
    pub fn start(stage: &Stage, points: &[Point]) -> Self {
        let folder = stage.path("gateway");
        fs::create_dir(&folder).unwrap();
        let settings = settings(&stage.front.endpoint(), points);
        fs::write(folder.join("veilpoint.toml"), settings).unwrap();
        let variables = [("VEILPOINT_KEY", KEY), ("READER", READER.1)];
        let variables = ACCOUNT.into_iter().chain(variables);
        let variables: Vec<_> = variables
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let file = |name: &str| File::create(folder.join(name)).unwrap();
        let mut command = command(&folder, &variables);
        command.stdout(file("log")).stderr(file("said"));
        let process = command.spawn().unwrap();
        // Owned before anything can fail: a panic here ends the process too.
        let mut gateway = Self { port: 0, process };
        let mut said = String::new();
        wait_for("the address", || {
            said = fs::read_to_string(folder.join("said")).unwrap();
            said.ends_with('\n') || gateway.process.try_wait().unwrap().is_some()
        });
        let port = said.split_once("://127.0.0.1:").map(|(_, rest)| rest);
        let port = port.and_then(|rest| rest.split_once(", access points: "));
        gateway.port = port.expect(&said).0.parse().expect(&said);
        gateway
    }

    fn got(&self, method: &str, target: &str, headers: &[(&str, String)]) -> Got {
        let request = Request::of(&format!("127.0.0.1:{}", self.port), method, target);
        let headers = headers.iter();
        let request = headers.fold(request, |request, (name, value)| {
            request.header(name, value)
        });
        let signed = reader().header(request);
        signed.send(self.port).expect("an answer")
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn settings(endpoint: &str, points: &[Point]) -> String {
    let mut text =
        "listen = \"127.0.0.1:0\"\nsql = \"../sql\"\ncache = { path = \"cache\" }\n".to_owned();
    for point in points {
        let _ = write!(
            text,
            "\n[access_points.\"{}\"]\n\
             source = {{ url = \"s3://{RAW}/\", endpoint = \"{endpoint}\", path_style = true }}\n",
            point.name
        );
        // A value is written alike in JSON and in TOML, where it is a text or a number.
        for (field, value) in point.payload().as_object().unwrap() {
            let _ = writeln!(text, "{field} = {value}");
        }
    }
    let names: Vec<&str> = points.iter().map(|point| point.name).collect();
    let id = READER.0;
    text + &format!(
        "\n[[credentials]]\naccess_key_id = \"{id}\"\nsecret_access_key = {{ env = \"READER\" }}\naccess_points = {names:?}\n"
    )
}

impl Door for &Gateway {
    fn name(&self) -> &'static str {
        "gateway"
    }

    fn ask(&self, point: &Point, object: &Object, way: &Way) -> Option<Told> {
        let key = encoded(object.asked_by(point, way).as_bytes(), true);
        let target = format!("/{}/{key}{}", point.name, way.query);
        let got = self.got(way.method, &target, &way.headers);
        Some(Told::of(&got, leaks(&got)))
    }

    fn list(&self, point: &Point, query: &str) -> Option<Got> {
        Some(self.got("GET", &format!("/{}?{query}", point.name), &[]))
    }
}
