//! What is refused: each mistake at its line and column, with its remedy, and never with a value.

use super::*;

/// A name, the text (`@` is [`POINT`]), and how each line of the message begins behind the file's name.
type Row = (&'static str, &'static str, &'static [&'static str]);

/// The text, and what it is.
const SYNTAX: [Row; 9] = [
    (
        "a text without quotes",
        "region = CANARY\n@",
        &["1:10: this is not TOML: string values must be quoted"],
    ),
    (
        "a text without its end",
        "region = \"CANARY\n@",
        &["1:17: this is not TOML: invalid basic string"],
    ),
    ("a colon", "listen: CANARY\n@", &["1:7: this is not TOML: "]),
    (
        "a key twice",
        "sql = \"sql\"\nsql = \"CANARY\"\n@",
        &["2:1: this is not TOML: duplicate key"],
    ),
    (
        "an access point twice",
        "@@",
        &["4:16: this is not TOML: duplicate key"],
    ),
    (
        "a table without its end",
        "cache = { path = \"CANARY\"\n@",
        &["2:"],
    ),
    (
        "a bracket left open",
        "[limits\nconnections = 1\n",
        &["1:8: this is not TOML: unclosed table"],
    ),
    (
        "no value",
        "key = { file = }\n@",
        &["1:16: this is not TOML: "],
    ),
    (
        "a date that there is not",
        "region = 2026-13-99\n@",
        &["1:10: this is not TOML: invalid"],
    ),
];

const KEYS: [Row; 13] = [
    (
        "a misspelt key",
        "lisen = \"127.0.0.1:1\"\n@",
        &["1:1: there is no key \"lisen\" here, did you mean \"listen\"?"],
    ),
    (
        "an unknown key",
        "CANARY = 1\n@",
        &[
            "1:1: there is no key \"CANARY\" here; the keys are: listen, domains, region, admin, tls,",
        ],
    ),
    (
        "a key of the head below a table",
        "@listen = \"127.0.0.1:1\"\n",
        &["4:1: there is no key \"listen\" here: it belongs to the head of the file, above"],
    ),
    (
        "a misspelt table",
        "[limit]\nconnections = 1\n@",
        &["1:2: there is no key \"limit\" here, did you mean \"limits\"?"],
    ),
    (
        "a misspelt limit",
        "[limits]\n  conections = 1\n@",
        &["2:3: there is no key \"conections\" here, did you mean \"connections\"?"],
    ),
    (
        "a misspelt key of an access point",
        "@as_off = \"today\"\n",
        &["4:1: there is no key \"as_off\" here, did you mean \"as_of\"?"],
    ),
    (
        "a name with dots, without quotes",
        "@[access_points.b.example]\nsource = \"raw\"\nprojection = \"p/q\"\n",
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
        "cache = { max_byte = \"1 GiB\" }\n@",
        &["1:11: there is no key \"max_byte\" here, did you mean \"max_bytes\"?"],
    ),
    (
        "a misspelt key of TLS",
        "tls = { certificat = \"cert.pem\", key = \"key.pem\" }\n@",
        &[
            "1:7: \"certificate\" is missing here: certificate = \"cert.pem\"",
            "1:9: there is no key \"certificat\" here, did you mean \"certificate\"?",
        ],
    ),
    (
        "a misspelt key of a credential",
        "@[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"A_SECRET\" }\naccess_point = []\n",
        &[
            "4:1: \"access_points\" is missing here: access_points = [\"analytics\"]",
            "7:1: there is no key \"access_point\" here, did you mean \"access_points\"?",
        ],
    ),
    (
        "a key with a line end",
        "\"a\\nb\" = 1\n@",
        &["1:1: there is no key \"a\\nb\" here"],
    ),
    (
        "a secret that is a key",
        "key = { CANARY = true, file = \"master.key\" }\n@",
        &["1:9: there is no such key here, the keys are: env, file, secretsmanager"],
    ),
];

