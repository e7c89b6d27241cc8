//! Requests that are sent as they are, and Amazon's Signature Version 4 over them: of the tests' own, by AWS's words.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>

use std::io::{BufReader, Write as _};
use std::net::TcpStream;

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::percent_decode;
use sha2::{Digest as _, Sha256};

use super::lambda::Got;
use super::lambda::wire::Head;

/// What stands for the hash of a body that nobody signs.
pub const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// A request, as it is sent.
#[derive(Clone)]
pub struct Request {
    /// GET, HEAD, …
    pub method: String,
    /// Path and query, encoded.
    pub target: String,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// What follows them.
    pub body: Vec<u8>,
}

/// Who signs, and what is said of it.
#[derive(Clone)]
pub struct Signer {
    /// The access key id.
    pub id: String,
    /// The secret access key.
    pub secret: String,
    /// The region.
    pub region: String,
    /// The service.
    pub service: String,
    /// When it is signed.
    pub at: DateTime<Utc>,
    /// The day in the credential's scope, where it is another.
    pub day: Option<String>,
    /// What is said of the body, where it is another than its hash.
    pub payload: Option<String>,
}

impl Request {
    /// Asks for a target, at this host.
    pub fn of(host: &str, method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: vec![("Host".to_owned(), host.to_owned())],
            body: Vec::new(),
        }
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With another value of a header, by its name in whatever case; it is there.
    #[must_use]
    pub fn replaced(mut self, name: &str, value: &str) -> Self {
        let mut named = self.headers.iter_mut();
        let found = named.find(|(other, _)| other.eq_ignore_ascii_case(name));
        value.clone_into(&mut found.expect("a header").1);
        self
    }

    /// Without a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self
    }

    /// With a text of its target in place of another, which is there.
    #[must_use]
    pub fn retargeted(mut self, from: &str, to: &str) -> Self {
        assert!(self.target.contains(from), "{} has no {from}", self.target);
        self.target = self.target.replace(from, to);
        self
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }

    /// The first value of a header, by its name in whatever case.
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut named = self.headers.iter();
        let found = named.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The bytes that go over the line. A body has a length, unless the headers say another.
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            head = format!("{head}{name}: {value}\r\n");
        }
        let said = ["content-length", "transfer-encoding"];
        if !self.body.is_empty() && said.iter().all(|name| self.value(name).is_none()) {
            head = format!("{head}Content-Length: {}\r\n", self.body.len());
        }
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }

    /// Sends it on a connection of its own; none where the line ends before an answer's head does.
    pub fn send(&self, port: u16) -> Option<Got> {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        // Whoever refuses a request need not read it to its end.
        let _ = stream.write_all(&self.bytes());
        answer(&mut BufReader::new(stream), &self.method)
    }
}

/// Reads the answer to a request of this method.
pub fn answer(reader: &mut BufReader<TcpStream>, method: &str) -> Option<Got> {
    let head = Head::read(reader)?;
    let mut body = Vec::new();
    let bare = method == "HEAD" || ["304", "204"].contains(&head.word(1));
    let whole = bare || head.body(reader, &mut body, usize::MAX);
    Some(Got { head, body, whole })
}

impl Signer {
    /// Of somebody, now, for S3 in the usual region.
    pub fn new(id: &str, secret: &str) -> Self {
        Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
            region: "us-east-1".to_owned(),
            service: "s3".to_owned(),
            at: Utc::now(),
            day: None,
            payload: None,
        }
    }

    /// Signs a request with all of its headers, and says so in one more.
    pub fn header(&self, request: Request) -> Request {
        let payload = self.payload.clone();
        let payload = payload.unwrap_or_else(|| HEXLOWER.encode(&Sha256::digest(&request.body)));
        let request = request
            .header("x-amz-date", &self.date())
            .header("x-amz-content-sha256", &payload);
        let names = names(&request);
        let signature = self.signature(&request, &names, &payload);
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={signature}",
            self.id,
            self.scope(),
            names.join(";"),
        );
        request.header("Authorization", &authorization)
    }

    /// Signs a request with all of its headers, in its URL.
    pub fn url(&self, mut request: Request, expires: &str) -> Request {
        let names = names(&request);
        let credential = format!("{}/{}", self.id, self.scope());
        let begin = if request.target.contains('?') {
            '&'
        } else {
            '?'
        };
        request.target = format!(
            "{}{begin}X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}&X-Amz-Date={}&X-Amz-Expires={}\
             &X-Amz-SignedHeaders={}",
            request.target,
            encoded(credential.as_bytes(), false),
            self.date(),
            encoded(expires.as_bytes(), false),
            names.join("%3B"),
        );
        let payload = self.payload.as_deref().unwrap_or(UNSIGNED);
        let signature = self.signature(&request, &names, payload);
        request.target = format!("{}&X-Amz-Signature={signature}", request.target);
        request
    }

    /// The signature over a request, with these of its headers.
    pub fn signature(&self, request: &Request, names: &[String], payload: &str) -> String {
        let canonical = canonical(request, names, payload);
        let scope = self.scope();
        let hashed = HEXLOWER.encode(&Sha256::digest(canonical.as_bytes()));
        let to_sign = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{hashed}", self.date());
        let key = format!("AWS4{}", self.secret).into_bytes();
        let key = scope.split('/').fold(key, |key, part| mac(&key, part));
        HEXLOWER.encode(&mac(&key, &to_sign))
    }

    fn date(&self) -> String {
        self.at.format("%Y%m%dT%H%M%SZ").to_string()
    }

    fn scope(&self) -> String {
        let day = self.day.clone();
        let day = day.unwrap_or_else(|| self.at.format("%Y%m%d").to_string());
        format!("{day}/{}/{}/aws4_request", self.region, self.service)
    }
}

