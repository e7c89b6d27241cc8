//! Bytes that are written once and then read: in memory while they are few, then in a file.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Kind};

/// Where bytes go beyond what memory may hold.
pub type Folder = Option<Arc<Path>>;

/// Bytes put aside. The file has no name from the start, and is gone when this is.
pub struct Aside {
    held: Held,
    /// Bytes that memory may hold.
    most: usize,
    folder: Folder,
}

enum Held {
    Memory(Cursor<Vec<u8>>),
    File(File),
}

impl Aside {
    /// Nothing yet; up to `most` bytes stay in memory, in a buffer of twice that, beyond that all go to a file in `folder`.
    pub fn new(most: usize, folder: &Folder) -> Self {
        Self {
            held: Held::Memory(Cursor::default()),
            most,
            folder: folder.clone(),
        }
    }

    /// Gets ready to be read from the start.
    pub fn rewind(&mut self) -> io::Result<()> {
        self.seek(SeekFrom::Start(0)).map(drop)
    }

    fn spill(&self, held: &[u8]) -> io::Result<File> {
        let folder = self.folder.as_ref().ok_or_else(|| {
            io::Error::new(io::ErrorKind::NotFound, "no folder for temporary files")
        })?;
        let mut file = tempfile::tempfile_in(folder)?;
        file.write_all(held)?;
        Ok(file)
    }
}

impl Write for Aside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Held::Memory(memory) = &self.held
            && memory.get_ref().len() + bytes.len() > self.most
        {
            self.held = Held::File(self.spill(memory.get_ref())?);
        }
        match &mut self.held {
            Held::Memory(memory) => memory.write(bytes),
            Held::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Aside {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match &mut self.held {
            Held::Memory(memory) => memory.read(bytes),
            Held::File(file) => file.read(bytes),
        }
    }
}

impl Seek for Aside {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        match &mut self.held {
            Held::Memory(memory) => memory.seek(place),
            Held::File(file) => file.seek(place),
        }
    }
}

/// What the system says of a file, in our words.
pub fn failed(error: io::Error) -> Error {
    Error::new(
        Kind::Memory,
        "rows that k counts do not fit into memory, and no temporary file takes them: make room in the folder that \
         TMPDIR names, or raise --memory-limit",
    )
    .with_private(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_aside_comes_back_from_memory_and_from_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let place: Folder = Some(Arc::from(folder.path()));
        for most in [0, 1, 99, 100, 250, 1_000_000] {
            let mut aside = Aside::new(most, &place);
            let mut expected = Vec::new();
            for byte in 0..100_u8 {
                let some = vec![byte; usize::from(byte) % 7];
                aside.write_all(&some).unwrap();
                expected.extend(some);
            }
            let is_file = matches!(aside.held, Held::File(_));
            assert_eq!(is_file, expected.len() > most);
            for _ in 0..2 {
                let mut read = Vec::new();
                aside.rewind().unwrap();
                aside.read_to_end(&mut read).unwrap();
                assert_eq!(read, expected);
            }
        }
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn without_a_folder_memory_is_all_there_is() {
        let mut aside = Aside::new(4, &None);
        aside.write_all(b"four").unwrap();
        let error = failed(aside.write_all(b"!").unwrap_err());
        assert_eq!(error.kind(), Kind::Memory);
        assert!(error.to_string().contains("TMPDIR"), "{error}");
    }
}
