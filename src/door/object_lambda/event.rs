//! An event of S3 Object Lambda, read leniently: unknown fields are ignored, missing ones are missed only where they are
//! needed.
//!
//! The event is a secret: its URL and token open raw data for a minute. Nothing here can be shown.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::door::s3::log::Line;
use crate::error::{Error, Kind, Result};

/// What is asked, and by whom.
pub struct Event {
    /// S3's number of the request; empty where it has none.
    pub request_id: String,
    /// The operation.
    pub operation: Operation,
    /// The presigned URL of the raw object or listing; empty where it is missing.
    pub input_url: String,
    /// The Object Lambda access point's ARN; empty where it is missing.
    pub access_point: String,
    /// The ARN of the access point that raw objects come from.
    pub supporting: Option<String>,
    /// The `FunctionPayload`; empty where none is set.
    pub payload: String,
    /// The user's URL, decoded and without authentication; empty where it is missing.
    pub url: String,
    /// Who asks, as far as S3 says.
    pub principal: String,
    headers: Vec<(String, String)>,
}

/// The operation, by the context that the event has.
#[derive(Clone)]
pub enum Operation {
    /// An object is asked for; the answer goes to S3.
    GetObject(GetObject),
    /// Its metadata; the answer is what the function returns.
    HeadObject,
    /// A listing, in the first version of that operation.
    ListObjects,
    /// A listing, in the second version.
    ListObjectsV2,
}

/// The context of `GetObject`.
#[derive(Clone)]
pub struct GetObject {
    /// Where the answer goes.
    pub route: String,
    /// What lets it in, once.
    pub token: String,
}

/// What stands in an event for its operation.
const CONTEXTS: [&str; 4] = [
    "getObjectContext",
    "headObjectContext",
    "listObjectsV2Context",
    "listObjectsContext",
];

impl Operation {
    /// Its name in S3's interface.
    pub fn name(&self) -> &'static str {
        match self {
            Self::GetObject(_) => "GetObject",
            Self::HeadObject => "HeadObject",
            Self::ListObjects => "ListObjects",
            Self::ListObjectsV2 => "ListObjectsV2",
        }
    }
}

impl Event {
    /// Says in a line of the log what is asked, and by whom.
    pub fn tell(&self, line: &mut Line) {
        line.request_id.clone_from(&self.request_id);
        line.operation = self.operation.name();
        line.access_point.clone_from(&self.access_point);
        line.principal.clone_from(&self.principal);
    }

    /// Reads an event.
    ///
    /// # Errors
    /// [`Kind::Usage`] for what is no such event, or cannot be answered: a GET without route or token.
    pub fn parse(event: &Value) -> Result<Self> {
        let identity = |field: &str| text(event, &["userIdentity", field]);
        let configuration = |field: &str| text(event, &["configuration", field]);
        Ok(Self {
            request_id: text(event, &["xAmzRequestId"]).unwrap_or_default(),
            input_url: CONTEXTS
                .iter()
                .find_map(|context| text(event, &[context, "inputS3Url"]))
                .unwrap_or_default(),
            operation: operation(event)?,
            access_point: configuration("accessPointArn").unwrap_or_default(),
            supporting: configuration("supportingAccessPointArn"),
            payload: configuration("payload").unwrap_or_default(),
            url: text(event, &["userRequest", "url"]).unwrap_or_default(),
            principal: identity("arn")
                .or_else(|| identity("principalId"))
                .unwrap_or_else(|| "unknown".to_owned()),
            headers: headers(event),
        })
    }

    /// A parameter of the user's request, by its name in any case: S3 hands ranges and part numbers over as headers, or
    /// as they stood in the query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.url.rsplit_once('?')?;
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let named = |(own, _): &(&str, &str)| own.eq_ignore_ascii_case(name);
        let value = pairs.filter(named).map(|(_, value)| value).next()?;
        Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
    }

    /// A header of the user's request, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }
}

fn operation(event: &Value) -> Result<Operation> {
    let has = |context: &str| event.get(context).is_some_and(Value::is_object);
    if has("getObjectContext") {
        let of = |field: &str| text(event, &["getObjectContext", field]);
        let unanswerable = || {
            let message = "the event has no outputRoute or no outputToken: it cannot be answered";
            Error::new(Kind::Usage, message)
        };
        return Ok(Operation::GetObject(GetObject {
            route: of("outputRoute")
                .filter(|route| is_label(route))
                .ok_or_else(unanswerable)?,
            token: of("outputToken").ok_or_else(unanswerable)?,
        }));
    }
    let [_, head, list_v2, list] = CONTEXTS;
    for (context, operation) in [
        (head, Operation::HeadObject),
        (list_v2, Operation::ListObjectsV2),
        (list, Operation::ListObjects),
    ] {
        if has(context) {
            return Ok(operation);
        }
    }
    let message = "this is no event of S3 Object Lambda: it has none of its four contexts";
    Err(Error::new(Kind::Usage, message))
}

