//! Whether it is a server itself that listens on the port it was given: a port that was free a moment ago may be
//! another's by now, and whoever connects to it is answered by that one, or by himself.

use std::fs;

/// The state of a listening socket in the system's table.
const LISTENING: &str = "0A";

/// Whether this process listens on this port of 127.0.0.1.
pub fn listens(process: u32, port: u16) -> bool {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    // The address is in the machine's byte order, which is little on all that this runs on.
    let address = format!("0100007F:{port:04X}");
    let sockets: Vec<String> = table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|fields| fields.len() > 9 && fields[1] == address && fields[3] == LISTENING)
        .map(|fields| format!("socket:[{}]", fields[9]))
        .collect();
    let Ok(files) = fs::read_dir(format!("/proc/{process}/fd")) else {
        return false;
    };
    let mut targets = files
        .flatten()
        .filter_map(|file| fs::read_link(file.path()).ok());
    targets.any(|target| {
        sockets
            .iter()
            .any(|socket| target.as_os_str() == socket.as_str())
    })
}
