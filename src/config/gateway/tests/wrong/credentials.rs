//! Credentials.

use super::Row;

pub(super) const CREDENTIALS: [Row; 17] = [
    (
        "a secret in clear",
        "§[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = \"CANARY-0123456789\"\naccess_points = [\"a-1\"]\n",
        &[
            "6:21: \"secret_access_key\" must say where the secret lies, and never be the secret itself: { file = \"path\" }",
        ],
    ),
    (
        "a secret in clear, in a list",
        "§[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = [\"CANARY-0123456789\"]\naccess_points = [\"a-1\"]\n",
        &["6:21: \"secret_access_key\" must say where"],
    ),
    (
        "a secret for its variable",
        "§[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"CANARY-0123456789\" }\naccess_points = [\"a-1\"]\n",
        &[
            "6:21: \"secret_access_key\" names a variable (a name in capitals would be said here), which is not set",
        ],
    ),
    (
        "a secret in capitals for its variable",
        "§[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"CANARY0123456789\" }\naccess_points = [\"a-1\"]\n",
        &["6:21: \"secret_access_key\" names a variable (a name"],
    ),
    (
        "a secret for its file",
        "§[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { file = \"CANARY-0123456789\" }\naccess_points = [\"a-1\"]\n",
        &["6:21: \"secret_access_key\" names a file that cannot be read: create it"],
    ),
    (
        "a secret for its name",
        "§[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { secretsmanager = \"CANARY\" }\naccess_points = [\"a-1\"]\n",
        &["6:21: \"secret_access_key\" takes credentials: set AWS_ACCESS_KEY_ID"],
    ),
    (
        "a variable that is unset",
        "§[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"ANALYTICS_SECRET\" }\naccess_points = [\"a-1\"]\n",
        &[
            "6:21: \"secret_access_key\" names the variable ANALYTICS_SECRET, which is not set: set it",
        ],
    ),
    (
        "a variable that is short",
        "§[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"SHORT\" }\naccess_points = [\"a-1\"]\n",
        &[
            "6:21: \"secret_access_key\" is shorter than 16 characters: who sees one signed request could",
        ],
    ),
    (
        "a place that is a number, and an empty one",
        "§[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = 1 }\naccess_points = [\"a-1\"]\n[[credentials]]\naccess_key_id = \"abd\"\nsecret_access_key = { file = \"\" }\naccess_points = [\"a-1\"]\n",
        &[
            "6:29: \"env\" must be the name of an environment variable",
            "10:30: \"file\" must be a path",
        ],
    ),
    (
        "ids that are none",
        "§[[credentials]]\naccess_key_id = \"ab\"\nsecret_access_key = { env = \"A_SECRET\" }\naccess_points = [\"a-1\"]\n[[credentials]]\naccess_key_id = \"a/CANARY\"\nsecret_access_key = { env = \"A_SECRET\" }\naccess_points = [\"a-1\"]\n",
        &[
            "5:17: \"access_key_id\" must be 3 to 128 of A-Z, a-z, 0-9, _, . and -",
            "9:17: \"access_key_id\" must be 3 to 128",
        ],
    ),
    (
        "two of one id",
        "§[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"A_SECRET\" }\naccess_points = [\"a-1\"]\n[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { file = \"secret\" }\naccess_points = [\"a-1\"]\n",
        &["9:17: \"access_key_id\" is that of line 5, too: each credential has one of its own"],
    ),
    (
        "an access point that there is not",
        "§[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"A_SECRET\" }\naccess_points = [\"a-1\", \"a-2\", \"CANARY\"]\n",
        &[
            "7:25: \"access_points\" names an access point that there is not, did you mean \"a-1\"?",
            "7:32: \"access_points\" names an access point that there is not: add [access_points.NAME]",
        ],
    ),
    (
        "an access point twice, and a number",
        "§[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"A_SECRET\" }\naccess_points = [\"a-1\", \"a-1\", 1]\n",
        &[
            "7:25: \"access_points\" names an access point twice",
            "7:32: \"access_points\" must be a list of names in quotes",
        ],
    ),
    (
        "an access point that is no list",
        "§[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"A_SECRET\" }\naccess_points = \"a-1\"\n",
        &["7:17: \"access_points\" must be a list of names in quotes: [\"analytics\"]"],
    ),
    (
        "nothing said",
        "§[[credentials]]\n",
        &[
            "4:1: \"access_key_id\" is missing here: access_key_id = \"analytics\"",
            "4:1: \"access_points\" is missing here",
            "4:1: \"secret_access_key\" is missing here: secret_access_key = { env = \"NAME\" }",
        ],
    ),
    (
        "one that is a table",
        "§[credentials]\naccess_key_id = \"abc\"\n",
        &["4:1: \"credentials\" must be tables, one for each credential: [[credentials]]"],
    ),
    (
        "one that is a text",
        "credentials = [\"CANARY\"]\n§",
        &["1:16: \"credentials\" must be tables"],
    ),
];