const HEAD: [Row; 37] = [
    (
        "a number for an address",
        "listen = 9300\n@",
        &["1:10: \"listen\" must be an address and a port, such as"],
    ),
    (
        "an address without port",
        "listen = \"127.0.0.1\"\n@",
        &["1:10: \"listen\" must be an address and a port"],
    ),
    (
        "a name for an address",
        "listen = \"localhost:9300\"\n@",
        &["1:10: \"listen\" must be an address and a port"],
    ),
    (
        "admin at the same address",
        "listen = \"127.0.0.1:9300\"\nadmin = \"127.0.0.1:9300\"\n@",
        &["2:9: \"admin\" is the address of listen"],
    ),
    (
        "admin at the usual address",
        "admin = \"127.0.0.1:9300\"\n@",
        &["1:9: \"admin\" is the address of listen"],
    ),
    (
        "admin within all addresses",
        "listen = \"0.0.0.0:80\"\nadmin = \"127.0.0.1:80\"\n@",
        &["2:9: \"admin\" is the address of listen"],
    ),
    (
        "admin that is none",
        "admin = true\n@",
        &["1:9: \"admin\" must be an address and a port"],
    ),
    (
        "a domain that is no list",
        "domains = \"s3.example.org\"\n@",
        &["1:11: \"domains\" must be a list of host names"],
    ),
    (
        "a domain with a port",
        "domains = [\"s3.example.org:80\"]\n@",
        &["1:12: \"domains\" must be a host name in lower case"],
    ),
    (
        "a domain in capitals, and one that is an address",
        "domains = [\"S3.example.org\", \"10.0.0.1\"]\n@",
        &[
            "1:12: \"domains\" must be a host name in lower case",
            "1:30: \"domains\" must be a host name in lower case",
        ],
    ),
    (
        "a domain with an empty part, one with an odd one, one that is empty, one that is a number",
        "domains = [\"a..b\", \"-a.b\", \"\", 1]\n@",
        &["1:12: ", "1:20: ", "1:28: ", "1:32: "],
    ),
    (
        "a domain below another",
        "domains = [\"example.org\", \"s3.example.org\"]\n@",
        &["1:27: \"domains\" overlaps"],
    ),
    (
        "a domain above another, and one twice",
        "domains = [\"s3.example.org\", \"example.org\", \"a.net\", \"a.net\"]\n@",
        &["1:30: \"domains\" overlaps", "1:54: \"domains\" overlaps"],
    ),
    (
        "a region that is none",
        "region = \"eu central\"\n@",
        &["1:10: \"region\" must be the name of a region"],
    ),
    (
        "TLS without its key",
        "tls = { certificate = \"cert.pem\" }\n@",
        &["1:7: \"key\" is missing here: key = \"key.pem\""],
    ),
    (
        "TLS of files that there are not",
        "tls = { certificate = \"none.pem\", key = \"raw\" }\n@",
        &[
            "1:23: \"certificate\" names no file: paths are relative",
            "1:41: \"key\" names no file",
        ],
    ),
    (
        "TLS that is a text",
        "tls = \"cert.pem\"\n@",
        &["1:7: \"tls\" must be a table: { certificate ="],
    ),
    (
        "SQL in no folder",
        "sql = \"none\"\n@",
        &["1:7: \"sql\" names no folder: paths are relative"],
    ),
    (
        "SQL at another scheme",
        "sql = \"https://user:CANARY@host/sql\"\n[access_points.a-1]\nsource = \"raw\"\nprojection = \"p/q\"\n",
        &["1:7: \"sql\" must be a prefix of a bucket"],
    ),
    (
        "a key in clear",
        "key = \"CANARY00CANARY00CANARY00CANARY00CANARY00CANARY00CANARY00CANARY00\"\n@",
        &["1:7: \"key\" must say where the secret lies, and never be the secret itself: { file ="],
    ),
    (
        "a key in clear where its file is named",
        "key = { file = \"CANARY00CANARY00CANARY00CANARY00\" }\n@",
        &["1:7: \"key\" names a file that cannot be read"],
    ),
    (
        "a key at two places",
        "key = { file = \"master.key\", env = \"A_KEY\" }\n@",
        &["1:7: \"key\" must have one place and no other: { file ="],
    ),
    (
        "a key at no place",
        "key = { }\n@",
        &["1:7: \"key\" must have one place and no other"],
    ),
    (
        "a key of a variable that is unset",
        "key = { env = \"A_KEY\" }\n@",
        &["1:7: \"key\" names the variable A_KEY, which is not set: set it"],
    ),
    (
        "a key of a variable that holds none",
        "key = { env = \"NO_KEY\" }\n@",
        &["1:7: \"key\" cannot be used: the key is not 64 hexadecimal digits"],
    ),
    (
        "a key of a file that holds none",
        "key = { file = \"short\" }\n@",
        &["1:7: \"key\" cannot be used: the key file "],
    ),
    (
        "a key of Secrets Manager, without account",
        "key = { secretsmanager = \"CANARY\" }\n@",
        &["1:7: \"key\" takes credentials: set AWS_ACCESS_KEY_ID"],
    ),
    (
        "a cache that is another word",
        "cache = \"nonee\"\n@",
        &["1:9: \"cache\" must be \"none\" or a table"],
    ),
    (
        "a cache of a number, at a file",
        "cache = { max_bytes = 1000000000, path = \"secret\" }\n@",
        &[
            "1:23: \"max_bytes\" must be a size in quotes",
            "1:42: \"path\" names what is no folder",
        ],
    ),
    (
        "a small cache",
        "cache = { max_bytes = \"1 kB\" }\n@",
        &["1:23: \"max_bytes\" must be a size in quotes, such as \"10 GiB\", and at least 1.0 MiB"],
    ),
    (
        "a cache in a bucket, without account",
        "cache = { bucket = \"s3://b/p\" }\n@",
        &["1:20: \"bucket\" takes credentials: set AWS_ACCESS_KEY_ID"],
    ),
    (
        "a cache in no bucket",
        "cache = { bucket = \"releases/\" }\n@",
        &["1:20: \"bucket\" must be a prefix of a bucket"],
    ),
    (
        "records in no bucket",
        "records = \"records/\"\n@",
        &["1:11: \"records\" must be a prefix of a bucket"],
    ),
    (
        "limits that are none",
        "limits = 1\n@",
        &["1:10: \"limits\" must be a table: [limits]"],
    ),
    (
        "no connection, and more than there are",
        "[limits]\nconnections = 0\ntransformations = 257\n@",
        &[
            "2:15: \"connections\" must be a whole number from 1 to 65536",
            "3:19: \"transformations\" must be a whole number from 1 to 256",
        ],
    ),
    (
        "seconds that are a text, broken, negative, or too many",
        "[limits]\nhead_seconds = \"10\"\nstall_seconds = 1.5\nanswer_seconds = -1\nlist_seconds = 3601\nstop_seconds = 99999999999999999999\n@",
        &[
            "2:16: \"head_seconds\" must be a whole number from 1 to 300",
            "3:17: \"stall_seconds\" must be",
            "4:18: \"answer_seconds\" must be",
            "5:16: \"list_seconds\" must be",
            "6:16: \"stop_seconds\" must be a whole number from 0 to 3600",
        ],
    ),
    (
        "little memory",
        "[limits]\nmemory = \"1 MiB\"\n@",
        &["2:10: \"memory\" must be a size in quotes, such as \"10 GiB\", and at least 16.0 MiB"],
    ),
];

