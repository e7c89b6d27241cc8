//! Objects: found by a location, opened as a stream of raw bytes.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use object_store::{GetOptions, ObjectMeta, ObjectStoreExt, path};
use tokio::runtime::Handle;

use super::damaged::classify;
use super::entries::{entries, file_facts};
use super::store::{self, Store};
use super::{Folder, Location, read, resumed};
use crate::config::{self, S3Place};
use crate::error::{Error, Kind, Result};

/// One object, not opened yet.
pub struct Object {
    /// What errors and reports call it.
    pub label: String,
    /// Its key relative to the source, with `/` between the parts; a single file's is its name.
    pub key: String,
    /// Its length in bytes, where it is known beforehand.
    pub size: Option<u64>,
    /// When it was last modified, where that is known.
    pub modified: Option<DateTime<Utc>>,
    /// Where its bytes come from.
    pub input: Input,
}

/// Where an object's bytes come from.
#[derive(Clone)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file, or a pipe or device with a path.
    File(PathBuf),
    /// An object in a bucket, in the version that was found.
    Store {
        /// The bucket.
        store: Store,
        /// The object's metadata when it was found.
        meta: ObjectMeta,
        /// The version that is asked for by its id; the newest without one.
        version: Option<String>,
        /// Where its stream is driven.
        runtime: Handle,
    },
}

impl Object {
    /// Its `ETag`, where its store gives one.
    pub fn etag(&self) -> Option<&str> {
        match &self.input {
            Input::Store { meta, .. } => meta.e_tag.as_deref(),
            Input::Stdin | Input::File(_) => None,
        }
    }
}

impl Input {
    /// Opens the raw bytes. Blocks (a pipe until it has a writer): call it on a thread of its own.
    pub fn open(&self) -> Result<Box<dyn Read + Send>> {
        match self {
            Self::Stdin => Ok(Box::new(std::io::stdin())),
            Self::File(path) => Ok(Box::new(File::open(path).map_err(classify)?)),
            Self::Store {
                store,
                meta,
                version,
                runtime,
            } => {
                let options = GetOptions::new()
                    .with_if_match(meta.e_tag.clone())
                    .with_version(version.clone());
                let answer = runtime
                    .block_on(store.get_opts(&meta.location, options))
                    .map_err(|err| store::explain(err, Kind::Source))?;
                let stream = resumed::pieces(store.clone(), answer, version.clone());
                Ok(Box::new(read::reader(runtime, stream, Some(meta.size))))
            }
        }
    }
}

