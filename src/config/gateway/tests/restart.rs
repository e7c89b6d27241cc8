//! What a running gateway cannot take over.

use super::*;

#[test]
fn what_needs_a_restart_is_named() {
    let site = Site::new();
    let usual = "cache = { path = \"kept\" }\n§";
    let tls = "tls = { certificate = \"cert.pem\", key = \"key.pem\" }";
    let mut wrong = Vec::new();
    for (head, expected) in [
        ("", vec![]),
        ("listen = \"127.0.0.1:1\"", vec!["listen"]),
        ("admin = \"127.0.0.1:1\"", vec!["admin"]),
        (tls, vec!["tls"]),
        ("domains = [\"a.b\"]", vec!["domains"]),
        ("region = \"eu\"", vec!["region"]),
        ("sql = \"other-sql\"", vec!["sql"]),
        ("sql = \"sql\"", vec![]),
        ("records = \"s3://b/\"", vec!["records"]),
        ("key = { file = \"master.key\" }", vec![]),
        (
            "key = { file = \"master.key\" }\nkey_version = 2\nold_keys = [{ version = 1, file = \"old.key\" }]",
            vec![],
        ),
        ("limits = { connections = 1 }", vec!["limits.connections"]),
        (
            "limits = { transformations = 9, memory = \"1 GiB\" }",
            vec!["limits.transformations", "limits.memory"],
        ),
        (
            "limits = { head_seconds = 1, stall_seconds = 1, answer_seconds = 1, list_seconds = 1, stop_seconds = 1 }",
            vec![],
        ),
    ] {
        let old = site.load(usual).unwrap();
        let new = site.load(&format!("{head}\n{usual}")).unwrap();
        for (old, new) in [(&old, &new), (&new, &old)] {
            let named = old.needs_restart(new);
            if named != expected {
                wrong.push(format!("{head}: {named:?}"));
            }
        }
    }
    for cache in [
        "\"none\"",
        "{ path = \"other\" }",
        "{ path = \"kept\", max_bytes = \"1 GiB\" }",
    ] {
        let old = site.load(usual).unwrap();
        let new = site.load(&format!("cache = {cache}\n§")).unwrap();
        if old.needs_restart(&new) != ["cache"] {
            wrong.push(format!("cache = {cache}"));
        }
    }
    let other = site
        .load(&format!("{usual}[access_points.abc]\nsource = \"raw\"\nprojection = \"p/q\"\n[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = {{ env = \"A_SECRET\" }}\naccess_points = [\"abc\"]\n"))
        .unwrap();
    assert!(site.load(usual).unwrap().needs_restart(&other).is_empty());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
