//! Access points.

use super::Row;

pub(super) const POINTS: [Row; 19] = [
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
        "§format = \"CANARY\"\nas_of = \"CANARY\"\nlength = \"CANARY\"\nlength_factor = \"CANARY\"\n",
        &[
            "4:10: \"format\" is neither parquet nor csv",
            "5:9: \"as_of\" is neither today, object, nor a date as YYYY-MM-DD",
            "6:10: \"length\" is neither law nor exact",
            "7:17: \"length_factor\" must be a number from 0.001 to 100",
        ],
    ),
    (
        "values of other kinds",
        "§format = 1\nas_of = 2026-11-25\nlength = true\nlength_factor = [1]\n",
        &[
            "4:10: \"format\" must be \"parquet\" or \"csv\"",
            "5:9: \"as_of\" must be \"today\", \"object\", or a date in quotes",
            "6:10: \"length\" must be \"law\" or \"exact\"",
            "7:17: \"length_factor\" must be a number",
        ],
    ),
    (
        "a factor of an exact length",
        "§length = \"exact\"\nlength_factor = 2\n",
        &["5:17: \"length_factor\" stands beside \"length\": \"exact\", which has none: leave one"],
    ),
    (
        "a factor that is too large",
        "§length_factor = 100.5\n",
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
