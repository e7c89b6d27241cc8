//! Where the gateway is reached, and by which names.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::keys;
use super::table::Table;
use super::value::Value;

/// How an address is written.
const ADDRESS: &str = "an address and a port, such as \"127.0.0.1:9300\" or \"[::1]:9300\"";

/// Files of TLS, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The certificate, and those that lead to its root.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// `listen` and `admin`: the default where there is none, and none where none is asked for.
pub(super) fn addresses(table: &Table, usual: SocketAddr) -> (SocketAddr, Option<SocketAddr>) {
    let address =
        |value: &Value| -> Option<SocketAddr> { value.parsed(ADDRESS, |text| text.parse().ok()) };
    let listen_value = table.value("listen");
    let listen = listen_value.as_ref().map_or(Some(usual), address);
    let admin_value = table.value("admin");
    let admin: Option<SocketAddr> = admin_value.as_ref().and_then(address);
    if let (Some(value), Some(listen)) = (&listen_value, listen)
        && !listen.ip().is_loopback()
        && table.value("tls").is_none()
    {
        value.note(
            "is reached from other machines without TLS: set tls, unless something in front of it does",
        );
    }
    if let (Some(value), Some(admin)) = (&admin_value, admin) {
        if listen.is_some_and(|listen| meet(listen, admin)) {
            value.wrong("is the address of listen: give it another port");
        }
        if !admin.ip().is_loopback() {
            value.note("is reached from other machines, and asks nobody for a signature");
        }
    }
    (listen.unwrap_or(usual), admin)
}

/// Whether both cannot be listened on.
fn meet(a: SocketAddr, b: SocketAddr) -> bool {
    let same = a.ip() == b.ip() || a.ip().is_unspecified() || b.ip().is_unspecified();
    a.port() == b.port() && a.port() != 0 && same
}

/// `domains`.
pub(super) fn domains(value: &Value) -> Vec<String> {
    let form = "a list of host names in quotes: [\"s3.example.org\"]";
    let host = "a host name in lower case, without port and no address: \"s3.example.org\"";
    let mut domains: Vec<String> = Vec::new();
    for value in value.list(form).unwrap_or_default() {
        let Some(name) = value.parsed(host, |text| Some(text).filter(|text| is_host(text))) else {
            continue;
        };
        let below = |a: &str, b: &str| {
            a.strip_suffix(b)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        if domains
            .iter()
            .any(|other| below(other, name) || below(name, other))
        {
            value.wrong("overlaps: no name may be another's, or below it");
        }
        domains.push(name.to_owned());
    }
    domains
}

fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        let within = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(within)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(label) && text.parse::<Ipv4Addr>().is_err()
}

/// The name of a region.
pub(super) fn region(value: &Value) -> Option<String> {
    let form = "the name of a region: letters, digits, - and _, such as \"us-east-1\"";
    let within = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    value.parsed(form, |text| {
        let is_name = (1..=64).contains(&text.len()) && text.chars().all(within);
        is_name.then(|| text.to_owned())
    })
}

/// `tls`: two files that exist.
pub(super) fn tls(value: &Value) -> Option<Tls> {
    let example = r#"a table: { certificate = "cert.pem", key = "key.pem" }"#;
    let table = value.table(keys::TLS, example)?;
    let file = |key, example| {
        let value = table.needed(key, example)?;
        let path = value.text("the path of a file in PEM")?;
        let path = value.file.path(path);
        if !path.is_file() {
            value.wrong("names no file: paths are relative to this file's folder");
        }
        Some(path)
    };
    let certificate = file("certificate", "\"cert.pem\"");
    let key = file("key", "\"key.pem\"");
    table.end();
    certificate
        .zip(key)
        .map(|(certificate, key)| Tls { certificate, key })
}
