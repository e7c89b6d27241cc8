//! An object of the bucket into the folder: aside first, and under its name only when every checksum has passed.

use std::mem::take;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::objects::{Incoming, Trouble, in_time};
use super::{Entry, Form, Name};
use crate::cache::entry::{self, CHUNK};
use crate::cache::folder::{Aside, Folder};

/// What came of an object.
pub(super) enum Received {
    /// It is in the folder, and open.
    Entry(Entry),
    /// The folder has no room for it.
    NoRoom,
    /// There is none, or it is not this entry, whole and undamaged.
    Nothing,
}

/// Receives an object.
///
/// # Errors
/// [`Trouble::Silent`] where it does not come to its end.
pub(super) async fn receive(
    folder: &Arc<Folder>,
    name: &Name,
    form: Form,
    object: Incoming,
) -> Result<Received, Trouble> {
    let Some(aside) = write(folder, object).await? else {
        return Ok(Received::NoRoom);
    };
    let (folder, name) = (Arc::clone(folder), *name);
    // What cannot be looked at is not damaged for others.
    let kept = blocking(move || keep(&folder, aside, &name, form)).await;
    Ok(kept.unwrap_or(Received::NoRoom))
}

/// Writes an object aside. None where there is no room.
async fn write(folder: &Arc<Folder>, object: Incoming) -> Result<Option<Aside>, Trouble> {
    let Incoming {
        length, mut body, ..
    } = object;
    let folder = Arc::clone(folder);
    let mut aside = blocking(move || folder.aside_for(length).ok()).await;
    let mut chunk = Vec::new();
    while aside.is_some() {
        let piece = in_time(body.try_next()).await?;
        let piece = piece.map_err(|_| Trouble::Silent)?;
        let ended = piece.is_none();
        chunk.extend_from_slice(&piece.unwrap_or_default());
        if ended || chunk.len() >= CHUNK {
            aside = append(aside, take(&mut chunk)).await;
        }
        if ended {
            break;
        }
    }
    Ok(aside)
}

async fn append(aside: Option<Aside>, bytes: Vec<u8>) -> Option<Aside> {
    let mut aside = aside?;
    blocking(move || aside.append(&bytes).ok().map(|()| aside)).await
}

/// Checks all of it, and lets it appear. It can be read also where that fails.
fn keep(folder: &Arc<Folder>, aside: Aside, name: &Name, form: Form) -> Option<Received> {
    let file = aside.file().try_clone().ok()?;
    let entry = entry::read(file, name, form).filter(|entry| entry.is_whole(name));
    let Some(entry) = entry else {
        return Some(Received::Nothing);
    };
    let _ = aside.publish(name, form);
    if form == Form::Release {
        // The entry has them too: these only last longer.
        let _ = folder.keep_facts(name, &entry.facts);
    }
    Some(Received::Entry(entry))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Option<T> + Send + 'static,
) -> Option<T> {
    spawn_blocking(work).await.ok().flatten()
}
