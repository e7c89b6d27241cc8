//! Arguments → [`Plan`]: everything that can be refused before work starts is refused here.

use std::collections::HashMap;
use std::fs;
use std::io::IsTerminal;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use chrono::NaiveDate;

use super::Args;
use crate::access_point::law;
use crate::config::{Environment, FoundKey};
use crate::dataset::contract::Contract;
use crate::dataset::name::ProjectionName;
use crate::dataset::projection::Projection;
use crate::error::{Error, Kind, Result};
use crate::key::DomainKeys;
use crate::release::Options;
use crate::request::Format;
use crate::source::{Location, Object, SqlFolder, Target, find};

/// What a run does, checked.
pub(super) struct Plan {
    pub(super) contract: Contract,
    pub(super) projection: Projection,
    pub(super) keys: Option<DomainKeys>,
    pub(super) format: Format,
    /// For each object; the threads are divided among those at work.
    pub(super) options: Options,
    pub(super) tasks: Vec<Task>,
    /// How many objects are at work at once.
    pub(super) at_once: usize,
    /// `INPUT → OUTPUT`.
    pub(super) title: String,
    /// The key that was made for this run, by its file and id.
    pub(super) made_key: Option<(PathBuf, String)>,
}

/// One object and its release.
pub(super) struct Task {
    pub(super) object: Object,
    pub(super) target: Target,
    /// What errors of writing call the target.
    pub(super) output: String,
    pub(super) as_of: NaiveDate,
    /// The length that a Parquet release is filled up to.
    pub(super) length: Option<u64>,
}

impl Plan {
    pub(super) async fn new(
        args: Args,
        environment: &Environment,
        today: NaiveDate,
    ) -> Result<Self> {
        let input = Location::parse(&args.input)?;
        let output = output(&input, &args.output)?;
        let format = format(&args, &output)?;
        let (contract, projection) = SqlFolder::new(&args.sql).load(&args.projection)?;
        let objects = owned(&contract, &input, find(&input).await?)?;
        let length = |object: &Object| length(&args, &projection, format, object);
        let tasks = tasks(&args, objects, &output, format, today, length)?;
        let found = if projection.needs_key() {
            Some(master_key(
                environment,
                args.key.as_deref(),
                &args.sql,
                &input,
                &args.projection,
            )?)
        } else {
            None
        };
        let threads = match args.threads {
            Some(threads) => usize::from(threads),
            None => thread::available_parallelism().map_or(1, NonZero::get),
        };
        let at_once = threads.min(tasks.len());
        let keys = found
            .as_ref()
            .map(|found| found.key.domain(&projection.domain()));
        let made_key = found.and_then(|found| Some((found.made?, found.key.id())));
        Ok(Self {
            options: Options {
                threads: (threads / at_once).max(1),
                parquet_compression: args.compression,
                memory_limit: usize::try_from(args.memory_limit.0).unwrap_or(usize::MAX),
                csv_formulas: args.csv_formulas,
            },
            title: format!("{input} → {output}"),
            contract,
            projection,
            keys,
            format,
            tasks,
            at_once,
            made_key,
        })
    }
}

/// OUTPUT is of the kind of INPUT: many go to a folder or prefix.
fn output(input: &Location, text: &str) -> Result<Location> {
    let output = Location::parse(text)?;
    let refused = |message: String| Err(Error::new(Kind::Usage, message));
    if !input.is_many() || output.is_many() {
        return match (input, output.is_many()) {
            (Location::Stdio, true) => refused(format!(
                "standard input has no name: name the file to write below {text}"
            )),
            _ => Ok(output),
        };
    }
    match output {
        Location::File(path) if path.extension().is_none() && !path.exists() => {
            Ok(Location::Folder(path))
        }
        Location::Object { .. } | Location::File(_) => refused(format!(
            "INPUT is many objects and OUTPUT one: end {text} with / to make it a folder"
        )),
        _ => refused("INPUT is many objects: name a folder as OUTPUT".to_owned()),
    }
}

fn format(args: &Args, output: &Location) -> Result<Format> {
    let format = match (args.format, output.name()) {
        (Some(format), _) => Some(format),
        (None, Some(name)) => Format::of_key(name),
        (None, None) => output.is_many().then_some(Format::Parquet),
    };
    let Some(format) = format else {
        let message = "OUTPUT's name says no format: give --format parquet or --format csv";
        return Err(Error::new(Kind::Usage, message));
    };
    let to_screen = *output == Location::Stdio && std::io::stdout().is_terminal();
    if to_screen && format == Format::Parquet {
        let message = "Parquet is not for a terminal: redirect standard output, name a file, or give --format csv";
        return Err(Error::new(Kind::Usage, message));
    }
    Ok(format)
}

/// Of many objects those that the dataset owns; a single one is the user's own choice.
fn owned(contract: &Contract, input: &Location, mut objects: Vec<Object>) -> Result<Vec<Object>> {
    if input.is_many() {
        objects.retain(|object| contract.owns(&object.key));
    }
    if objects.is_empty() {
        let message = format!(
            "there is no object here that the dataset {} owns: its LOCATION is '{}', relative to INPUT",
            contract.dataset, contract.location
        );
        return Err(Error::new(Kind::NotFound, message).in_object(&input.to_string()));
    }
    Ok(objects)
}

