//! The folder of contracts, projections and reference tables, on disk or in a bucket: read once for a command ([`SqlFolder`]), again and
//! again for the doors that stay ([`SqlSource`], [`LiveSql`]).

mod bucket;
mod folder;
mod limits;
mod live;
#[cfg(test)]
mod tests;

pub use folder::SqlFolder;
pub use live::LiveSql;

use self::bucket::Bucket;
use super::Location;
use crate::config;
use crate::dataset::catalog::Texts;
use crate::error::{Error, Kind, Result};

/// Why a file in another encoding has no text.
const NOT_UTF8: &str = "the file is not UTF-8: save it so";

/// A folder of contracts and projections that is read again and again.
pub struct SqlSource {
    location: Location,
    place: Place,
    last: Option<Texts>,
}

enum Place {
    Folder,
    Bucket(Bucket),
}

impl SqlSource {
    /// The source at a folder, or at `s3://bucket/prefix/`, with or without the slash at its end. Nothing is read yet.
    ///
    /// # Errors
    /// [`Kind::Settings`] for what is neither, and for AWS's variables that describe no client.
    pub fn new(location: &str) -> Result<Self> {
        let (location, place) = match Location::parse(location) {
            Ok(Location::Folder(path) | Location::File(path)) => {
                (Location::Folder(path), Place::Folder)
            }
            Ok(Location::Prefix { bucket, prefix }) => prefixed(bucket, prefix)?,
            Ok(Location::Object { bucket, key }) => prefixed(bucket, format!("{key}/"))?,
            Ok(Location::Stdio) | Err(_) => {
                let message =
                    "contracts and projections lie in a folder, or below s3://bucket/prefix/";
                return Err(Error::new(Kind::Settings, message));
            }
        };
        Ok(Self {
            location,
            place,
            last: None,
        })
    }

    /// What errors call it.
    pub fn origin(&self) -> String {
        self.location.to_string()
    }

    /// The files as they are now. None where they are what they were at the last call.
    ///
    /// In a bucket, that is one LIST where nothing changed, and a GET for each object whose `ETag` did; a call that is
    /// given up half way keeps what it has. What is wrong with one file stands in its place; a file that is not named
    /// as a contract, projection or reference table is not read.
    ///
    /// # Errors
    /// [`Kind::Settings`] where there is no such folder or bucket, more than 1,000 files, or reference
    /// tables beyond their limits; [`Kind::Source`] where it
    /// cannot be read.
    pub async fn texts(&mut self) -> Result<Option<Texts>> {
        let read = match (&mut self.place, &self.location) {
            (Place::Bucket(bucket), _) => bucket.texts().await,
            (Place::Folder, location) => folder::texts(location).await,
        };
        let texts = read.map_err(|err| err.in_object(&self.origin()))?;
        if self.last.as_ref() == Some(&texts) {
            return Ok(None);
        }
        self.last = Some(texts.clone());
        Ok(Some(texts))
    }
}

fn prefixed(bucket: String, prefix: String) -> Result<(Location, Place)> {
    let place = Bucket::new(config::s3(&bucket)?, &prefix)?;
    Ok((Location::Prefix { bucket, prefix }, Place::Bucket(place)))
}