/// The objects at a location: one, or all below a folder or prefix in the order of their keys.
///
/// Hidden names (a leading dot) and links to folders are not followed.
pub async fn find(location: &Location) -> Result<Vec<Object>> {
    let found = match location {
        Location::Stdio => Ok(vec![Object {
            label: "standard input".to_owned(),
            key: String::new(),
            size: None,
            modified: None,
            input: Input::Stdin,
        }]),
        Location::File(path) => file(path, name_of(path)).map(|object| vec![object]),
        Location::Folder(path) => {
            let mut objects = Vec::new();
            walk(path, "", &mut objects).map(|()| objects)
        }
        Location::Object { bucket, key } => head(config::s3(bucket)?, location, key).await,
        Location::Prefix { bucket, prefix } => list(config::s3(bucket)?, location, prefix).await,
    };
    let mut objects = found.map_err(|err| err.in_object(&location.to_string()))?;
    objects.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(objects)
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

fn file(path: &Path, key: String) -> Result<Object> {
    let facts = fs::metadata(path).map_err(missing)?;
    if facts.is_dir() {
        let message = "this is a folder, not a file";
        return Err(Error::new(Kind::Source, message));
    }
    Ok(Object {
        label: path.display().to_string(),
        key,
        size: facts.is_file().then_some(facts.len()),
        modified: facts.modified().ok().map(DateTime::<Utc>::from),
        input: Input::File(path.to_owned()),
    })
}

/// An INPUT that is not there is the request's fault, not the system's.
fn missing(err: std::io::Error) -> Error {
    match err.kind() {
        std::io::ErrorKind::NotFound => Error::new(
            Kind::NotFound,
            "there is no such file or folder: check the path",
        ),
        _ => classify(err),
    }
}

/// Collects the files below a folder. Links to files are read, links to folders are not: they may lead in a circle.
fn walk(folder: &Path, prefix: &str, objects: &mut Vec<Object>) -> Result<()> {
    for entry in entries(folder).map_err(missing)? {
        let entry = entry.map_err(classify)?;
        let name = entry.name;
        let (path, key) = (folder.join(&name), format!("{prefix}{name}"));
        if entry.is_folder {
            walk(&path, &format!("{key}/"), objects)?;
        } else if file_facts(&path).is_ok_and(|facts| facts.is_some()) {
            objects.push(file(&path, key)?);
        }
    }
    Ok(())
}

fn stored(
    store: &Store,
    label: String,
    key: String,
    meta: ObjectMeta,
    version: Option<&str>,
) -> Object {
    Object {
        label,
        key,
        size: Some(meta.size),
        modified: Some(meta.last_modified),
        input: Input::Store {
            store: store.clone(),
            meta,
            version: version.map(str::to_owned),
            runtime: Handle::current(),
        },
    }
}

async fn head(store: Store, location: &Location, key: &str) -> Result<Vec<Object>> {
    let meta = store.head(&store::key(key)?).await;
    let meta = meta.map_err(|err| store::explain(err, Kind::Source))?;
    let name = location.name().unwrap_or(key).to_owned();
    Ok(vec![stored(&store, location.to_string(), name, meta, None)])
}

/// The object with this key behind a source: a folder by its absolute path, `s3://bucket` or a prefix in it, or the ARN
/// of an access point. In the version with this id, where one is given: to read it takes the right
/// `s3:GetObjectVersion`.
///
/// # Errors
/// [`Kind::Usage`] for another source; [`Kind::NotFound`]; [`Kind::Source`].
pub async fn find_version(source: &str, key: &str, version: Option<&str>) -> Result<Object> {
    let folder = Path::new(source);
    if folder.is_absolute() {
        return in_folder(folder, key).await;
    }
    let (store, prefix) = if source.starts_with("s3://") {
        let place = S3Place::parse(source).ok_or_else(|| {
            let message = "a source is a folder, s3://bucket/prefix, or the ARN of an access point";
            Error::new(Kind::Usage, message)
        })?;
        (config::s3(&place.bucket)? as Store, place.prefix)
    } else {
        (config::s3_access_point(source)?, String::new())
    };
    let label = format!("{}/{key}", source.trim_end_matches('/'));
    let options = GetOptions::new().with_head(true).with_version(version);
    let place = store::key(&format!("{prefix}{key}"))?;
    let answer = store.get_opts(&place, options).await;
    let answer = answer.map_err(|err| store::explain(err, Kind::Source).in_object(&label))?;
    let name = key.rsplit('/').next().unwrap_or(key).to_owned();
    Ok(stored(&store, label, name, answer.meta, version))
}

/// A file that a folder has as an object, which no other one is.
async fn in_folder(folder: &Path, key: &str) -> Result<Object> {
    let label = folder.join(key).display().to_string();
    let found = Folder::at(folder.to_owned()).await?.path(key).await?;
    let path = found.ok_or_else(|| {
        Error::new(Kind::NotFound, "there is no such file: check the path").in_object(&label)
    })?;
    file(&path, name_of(&path)).map_err(|err| err.in_object(&label))
}

async fn list(store: Store, location: &Location, prefix: &str) -> Result<Vec<Object>> {
    let start: path::Path = store::key(prefix)?;
    let metas: Vec<ObjectMeta> = store
        .list(Some(&start))
        .try_collect()
        .await
        .map_err(|err| store::explain(err, Kind::Source))?;
    let keyed = metas.into_iter().filter_map(|meta| {
        let key = meta.location.as_ref().strip_prefix(prefix)?.to_owned();
        let hidden = key.split('/').any(|part| part.starts_with('.'));
        (!key.is_empty() && !hidden).then_some((key, meta))
    });
    Ok(keyed
        .map(|(key, meta)| stored(&store, location.join(&key).to_string(), key, meta, None))
        .collect())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn block<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(future)
    }

    #[test]
    fn a_folder_lists_its_files_by_key_without_hidden_ones_and_circles() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("b/.hidden")).unwrap();
        for name in [
            "z.csv",
            "b/a.csv",
            "b/.hidden/x.csv",
            ".veilpoint-x",
            "a.csv",
        ] {
            fs::write(root.join(name), name).unwrap();
        }
        symlink(root, root.join("b/circle")).unwrap();
        symlink(root.join("z.csv"), root.join("link.csv")).unwrap();
        let objects = block(find(&Location::Folder(root.to_owned()))).unwrap();
        let keys: Vec<_> = objects.iter().map(|o| (o.key.as_str(), o.size)).collect();
        let expected = [("a.csv", 5), ("b/a.csv", 7), ("link.csv", 5), ("z.csv", 5)];
        assert_eq!(keys, expected.map(|(key, size)| (key, Some(size))));
    }

    #[test]
    fn a_file_is_found_with_its_facts_and_a_missing_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        assert_eq!(
            block(find(&Location::File(path.clone())))
                .err()
                .map(|e| e.kind()),
            Some(Kind::NotFound)
        );
        fs::write(&path, "x").unwrap();
        let objects = block(find(&Location::File(path))).unwrap();
        assert_eq!(
            (objects[0].key.as_str(), objects[0].size),
            ("a.csv", Some(1))
        );
        assert!(objects[0].modified.is_some());
        let mut text = String::new();
        objects[0]
            .input
            .open()
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "x");
    }
}