/// What is hashed: method, path, query, headers, their names, the body's hash.
fn canonical(request: &Request, names: &[String], payload: &str) -> String {
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let path = encoded(&decoded(path), true);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<(String, String)> = pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let part = |text: &str| encoded(&decoded(&text.replace('+', " ")), false);
            (part(name), part(value))
        })
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut headers = String::new();
    for name in names {
        let own = request.headers.iter();
        let own = own.filter(|(other, _)| other.eq_ignore_ascii_case(name));
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let values: Vec<String> = own.map(|(_, value)| words(value)).collect();
        headers = format!("{headers}{name}:{}\n", values.join(","));
    }
    format!(
        "{}\n{path}\n{}\n{headers}\n{}\n{payload}",
        request.method,
        pairs.join("&"),
        names.join(";"),
    )
}

/// The names of a request's headers, in lower case, each once and in order.
fn names(request: &Request) -> Vec<String> {
    let names = request.headers.iter();
    let mut names: Vec<String> = names.map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    names.dedup();
    names
}

fn decoded(text: &str) -> Vec<u8> {
    percent_decode(text.as_bytes()).collect()
}

/// AWS's `UriEncode`: every byte but the unreserved ones, and but the slash where it is a path.
pub fn encoded(bytes: &[u8], path: bool) -> String {
    let mut text = String::new();
    for byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(*byte));
            }
            b'/' if path => text.push('/'),
            _ => text = format!("{text}%{byte:02X}"),
        }
    }
    text
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The signature that stands in a request's `Authorization` is the one of this secret, whoever it says it is of.
pub fn is_signed(request: &Request, id: &str, secret: &str) -> bool {
    let parts = request.value("authorization").and_then(|text| {
        let rest = text.strip_prefix(&format!("AWS4-HMAC-SHA256 Credential={id}/"))?;
        let (scope, rest) = rest.split_once(", SignedHeaders=")?;
        let (names, signature) = rest.split_once(", Signature=")?;
        let names: Vec<String> = names.split(';').map(str::to_owned).collect();
        Some((scope, names, signature))
    });
    let date = request.value("x-amz-date").unwrap_or_default();
    let at = chrono::NaiveDateTime::parse_from_str(date, "%Y%m%dT%H%M%SZ");
    let (Some((scope, names, signature)), Ok(at)) = (parts, at) else {
        return false;
    };
    let scope: Vec<&str> = scope.split('/').collect();
    let [_, region, "s3", "aws4_request"] = scope[..] else {
        return false;
    };
    let mut signer = Signer::new(id, secret);
    region.clone_into(&mut signer.region);
    signer.at = at.and_utc();
    let payload = request.value("x-amz-content-sha256").unwrap_or_default();
    let host = names.iter().any(|name| name == "host");
    host && signer.signature(request, &names, payload) == signature
}

#[test]
fn the_signer_makes_the_signature_of_amazons_own_example() {
    let at = "2013-05-24T00:00:00Z".parse().unwrap();
    let signer = Signer {
        at,
        ..Signer::new(
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        )
    };
    let host = "examplebucket.s3.amazonaws.com";
    let request = Request::of(host, "GET", "/test.txt").header("Range", "bytes=0-9");
    let by_header = signer.header(request);
    let authorization = by_header.value("authorization").unwrap();
    assert!(
        authorization.ends_with("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        "{authorization}"
    );
    let by_url = signer.url(Request::of(host, "GET", "/test.txt"), "86400");
    assert!(
        by_url
            .target
            .ends_with("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"),
        "{}",
        by_url.target
    );
}
