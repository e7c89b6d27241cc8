//! What can be wrong with settings, and with what they name.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// A change to settings that are right, or to what they name in this folder.
pub type Change = fn(&Path, String) -> String;

/// A secret, which must not be said.
pub const SECRET: &str = "CANARYREADERSECRET0123456789";

/// Each with what it is called, what is wrong, and what must be said of it.
pub const MISTAKES: [(&str, Change, &[&str]); 22] = [
    (
        "no TOML",
        |_, _| "listen = \n".into(),
        &["veilpoint.toml:1:"],
    ),
    (
        "an unknown key",
        |_, text| format!("lisen = \"127.0.0.1:0\"\n{text}"),
        &["veilpoint.toml:1:1: ", "\"lisen\"", "\"listen\""],
    ),
    (
        "a port in use",
        |_, text| text.replacen("127.0.0.1:0", &taken(), 1),
        &["listen: 127.0.0.1:", "in use"],
    ),
    (
        "the admin's port in use",
        |_, text| format!("admin = \"{}\"\n{text}", taken()),
        &["admin: 127.0.0.1:", "in use"],
    ),
    (
        "an address of another machine",
        |_, text| text.replacen("127.0.0.1:0", "192.0.2.1:9300", 1),
        &["listen: 192.0.2.1:9300"],
    ),
    (
        "an address that is none",
        |_, text| text.replacen("127.0.0.1:0", "localhost", 1),
        &["veilpoint.toml:1:10: ", "\"listen\""],
    ),
    (
        "a source that is not there",
        |_, text| text.replacen("source = \"objects\"", "source = \"none\"", 1),
        &["veilpoint.toml:", "\"source\" names no folder"],
    ),
    (
        "a source that is a file",
        |folder, text| {
            write(folder, "file", "", 0o600);
            text.replacen("source = \"objects\"", "source = \"file\"", 1)
        },
        &["veilpoint.toml:", "\"source\" names no folder"],
    ),
    (
        "no sql",
        |folder, text| {
            fs::remove_dir_all(folder.join("sql")).unwrap();
            text
        },
        &["\"sql\"", "no folder"],
    ),
    (
        "a projection that no name is",
        |_, text| text.replacen("people/named", "named", 1),
        &["veilpoint.toml:", "\"projection\""],
    ),
    (
        "a format that is none",
        |_, text| text.replacen("\"csv\"", "\"xlsx\"", 1),
        &["veilpoint.toml:", "\"format\""],
    ),
    (
        "a bucket that is none",
        |_, text| text.replacen("access_points.\"named\"", "access_points.\"Na_med\"", 1),
        &["veilpoint.toml:"],
    ),
    (
        "a secret in clear",
        |_, text| {
            text.replacen(
                "{ env = \"SECRET_OF_reader\" }",
                &format!("\"{SECRET}\""),
                1,
            )
        },
        &["veilpoint.toml:", "\"secret_access_key\"", "env"],
    ),
    (
        "a secret as a key",
        |_, text| {
            text.replacen(
                "{ env = \"SECRET_OF_reader\" }",
                &format!("{{ {SECRET} = 1 }}"),
                1,
            )
        },
        &["veilpoint.toml:"],
    ),
    (
        "a secret that is not set",
        |_, text| text.replacen("SECRET_OF_reader", "SECRET_OF_NOBODY", 1),
        &["veilpoint.toml:", "SECRET_OF_NOBODY", "not set"],
    ),
    (
        "a secret open to others",
        |folder, text| {
            write(folder, "open", SECRET, 0o644);
            text.replacen("env = \"SECRET_OF_reader\"", "file = \"open\"", 1)
        },
        &["veilpoint.toml:", "chmod 600 "],
    ),
    (
        "a secret that is too short",
        |folder, text| {
            write(folder, "short", "CANARY", 0o600);
            text.replacen("env = \"SECRET_OF_reader\"", "file = \"short\"", 1)
        },
        &["veilpoint.toml:", "16"],
    ),
    (
        "a key that is not there",
        |_, text| format!("key = {{ file = \"none.key\" }}\n{text}"),
        &["veilpoint.toml:1:", "\"key\""],
    ),
    (
        "a key that is none",
        |folder, text| {
            write(folder, "bad.key", "CANARYKEY", 0o600);
            format!("key = {{ file = \"bad.key\" }}\n{text}")
        },
        &["veilpoint.toml:1:", "\"key\""],
    ),
    (
        "an access point that nobody has",
        |_, text| text.replacen("[\"costs\"]", "[\"cots\"]", 1),
        &["veilpoint.toml:", "\"costs\""],
    ),
    (
        "a cache in a file",
        |folder, text| {
            write(folder, "cache", "", 0o600);
            text
        },
        &["veilpoint.toml:", "\"path\""],
    ),
    (
        "limits beyond theirs",
        |_, text| format!("{text}[limits]\nconnections = 0\nhead_seconds = 0\n"),
        &["connections", "head_seconds"],
    ),
];

fn write(folder: &Path, name: &str, text: &str, mode: u32) {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Another's address, for as long as the tests run.
fn taken() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::mem::forget(listener);
    address
}