fn tasks(
    args: &Args,
    objects: Vec<Object>,
    output: &Location,
    format: Format,
    today: NaiveDate,
    length: impl Fn(&Object) -> Result<Option<u64>>,
) -> Result<Vec<Task>> {
    let mut taken: HashMap<String, String> = HashMap::new();
    let mut tasks = Vec::with_capacity(objects.len());
    for object in objects {
        let place = output.join(&format.release_key(&object.key));
        let name = place.to_string();
        let target = Target::resolve(&place)?;
        if let Some(other) = taken.insert(name.clone(), object.label.clone()) {
            let message = format!(
                "{other} and {} would both become this: rename one",
                object.label
            );
            return Err(Error::new(Kind::Usage, message).in_object(&name));
        }
        let as_of = args.as_of.resolve(today, object.modified)?;
        tasks.push(Task {
            length: length(&object)?,
            object,
            target,
            output: name,
            as_of,
        });
    }
    let replaced = tasks.iter().find(|task| {
        let mut inputs = tasks.iter().map(|other| &other.object);
        inputs.any(|object| task.target.replaces(object))
    });
    match replaced {
        None => Ok(tasks),
        Some(task) => {
            let message = "this is an INPUT: name another OUTPUT";
            Err(Error::new(Kind::Usage, message).in_object(&task.output))
        }
    }
}

/// The length by law, where one is asked for.
fn length(
    args: &Args,
    projection: &Projection,
    format: Format,
    object: &Object,
) -> Result<Option<u64>> {
    let Some(factor) = args.length_factor else {
        return Ok(None);
    };
    let refused = |message: &str| Err(Error::new(Kind::Usage, message));
    match object.size {
        _ if format == Format::Csv => {
            refused("--length-factor is for Parquet: CSV has no place for filler")
        }
        None => {
            refused("--length-factor wants an INPUT whose length is known: a file or an object")
        }
        Some(size) => Ok(Some(law(factor, size, projection.columns()))),
    }
}

/// The key of a command that reads INPUT by a projection: for the bundled samples one is made.
pub(in crate::door::cli) fn master_key(
    environment: &Environment,
    given: Option<&Path>,
    sql: &Path,
    input: &Location,
    projection: &ProjectionName,
) -> Result<FoundKey> {
    let make = is_bundled(sql, input);
    let found = environment.master_key(given, Path::new("."), make)?;
    found.ok_or_else(|| {
        let message = format!(
            "{projection} works under a key, and there is none: make one with `veilpoint keygen FILE` and give it with --key FILE"
        );
        Error::new(Kind::Key, message)
    })
}

/// Whether INPUT lies in the samples that come with the projections: `samples/` beside the `--sql` folder.
fn is_bundled(sql: &Path, input: &Location) -> bool {
    let beside = sql.parent().unwrap_or(sql).join("samples");
    let real = |path: &Path| fs::canonicalize(path).ok();
    match (real(&beside), input.path().and_then(real)) {
        (Some(samples), Some(input)) => input.starts_with(samples),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(text: &str) -> Location {
        Location::parse(text).unwrap()
    }

    #[test]
    fn many_objects_go_to_a_folder_and_one_to_a_file() {
        for (input, text, expected) in [
            ("a.csv", "out.parquet", Some("out.parquet")),
            ("a.csv", "out/", Some("out/")),
            ("a.csv", "-", Some("-")),
            ("-", "-", Some("-")),
            ("-", "out/", None),
            ("in/", "out", Some("out")),
            ("in/", "out/", Some("out/")),
            ("in/", "out.parquet", None),
            ("in/", "Cargo.toml", None),
            ("in/", "-", None),
            ("s3://b/in/", "s3://b/out/", Some("s3://b/out/")),
            ("s3://b/in/", "s3://b/out", None),
            ("s3://b/in.csv", "s3://b/out.csv", Some("s3://b/out.csv")),
        ] {
            let result = output(&location(input), text);
            let shown = result.as_ref().ok().map(ToString::to_string);
            assert_eq!(shown.as_deref(), expected, "{input} {text}");
            if let Ok(output) = result {
                assert_eq!(
                    output.is_many() || text.ends_with('/'),
                    location(input).is_many() || text.ends_with('/')
                );
            }
        }
    }

    #[test]
    fn only_samples_beside_the_projections_are_bundled() {
        let root = tempfile::tempdir().unwrap();
        for folder in ["sql", "samples/more", "other"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        for file in ["samples/a.csv", "samples/more/b.csv", "other/c.csv"] {
            fs::write(root.path().join(file), "").unwrap();
        }
        let sql = root.path().join("sql");
        let bundled = |path: &str| {
            let path = root.path().join(path);
            is_bundled(&sql, &location(path.to_str().unwrap()))
        };
        assert!(bundled("samples/a.csv") && bundled("samples/more/b.csv") && bundled("samples"));
        assert!(!bundled("other/c.csv") && !bundled("samples/../other/c.csv") && !bundled("none"));
        assert!(!is_bundled(&sql, &Location::Stdio));
    }
}
