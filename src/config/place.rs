//! Where raw objects lie, as settings say it.

use std::path::PathBuf;

/// A folder, or a prefix of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourcePlace {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A prefix of a bucket, and how it is reached.
    Bucket(S3Place),
}

/// A prefix of a bucket. What is left out is as the environment says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct S3Place {
    /// The bucket.
    pub bucket: String,
    /// Empty, or with a slash at its end.
    pub prefix: String,
    /// The region.
    pub region: Option<String>,
    /// Another S3 than Amazon's: an URL of http or https.
    pub endpoint: Option<String>,
    /// Whether the bucket stands in the path rather than in the host.
    pub path_style: Option<bool>,
    /// The profile of AWS's files whose credentials are used.
    pub profile: Option<String>,
}

impl S3Place {
    /// `s3://bucket` or `s3://bucket/prefix`, with or without a slash at the end: no object is meant. None for anything
    /// else, and for a prefix below which no key is safe: with empty parts, dots for parts or control characters.
    pub fn parse(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("s3://")?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if bucket.is_empty() || !bucket.chars().all(plain) {
            return None;
        }
        let parts = prefix.strip_suffix('/').unwrap_or(prefix);
        let safe =
            |part: &str| !["", ".", ".."].contains(&part) && !part.chars().any(char::is_control);
        if !prefix.is_empty() && !parts.split('/').all(safe) {
            return None;
        }
        let slash = if prefix.is_empty() { "" } else { "/" };
        Some(Self {
            bucket: bucket.to_owned(),
            prefix: format!("{parts}{slash}"),
            ..Self::default()
        })
    }

    /// `s3://bucket/prefix/`.
    pub fn url(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_and_a_prefix_are_read_with_and_without_their_slash() {
        let mut wrong = Vec::new();
        for (url, expected) in [
            ("s3://b", Some(("b", ""))),
            ("s3://b/", Some(("b", ""))),
            ("s3://b/p", Some(("b", "p/"))),
            ("s3://b/p/", Some(("b", "p/"))),
            ("s3://b.c-d_E/p/q r/ü", Some(("b.c-d_E", "p/q r/ü/"))),
            ("s3://", None),
            ("s3:///p", None),
            ("s3://b//", None),
            ("s3://b//p", None),
            ("s3://b/p//q", None),
            ("s3://b/./p", None),
            ("s3://b/p/..", None),
            ("s3://b/p\n", None),
            ("s3://u:p@b/", None),
            ("s3://b?x/", None),
            ("S3://b/", None),
            ("https://b/p", None),
            ("b/p", None),
            ("", None),
        ] {
            let place = S3Place::parse(url);
            let found = place
                .as_ref()
                .map(|p| (p.bucket.as_str(), p.prefix.as_str()));
            let back = place.as_ref().map(S3Place::url);
            let again = back.as_deref().and_then(S3Place::parse);
            if found != expected || again != place {
                wrong.push(format!("{url:?}: {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
