//! What is no TOML, and keys that there are not.

use super::Row;

pub(super) const SYNTAX: [Row; 9] = [
    (
        "a text without quotes",
        "region = CANARY\n§",
        &["1:10: this is not TOML: string values must be quoted"],
    ),
    (
        "a text without its end",
        "region = \"CANARY\n§",
        &["1:17: this is not TOML: invalid basic string"],
    ),
    ("a colon", "listen: CANARY\n§", &["1:7: this is not TOML: "]),
    (
        "a key twice",
        "sql = \"sql\"\nsql = \"CANARY\"\n§",
        &["2:1: this is not TOML: duplicate key"],
    ),
    (
        "an access point twice",
        "§§",
        &["4:16: this is not TOML: duplicate key"],
    ),
    (
        "a table without its end",
        "cache = { path = \"CANARY\"\n§",
        &["2:"],
    ),
    (
        "a bracket left open",
        "[limits\nconnections = 1\n",
        &["1:8: this is not TOML: unclosed table"],
    ),
    (
        "no value",
        "key = { file = }\n§",
        &["1:16: this is not TOML: "],
    ),
    (
        "a date that there is not",
        "region = 2026-13-99\n§",
        &["1:10: this is not TOML: invalid"],
    ),
];

pub(super) const KEYS: [Row; 13] = [
    (
        "a misspelt key",
        "lisen = \"127.0.0.1:1\"\n§",
        &["1:1: there is no key \"lisen\" here, did you mean \"listen\"?"],
    ),
    (
        "an unknown key",
        "CANARY = 1\n§",
        &[
            "1:1: there is no key \"CANARY\" here; the keys are: listen, domains, region, admin, tls,",
        ],
    ),
    (
        "a key of the head below a table",
        "§listen = \"127.0.0.1:1\"\n",
        &["4:1: there is no key \"listen\" here: it belongs to the head of the file, above"],
    ),
    (
        "a misspelt table",
        "[limit]\nconnections = 1\n§",
        &["1:2: there is no key \"limit\" here, did you mean \"limits\"?"],
    ),
    (
        "a misspelt limit",
        "[limits]\n  conections = 1\n§",
        &["2:3: there is no key \"conections\" here, did you mean \"connections\"?"],
    ),
    (
        "a misspelt key of an access point",
        "§as_off = \"today\"\n",
        &["4:1: there is no key \"as_off\" here, did you mean \"as_of\"?"],
    ),
    (
        "a name with dots, without quotes",
        "§[access_points.b.example]\nsource = \"raw\"\nprojection = \"p/q\"\n",
        &[
            "4:16: \"projection\" is missing here: projection = \"patients/analytics\"",
            "4:16: \"source\" is missing here: source = \"samples\"",
            "4:16: an access point is named as a bucket",
            "4:18: there is no key \"example\" here: a name with dots stands in quotes",
        ],
    ),
    (
        "a misspelt key of a source",
        "[access_points.a-1]\nprojection = \"p/q\"\nsource = { url = \"s3://b\", path_stile = true }\n",
        &["3:28: there is no key \"path_stile\" here, did you mean \"path_style\"?"],
    ),
    (
        "a misspelt key of the cache",
        "cache = { max_byte = \"1 GiB\" }\n§",
        &["1:11: there is no key \"max_byte\" here, did you mean \"max_bytes\"?"],
    ),
    (
        "a misspelt key of TLS",
        "tls = { certificat = \"cert.pem\", key = \"key.pem\" }\n§",
        &[
            "1:7: \"certificate\" is missing here: certificate = \"cert.pem\"",
            "1:9: there is no key \"certificat\" here, did you mean \"certificate\"?",
        ],
    ),
    (
        "a misspelt key of a credential",
        "§[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"A_SECRET\" }\naccess_point = []\n",
        &[
            "4:1: \"access_points\" is missing here: access_points = [\"analytics\"]",
            "7:1: there is no key \"access_point\" here, did you mean \"access_points\"?",
        ],
    ),
    (
        "a key with a line end",
        "\"a\\nb\" = 1\n§",
        &["1:1: there is no key \"a\\nb\" here"],
    ),
    (
        "a secret that is a key",
        "key = { CANARY = true, file = \"master.key\" }\n§",
        &["1:9: there is no such key here, the keys are: env, file, secretsmanager"],
    ),
];