const POINTS: [Row; 19] = [
    (
        "an empty file",
        "",
        &["1:1: there is no access point, and so no bucket: add [access_points.analytics]"],
    ),
    (
        "no access point",
        "region = \"eu\"\n[access_points]\n",
        &["2:1: there is no access point"],
    ),
    (
        "access points in a list",
        "[[access_points]]\nsource = \"raw\"\n",
        &["1:1: \"access_points\" must be tables, one for each access point"],
    ),
    (
        "an access point that is a text",
        "[access_points]\nabc = \"raw\"\n",
        &["2:7: \"abc\" must be a table with source and projection"],
    ),
    (
        "names that no bucket has",
        "[access_points.A-1]\nsource = \"raw\"\nprojection = \"p/q\"\n[access_points.\"10.0.0.1\"]\nsource = \"raw\"\nprojection = \"p/q\"\n[access_points.a_b]\nsource = \"raw\"\nprojection = \"p/q\"\n",
        &[
            "1:16: an access point is named as a bucket: 3 to 63 of",
            "4:16: an access point is named as a bucket",
            "7:16: an access point is named as a bucket",
        ],
    ),
    (
        "nothing said",
        "[access_points.abc]\n",
        &[
            "1:16: \"projection\" is missing here: projection = \"patients/analytics\"",
            "1:16: \"source\" is missing here: source = \"samples\"",
        ],
    ),
    (
        "a projection without dataset",
        "[access_points.abc]\nsource = \"raw\"\nprojection = \"CANARY\"\n",
        &["3:14: \"projection\" must be dataset/name, as \"patients/analytics\""],
    ),
    (
        "a projection that is a path",
        "[access_points.abc]\nsource = \"raw\"\nprojection = \"../CANARY\"\n",
        &["3:14: \"projection\" must be dataset/name"],
    ),
    (
        "a contract for a projection",
        "[access_points.abc]\nsource = \"raw\"\nprojection = \"p/schema\"\n",
        &["3:14: \"projection\" must be dataset/name"],
    ),
    (
        "words that mean nothing",
        "@format = \"CANARY\"\nas_of = \"CANARY\"\nlength = \"CANARY\"\nlength_factor = \"CANARY\"\n",
        &[
            "4:10: \"format\" is neither parquet nor csv",
            "5:9: \"as_of\" is neither today, object, nor a date as YYYY-MM-DD",
            "6:10: \"length\" is neither law nor exact",
            "7:17: \"length_factor\" must be a number from 0.001 to 100",
        ],
    ),
    (
        "values of other kinds",
        "@format = 1\nas_of = 2026-11-25\nlength = true\nlength_factor = [1]\n",
        &[
            "4:10: \"format\" must be \"parquet\" or \"csv\"",
            "5:9: \"as_of\" must be \"today\", \"object\", or a date in quotes",
            "6:10: \"length\" must be \"law\" or \"exact\"",
            "7:17: \"length_factor\" must be a number",
        ],
    ),
    (
        "a factor of an exact length",
        "@length = \"exact\"\nlength_factor = 2\n",
        &["5:17: \"length_factor\" stands beside \"length\": \"exact\", which has none: leave one"],
    ),
    (
        "a factor that is too large",
        "@length_factor = 100.5\n",
        &["4:17: \"length_factor\" must be a number from 0.001 to 100"],
    ),
    (
        "no folder",
        "[access_points.abc]\nprojection = \"p/q\"\nsource = \"CANARY\"\n",
        &["3:10: \"source\" names no folder: paths are relative to this file's folder"],
    ),
    (
        "a source at another scheme",
        "[access_points.abc]\nprojection = \"p/q\"\nsource = \"https://u:CANARY-p/\"\n",
        &["3:10: \"source\" must be a prefix of a bucket"],
    ),
    (
        "a source of an unsafe prefix",
        "[access_points.abc]\nprojection = \"p/q\"\nsource = \"s3://b/../CANARY\"\n",
        &["3:10: \"source\" must be a prefix of a bucket"],
    ),
    (
        "a source that is a list",
        "[access_points.abc]\nprojection = \"p/q\"\nsource = [\"raw\"]\n",
        &["3:10: \"source\" must be a folder, \"s3://bucket/prefix\", or a table"],
    ),
    (
        "a source without URL",
        "[access_points.abc]\nprojection = \"p/q\"\nsource = { region = \"eu\" }\n",
        &["3:10: \"url\" is missing here: url = \"s3://bucket/prefix\""],
    ),
    (
        "a source that is reached by nothing",
        "[access_points.abc]\nprojection = \"p/q\"\n[access_points.abc.source]\nurl = \"raw\"\nregion = \"\"\nendpoint = \"http://CANARY:CANARY@host\"\npath_style = \"yes\"\nprofile = 1\n",
        &[
            "4:7: \"url\" must be a prefix of a bucket",
            "5:10: \"region\" must be the name of a region",
            "6:12: \"endpoint\" must be an address such as",
            "7:14: \"path_style\" must be true or false, without quotes",
            "8:11: \"profile\" must be the name of a profile",
        ],
    ),
];

