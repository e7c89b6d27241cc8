//! A disk that is really full: a small file system of a process's own, as any user may mount one in name spaces of
//! their own. The test reaches it through that process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::*;
use crate::cache::is_no_room;

/// A disk of 1 MiB; it ends with its process.
struct Disk {
    process: Child,
    folder: TempDir,
}

impl Disk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mount = "mount -t tmpfs -o size=1m,mode=700 tmpfs \"$0\" && echo mounted && exec cat";
        let mut process = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", mount])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert_eq!(line, "mounted\n", "name spaces of one's own are needed");
        Self { process, folder }
    }

    fn path(&self) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.process.id()));
        root.join(self.folder.path().strip_prefix("/").unwrap())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[tokio::test]
async fn on_a_full_disk_old_entries_go_first_and_then_the_write_fails() {
    let disk = Disk::new();
    let cache = Cache::open(&disk.path(), AMPLE).unwrap();
    let old = noise(1, 2 * CHUNK);
    make(&cache, 1, &old).await.unwrap();
    // Somebody reads the old one: it leaves the folder, not its reader.
    let reader = find(&cache, 1).await.unwrap();
    assert_eq!(read(&reader, 0, 100).await.unwrap(), old[..100]);
    drop(reader);

    let new = noise(2, 3 * CHUNK);
    make(&cache, 2, &new).await.unwrap();
    assert!(find(&cache, 1).await.is_none());
    let held = find(&cache, 2).await.unwrap();
    assert_eq!(read_all(&held).await.unwrap(), new);
    drop(held);

    let (writer, held) = ticket(&cache, 3).await.begin();
    let error = finish(writer, &[Step::Bytes(noise(3, 5 * CHUNK))]).unwrap_err();
    assert!(is_no_room(&error), "{error}");
    assert!(is_no_room(&held.end().await.unwrap_err()));
    assert_eq!(files(&disk.path()), [""; 0]);
    drop(held);

    make(&cache, 3, &old).await.unwrap();
    assert!(find(&cache, 3).await.is_some());
}
