//! Whose signature a request has, and what they may do.
//!
//! Here and in `buckets` and `route` the traits of s3s are implemented without `async_trait`, from which they come. Its
//! methods hold `self` in a future, for each of which the compiler goes through all that a gateway holds, down to the
//! parts of a planned statement, before it believes that another thread may have it: 59 seconds for seven methods, over
//! half of the time in which this crate was checked. What waits is only the answer to a read, which holds no `self`.

use std::future::ready;
use std::sync::Arc;

use futures::future::BoxFuture;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{Credentials, S3Auth, SecretKey};
use s3s::{S3Error, S3ErrorCode, S3Result};

use super::Gateway;
use super::trace::Trace;

/// Operations that s3s takes to us and that are answered; others are taken by the route.
const ANSWERED: [&str; 3] = ["ListBuckets", "HeadBucket", "GetBucketLocation"];

/// What others are called in the log: those that only read, and those that change something.
const NOT_SERVED: &str = "not served";
const WRITE: &str = "write";

/// What the names of operations that only read begin with.
const READING: [&str; 5] = ["CreateSession", "Get", "Head", "List", "Select"];

/// Who may do what.
#[derive(Clone)]
pub struct Access(pub Arc<Gateway>);

impl S3Auth for Access {
    fn get_secret_key<'a, 'b, 'f>(&'a self, id: &'b str) -> BoxFuture<'f, S3Result<SecretKey>>
    where
        'a: 'f,
        'b: 'f,
    {
        Box::pin(ready(self.secret(id)))
    }
}

impl S3Access for Access {
    /// Whatever is not taken by the route of reads.
    fn check<'a, 'b, 'c, 'f>(
        &'a self,
        context: &'b mut S3AccessContext<'c>,
    ) -> BoxFuture<'f, S3Result<()>>
    where
        'a: 'f,
        'b: 'f,
        'c: 'f,
    {
        Box::pin(ready(self.answers(context)))
    }
}

/// An operation of ours, or what kind of another it is.
fn known(operation: &str) -> &'static str {
    let ours = ANSWERED.into_iter().find(|name| *name == operation);
    let reads = READING.iter().any(|begin| operation.starts_with(begin));
    ours.unwrap_or(if reads { NOT_SERVED } else { WRITE })
}

impl Access {
    /// What a reader signs with.
    fn secret(&self, id: &str) -> S3Result<SecretKey> {
        let in_force = self.0.in_force();
        let reader = in_force.reader(id).ok_or_else(|| {
            let message = "The AWS Access Key Id you provided does not exist in our records.";
            S3Error::with_message(S3ErrorCode::InvalidAccessKeyId, message)
        })?;
        Ok(reader.secret.clone())
    }

    /// Whether an operation is answered, and to who asks for it.
    fn answers(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        let operation = known(context.s3_op().name());
        let bucket = context.s3_path().get_bucket_name().map(str::to_owned);
        let credentials = context.credentials().cloned();
        let trace = context.extensions_mut().get::<Trace>().cloned();
        if let Some(trace) = &trace {
            trace.say(|line| line.operation = operation);
        }
        self.admit(credentials.as_ref(), bucket.as_deref(), trace.as_ref())?;
        if ANSWERED.contains(&operation) {
            return Ok(());
        }
        if operation == NOT_SERVED {
            let message =
                "this operation is not served: releases are read, listed, and asked for their head";
            return Err(S3Error::with_message(S3ErrorCode::NotImplemented, message));
        }
        let message = "access points are read only";
        Err(S3Error::with_message(S3ErrorCode::AccessDenied, message))
    }

    /// The access key id of who asks, who may read this bucket if one is named. Whether it exists is not told to others.
    pub fn admit(
        &self,
        credentials: Option<&Credentials>,
        bucket: Option<&str>,
        trace: Option<&Trace>,
    ) -> S3Result<String> {
        let Some(credentials) = credentials else {
            let message = "the request is not signed";
            return Err(S3Error::with_message(S3ErrorCode::AccessDenied, message));
        };
        let id = credentials.access_key.clone();
        if let Some(trace) = trace {
            trace.say(|line| line.principal.clone_from(&id));
        }
        let Some(bucket) = bucket else {
            return Ok(id);
        };
        let in_force = self.0.in_force();
        if in_force.point(&id, bucket).is_none() {
            // A name that is no access point's may be anything, and is not logged.
            let access_point = in_force.is_point(bucket).then_some(bucket);
            let request_id = trace.map(Trace::request_id);
            tracing::warn!(
                event = "access_denied",
                request_id,
                principal = id,
                access_point
            );
            let message = "this credential does not read this access point";
            return Err(S3Error::with_message(S3ErrorCode::AccessDenied, message));
        }
        if let Some(trace) = trace {
            trace.say(|line| bucket.clone_into(&mut line.access_point));
        }
        Ok(id)
    }
}