const CREDENTIALS: [Row; 17] = [
    (
        "a secret in clear",
        "@[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = \"CANARY-0123456789\"\naccess_points = [\"a-1\"]\n",
        &[
            "6:21: \"secret_access_key\" must say where the secret lies, and never be the secret itself: { file = \"path\" }",
        ],
    ),
    (
        "a secret in clear, in a list",
        "@[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = [\"CANARY-0123456789\"]\naccess_points = [\"a-1\"]\n",
        &["6:21: \"secret_access_key\" must say where"],
    ),
    (
        "a secret for its variable",
        "@[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"CANARY-0123456789\" }\naccess_points = [\"a-1\"]\n",
        &[
            "6:21: \"secret_access_key\" names a variable (a name in capitals would be said here), which is not set",
        ],
    ),
    (
        "a secret in capitals for its variable",
        "@[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"CANARY0123456789\" }\naccess_points = [\"a-1\"]\n",
        &["6:21: \"secret_access_key\" names a variable (a name"],
    ),
    (
        "a secret for its file",
        "@[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { file = \"CANARY-0123456789\" }\naccess_points = [\"a-1\"]\n",
        &["6:21: \"secret_access_key\" names a file that cannot be read: create it"],
    ),
    (
        "a secret for its name",
        "@[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { secretsmanager = \"CANARY\" }\naccess_points = [\"a-1\"]\n",
        &["6:21: \"secret_access_key\" takes credentials: set AWS_ACCESS_KEY_ID"],
    ),
    (
        "a variable that is unset",
        "@[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"ANALYTICS_SECRET\" }\naccess_points = [\"a-1\"]\n",
        &[
            "6:21: \"secret_access_key\" names the variable ANALYTICS_SECRET, which is not set: set it",
        ],
    ),
    (
        "a variable that is short",
        "@[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"SHORT\" }\naccess_points = [\"a-1\"]\n",
        &[
            "6:21: \"secret_access_key\" is shorter than 16 characters: who sees one signed request could",
        ],
    ),
    (
        "a place that is a number, and an empty one",
        "@[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = 1 }\naccess_points = [\"a-1\"]\n[[credentials]]\naccess_key_id = \"abd\"\nsecret_access_key = { file = \"\" }\naccess_points = [\"a-1\"]\n",
        &[
            "6:29: \"env\" must be the name of an environment variable",
            "10:30: \"file\" must be a path",
        ],
    ),
    (
        "ids that are none",
        "@[[credentials]]\naccess_key_id = \"ab\"\nsecret_access_key = { env = \"A_SECRET\" }\naccess_points = [\"a-1\"]\n[[credentials]]\naccess_key_id = \"a/CANARY\"\nsecret_access_key = { env = \"A_SECRET\" }\naccess_points = [\"a-1\"]\n",
        &[
            "5:17: \"access_key_id\" must be 3 to 128 of A-Z, a-z, 0-9, _, . and -",
            "9:17: \"access_key_id\" must be 3 to 128",
        ],
    ),
    (
        "two of one id",
        "@[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"A_SECRET\" }\naccess_points = [\"a-1\"]\n[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { file = \"secret\" }\naccess_points = [\"a-1\"]\n",
        &["9:17: \"access_key_id\" is that of line 5, too: each credential has one of its own"],
    ),
    (
        "an access point that there is not",
        "@[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"A_SECRET\" }\naccess_points = [\"a-1\", \"a-2\", \"CANARY\"]\n",
        &[
            "7:25: \"access_points\" names an access point that there is not, did you mean \"a-1\"?",
            "7:32: \"access_points\" names an access point that there is not: add [access_points.NAME]",
        ],
    ),
    (
        "an access point twice, and a number",
        "@[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"A_SECRET\" }\naccess_points = [\"a-1\", \"a-1\", 1]\n",
        &[
            "7:25: \"access_points\" names an access point twice",
            "7:32: \"access_points\" must be a list of names in quotes",
        ],
    ),
    (
        "an access point that is no list",
        "@[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"A_SECRET\" }\naccess_points = \"a-1\"\n",
        &["7:17: \"access_points\" must be a list of names in quotes: [\"analytics\"]"],
    ),
    (
        "nothing said",
        "@[[credentials]]\n",
        &[
            "4:1: \"access_key_id\" is missing here: access_key_id = \"analytics\"",
            "4:1: \"access_points\" is missing here",
            "4:1: \"secret_access_key\" is missing here: secret_access_key = { env = \"NAME\" }",
        ],
    ),
    (
        "one that is a table",
        "@[credentials]\naccess_key_id = \"abc\"\n",
        &["4:1: \"credentials\" must be tables, one for each credential: [[credentials]]"],
    ),
    (
        "one that is a text",
        "credentials = [\"CANARY\"]\n@",
        &["1:16: \"credentials\" must be tables"],
    ),
];