/// The route becomes the first label of a host name, and no other part of one.
fn is_label(route: &str) -> bool {
    (1..=63).contains(&route.len())
        && route
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A text that is not empty.
fn text(event: &Value, path: &[&str]) -> Option<String> {
    let value = path
        .iter()
        .try_fold(event, |value, field| value.get(field))?;
    value
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// The user's headers, their names in lower case. Those that stand there several times are joined as S3 does it.
fn headers(event: &Value) -> Vec<(String, String)> {
    let headers = event
        .get("userRequest")
        .and_then(|request| request.get("headers"));
    let headers = headers.and_then(Value::as_object).into_iter().flatten();
    headers
        .filter_map(|(name, value)| {
            let value = match value {
                Value::String(value) => value.clone(),
                Value::Array(values) => {
                    let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
                    values.join(",")
                }
                _ => return None,
            };
            Some((name.to_ascii_lowercase(), value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn get() -> Value {
        json!({
            "xAmzRequestId": "1",
            "getObjectContext": {"inputS3Url": "u", "outputRoute": "io-1", "outputToken": "t", "new": 1},
            "configuration": {"accessPointArn": "a", "supportingAccessPointArn": "s", "payload": "p"},
            "userRequest": {"url": "w", "headers": {"Accept": "text/csv", "X-Two": ["1", "2"], "odd": 3}},
            "userIdentity": {"principalId": "who"},
            "protocolVersion": "1.07"
        })
    }

    #[test]
    fn an_event_is_read_whatever_else_it_holds() {
        let event = Event::parse(&get()).unwrap();
        assert_eq!(event.operation.name(), "GetObject");
        assert_eq!(
            (event.access_point.as_str(), event.payload.as_str()),
            ("a", "p")
        );
        assert_eq!(event.principal, "who");
        assert_eq!(event.header("accept"), Some("text/csv"));
        assert_eq!(event.header("x-two"), Some("1,2"));
        assert_eq!(event.header("odd"), None);
        assert_eq!(event.input_url, "u");
    }

    #[test]
    fn what_is_missing_is_empty_and_what_cannot_be_answered_is_refused() {
        let bare = json!({"getObjectContext": {"outputRoute": "io-1", "outputToken": "t"}});
        let event = Event::parse(&bare).unwrap();
        assert_eq!((event.payload.as_str(), event.url.as_str()), ("", ""));
        assert_eq!(event.principal, "unknown");
        for (field, value) in [
            ("outputRoute", Value::Null),
            ("outputRoute", json!("evil.test/")),
            ("outputRoute", json!("")),
            ("outputToken", Value::Null),
            ("outputToken", json!(7)),
        ] {
            let mut event = get();
            event["getObjectContext"][field] = value;
            assert!(Event::parse(&event).is_err(), "{field}");
        }
        for event in [
            json!([]),
            json!({}),
            json!("text"),
            json!({"getObjectContext": 1}),
        ] {
            assert_eq!(
                Event::parse(&event).err().map(|e| e.kind()),
                Some(Kind::Usage)
            );
        }
    }

    #[test]
    fn parameters_stand_in_the_query_in_any_case() {
        let url = "https://h/a?b.csv?x-id=GetObject&Range=bytes=0-9&partNumber=3&empty=&enc=a%20b";
        let event = Event::parse(&json!({"headObjectContext": {}, "userRequest": {"url": url}}));
        let event = event.unwrap();
        for (name, value) in [
            ("range", Some("bytes=0-9")),
            ("partnumber", Some("3")),
            ("empty", Some("")),
            ("enc", Some("a b")),
            ("none", None),
        ] {
            assert_eq!(event.parameter(name).as_deref(), value, "{name}");
        }
    }

    #[test]
    fn each_context_is_its_operation() {
        for (context, name) in [
            ("headObjectContext", "HeadObject"),
            ("listObjectsContext", "ListObjects"),
            ("listObjectsV2Context", "ListObjectsV2"),
        ] {
            let event = Event::parse(&json!({context: {"inputS3Url": "u"}})).unwrap();
            assert_eq!(event.operation.name(), name);
            assert_eq!(event.input_url, "u");
        }
    }
}
