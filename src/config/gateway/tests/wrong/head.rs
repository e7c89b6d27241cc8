//! The head of the file, and its limits.

use super::Row;

pub(super) const HEAD: [Row; 44] = [
    (
        "a version that is none",
        "key_version = 0\n§",
        &["1:15: \"key_version\" must be a whole number from 1 to"],
    ),
    (
        "old keys that are no list",
        "old_keys = { version = 1 }\n§",
        &["1:12: \"old_keys\" must be tables, one for each version"],
    ),
    (
        "an old key without version and place",
        "old_keys = [{}]\n§",
        &[
            "1:13: \"old_keys\" must have one place and no other",
            "1:13: \"version\" is missing here",
        ],
    ),
    (
        "an old key of the version of now",
        "key_version = 1\nold_keys = [{ version = 1, file = \"old.key\" }]\n§",
        &["2:25: \"version\" is that of key_version"],
    ),
    (
        "a version twice",
        "key_version = 2\nold_keys = [{ version = 1, file = \"old.key\" }, { version = 1, file = \"old.key\" }]\n§",
        &["2:60: \"version\" stands twice"],
    ),
    (
        "an old key that is in clear",
        "key_version = 2\nold_keys = [{ version = 1, key = \"CANARY\" }]\n§",
        &[
            "2:13: \"old_keys\" must have one place and no other",
            "2:28: there is no such key here, the keys are: version, env, file, secretsmanager",
        ],
    ),
    (
        "an old key whose file is open",
        "key_version = 2\nold_keys = [{ version = 1, file = \"open\" }]\n§",
        &["2:13: \"old_keys\" cannot be used: the key file"],
    ),
    (
        "a number for an address",
        "listen = 9300\n§",
        &["1:10: \"listen\" must be an address and a port, such as"],
    ),
    (
        "an address without port",
        "listen = \"127.0.0.1\"\n§",
        &["1:10: \"listen\" must be an address and a port"],
    ),
    (
        "a name for an address",
        "listen = \"localhost:9300\"\n§",
        &["1:10: \"listen\" must be an address and a port"],
    ),
    (
        "admin at the same address",
        "listen = \"127.0.0.1:9300\"\nadmin = \"127.0.0.1:9300\"\n§",
        &["2:9: \"admin\" is the address of listen"],
    ),
    (
        "admin at the usual address",
        "admin = \"127.0.0.1:9300\"\n§",
        &["1:9: \"admin\" is the address of listen"],
    ),
    (
        "admin within all addresses",
        "listen = \"0.0.0.0:80\"\nadmin = \"127.0.0.1:80\"\n§",
        &["2:9: \"admin\" is the address of listen"],
    ),
    (
        "admin that is none",
        "admin = true\n§",
        &["1:9: \"admin\" must be an address and a port"],
    ),
    (
        "a domain that is no list",
        "domains = \"s3.example.org\"\n§",
        &["1:11: \"domains\" must be a list of host names"],
    ),
    (
        "a domain with a port",
        "domains = [\"s3.example.org:80\"]\n§",
        &["1:12: \"domains\" must be a host name in lower case"],
    ),
    (
        "a domain in capitals, and one that is an address",
        "domains = [\"S3.example.org\", \"10.0.0.1\"]\n§",
        &[
            "1:12: \"domains\" must be a host name in lower case",
            "1:30: \"domains\" must be a host name in lower case",
        ],
    ),
    (
        "a domain with an empty part, one with an odd one, one that is empty, one that is a number",
        "domains = [\"a..b\", \"-a.b\", \"\", 1]\n§",
        &["1:12: ", "1:20: ", "1:28: ", "1:32: "],
    ),
    (
        "a domain below another",
        "domains = [\"example.org\", \"s3.example.org\"]\n§",
        &["1:27: \"domains\" overlaps"],
    ),
    (
        "a domain above another, and one twice",
        "domains = [\"s3.example.org\", \"example.org\", \"a.net\", \"a.net\"]\n§",
        &["1:30: \"domains\" overlaps", "1:54: \"domains\" overlaps"],
    ),
    (
        "a region that is none",
        "region = \"eu central\"\n§",
        &["1:10: \"region\" must be the name of a region"],
    ),
    (
        "TLS without its key",
        "tls = { certificate = \"cert.pem\" }\n§",
        &["1:7: \"key\" is missing here: key = \"key.pem\""],
    ),
    (
        "TLS of files that there are not",
        "tls = { certificate = \"none.pem\", key = \"raw\" }\n§",
        &[
            "1:23: \"certificate\" names no file: paths are relative",
            "1:41: \"key\" names no file",
        ],
    ),
    (
        "TLS that is a text",
        "tls = \"cert.pem\"\n§",
        &["1:7: \"tls\" must be a table: { certificate ="],
    ),
    (
        "SQL in no folder",
        "sql = \"none\"\n§",
        &["1:7: \"sql\" names no folder: paths are relative"],
    ),
    (
        "SQL at another scheme",
        "sql = \"https://user:CANARY@host/sql\"\n[access_points.a-1]\nsource = \"raw\"\nprojection = \"p/q\"\n",
        &["1:7: \"sql\" must be a prefix of a bucket"],
    ),
    (
        "a key in clear",
        "key = \"CANARY00CANARY00CANARY00CANARY00CANARY00CANARY00CANARY00CANARY00\"\n§",
        &["1:7: \"key\" must say where the secret lies, and never be the secret itself: { file ="],
    ),
    (
        "a key in clear where its file is named",
        "key = { file = \"CANARY00CANARY00CANARY00CANARY00\" }\n§",
        &["1:7: \"key\" names a file that cannot be read"],
    ),
    (
        "a key at two places",
        "key = { file = \"master.key\", env = \"A_KEY\" }\n§",
        &["1:7: \"key\" must have one place and no other: { file ="],
    ),
    (
        "a key at no place",
        "key = { }\n§",
        &["1:7: \"key\" must have one place and no other"],
    ),
    (
        "a key of a variable that is unset",
        "key = { env = \"A_KEY\" }\n§",
        &["1:7: \"key\" names the variable A_KEY, which is not set: set it"],
    ),
    (
        "a key of a variable that holds none",
        "key = { env = \"NO_KEY\" }\n§",
        &["1:7: \"key\" cannot be used: the key is not 64 hexadecimal digits"],
    ),
    (
        "a key of a file that holds none",
        "key = { file = \"short\" }\n§",
        &["1:7: \"key\" cannot be used: the key file "],
    ),
    (
        "a key of Secrets Manager, without account",
        "key = { secretsmanager = \"CANARY\" }\n§",
        &["1:7: \"key\" takes credentials: set AWS_ACCESS_KEY_ID"],
    ),
    (
        "a cache that is another word",
        "cache = \"nonee\"\n§",
        &["1:9: \"cache\" must be \"none\" or a table"],
    ),
    (
        "a cache of a number, at a file",
        "cache = { max_bytes = 1000000000, path = \"secret\" }\n§",
        &[
            "1:23: \"max_bytes\" must be a size in quotes",
            "1:42: \"path\" names what is no folder",
        ],
    ),
    (
        "a small cache",
        "cache = { max_bytes = \"1 kB\" }\n§",
        &["1:23: \"max_bytes\" must be a size in quotes, such as \"10 GiB\", and at least 1.0 MiB"],
    ),
    (
        "a cache in a bucket, without account",
        "cache = { bucket = \"s3://b/p\" }\n§",
        &["1:20: \"bucket\" takes credentials: set AWS_ACCESS_KEY_ID"],
    ),
    (
        "a cache in no bucket",
        "cache = { bucket = \"releases/\" }\n§",
        &["1:20: \"bucket\" must be a prefix of a bucket"],
    ),
    (
        "records in no bucket",
        "records = \"records/\"\n§",
        &["1:11: \"records\" must be a prefix of a bucket"],
    ),
    (
        "limits that are none",
        "limits = 1\n§",
        &["1:10: \"limits\" must be a table: [limits]"],
    ),
    (
        "no connection, and more than there are",
        "[limits]\nconnections = 0\ntransformations = 257\n§",
        &[
            "2:15: \"connections\" must be a whole number from 1 to 65536",
            "3:19: \"transformations\" must be a whole number from 1 to 256",
        ],
    ),
    (
        "seconds that are a text, broken, negative, or too many",
        "[limits]\nhead_seconds = \"10\"\nstall_seconds = 1.5\nanswer_seconds = -1\nlist_seconds = 3601\nstop_seconds = 99999999999999999999\n§",
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
        "[limits]\nmemory = \"1 MiB\"\n§",
        &["2:10: \"memory\" must be a size in quotes, such as \"10 GiB\", and at least 16.0 MiB"],
    ),
];