/// Mistakes of all parts in one file, and where a column counts characters.
const TOGETHER: [Row; 2] = [
    (
        "everywhere",
        "lisen = 1\nregion = \"\"\ncache = 1\n@format = \"xml\"\n[[credentials]]\naccess_key_id = \"a\"\nsecret_access_key = { env = \"UNSET\" }\naccess_points = [\"a-1\"]\n",
        &["1:1: ", "2:10: ", "3:9: ", "7:10: ", "9:17: "],
    ),
    (
        "letters of two bytes",
        "\u{feff}cache = { path = \"äöü\", max_bytes = 1 } # é\r\nrégion = 1\r\n@",
        &["2:2: this is not TOML"],
    ),
];

#[test]
fn each_mistake_is_said_at_its_place_with_its_remedy_and_without_values() {
    let site = Site::new();
    let all = [
        SYNTAX.as_slice(),
        &KEYS,
        &HEAD,
        &POINTS,
        &CREDENTIALS,
        &TOGETHER,
    ];
    let mut wrong = Vec::new();
    for (name, text, expected) in all.into_iter().flatten() {
        let Err(error) = site.load(text) else {
            wrong.push(format!("{name}: is read"));
            continue;
        };
        // A key is shown, a value never; these two rows are about keys.
        let is_key = ["an unknown key"].contains(name);
        let quotes = error.to_string().contains("CANARY") && !is_key;
        let said: Vec<&str> = error.message().lines().collect();
        let path = format!("{}:", site.path("veilpoint.toml").display());
        let alike = said.len() == expected.len()
            && said.iter().zip(*expected).all(|(said, expected)| {
                said.strip_prefix(&path)
                    .is_some_and(|said| said.starts_with(expected))
            });
        if !alike || quotes || error.kind() != crate::Kind::Settings {
            let said = error.message().replace(&path, "");
            wrong.push(format!("{name}: {expected:#?} and not\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_is_no_text_or_no_file_is_refused() {
    let site = Site::new();
    let mut wrong = Vec::new();
    site.write(
        "latin1.toml",
        0o644,
        b"region = \"eu\"\nsql = \"CANARY \xe9\"\n",
    );
    site.write("long.toml", 0o644, &vec![b'#'; (1 << 20) + 1]);
    for (file, expected) in [
        ("latin1.toml", "latin1.toml:2:15: this is not text in UTF-8"),
        ("long.toml", "long.toml: this is longer than 1 MiB"),
        ("none.toml", "none.toml: the settings cannot be read"),
        ("raw", "raw: the settings cannot be read"),
    ] {
        let error = block_on(Gateway::load(&site.path(file))).err();
        let message = error.map(|error| error.to_string()).unwrap_or_default();
        if !message.contains(expected) || message.contains("CANARY") {
            wrong.push(format!("{file}: {message}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
