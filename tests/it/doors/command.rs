//! `veilpoint convert`, which has whole releases alone.

use std::fs;
use std::process;

use super::door::{Door, Refusal, Told, Way};
use super::table::{Object, Point};
use crate::access_point::stage::Stage;
use crate::support::lambda::Got;
use crate::support::site::{Answer, run};

/// The command, in the folder of the objects.
pub struct Command<'a> {
    /// What it shares SQL and key with.
    pub stage: &'a Stage,
}

impl Door for Command<'_> {
    fn name(&self) -> &'static str {
        "command"
    }

    fn ask(&self, point: &Point, object: &Object, way: &Way) -> Option<Told> {
        let asks_more = way.own_key || !way.query.is_empty() || !way.headers.is_empty();
        if way.method != "GET" || asks_more {
            return None;
        }
        let payload = point.payload();
        let said = |field: &str| payload[field].as_str().unwrap_or_default().to_owned();
        let mut command = process::Command::new(env!("CARGO_BIN_EXE_veilpoint"));
        command
            .current_dir(self.stage.path("objects"))
            .env_clear()
            .args(["convert", &object.key, "../out"])
            .args(["--key", "../key", "--sql", "../sql"])
            .args([
                "--projection",
                &said("projection"),
                "--format",
                &said("format"),
            ])
            .args(["--as-of", &said("as_of")]);
        if let Some(factor) = point.factor(object) {
            command.args(["--length-factor", &factor]);
        }
        let exit = run(&mut command);
        let release = match exit.code {
            Some(0) => Ok(fs::read(self.stage.path("out")).unwrap()),
            _ => Err(refusal(&exit)),
        };
        Some(Told {
            release,
            whole: true,
            described: None,
            leaked: if exit.stderr.contains("CANARY") {
                vec![exit.stderr]
            } else {
                Vec::new()
            },
        })
    }

    fn list(&self, _: &Point, _: &str) -> Option<Got> {
        None
    }
}

/// The last line that it says, whose end is the code: `veilpoint: OBJECT: MESSAGE [CODE]`.
fn refusal(exit: &Answer) -> Refusal {
    let line = exit.stderr.lines().last().unwrap_or_default();
    let message = line.strip_prefix("veilpoint: ").unwrap_or(line);
    let code = message.rsplit_once('[').map_or("", |(_, code)| code);
    Refusal {
        code: code.trim_end_matches(']').to_owned(),
        message: message.to_owned(),
    }
}
