//! What is asked of access points themselves: which there are, and where.

use std::future::ready;
use std::sync::Arc;

use futures::future::BoxFuture;
use s3s::dto::{
    Bucket, BucketLocationConstraint, GetBucketLocationInput, GetBucketLocationOutput,
    HeadBucketInput, HeadBucketOutput, ListBucketsInput, ListBucketsOutput, Owner, Timestamp,
};
use s3s::{S3, S3Request, S3Response, S3Result};

use super::Gateway;

/// The region that S3 names by naming none.
const UNNAMED: &str = "us-east-1";

/// Answers what is asked of buckets. Who asks has been admitted.
pub struct Buckets {
    /// What answers.
    pub gateway: Arc<Gateway>,
    /// The region that buckets are in.
    pub region: String,
}

impl S3 for Buckets {
    fn list_buckets<'a, 'f>(
        &'a self,
        request: S3Request<ListBucketsInput>,
    ) -> BoxFuture<'f, S3Result<S3Response<ListBucketsOutput>>>
    where
        'a: 'f,
    {
        Box::pin(ready(Ok(S3Response::new(self.listed(request)))))
    }

    fn head_bucket<'a, 'f>(
        &'a self,
        _: S3Request<HeadBucketInput>,
    ) -> BoxFuture<'f, S3Result<S3Response<HeadBucketOutput>>>
    where
        'a: 'f,
    {
        Box::pin(ready(Ok(S3Response::new(HeadBucketOutput {
            bucket_region: Some(self.region.clone()),
            ..HeadBucketOutput::default()
        }))))
    }

    fn get_bucket_location<'a, 'f>(
        &'a self,
        _: S3Request<GetBucketLocationInput>,
    ) -> BoxFuture<'f, S3Result<S3Response<GetBucketLocationOutput>>>
    where
        'a: 'f,
    {
        let named = (self.region != UNNAMED).then(|| self.region.clone());
        Box::pin(ready(Ok(S3Response::new(GetBucketLocationOutput {
            location_constraint: named.map(BucketLocationConstraint::from),
        }))))
    }
}

impl Buckets {
    /// The access points of who asks, who owns them as far as S3 is concerned.
    fn listed(&self, request: S3Request<ListBucketsInput>) -> ListBucketsOutput {
        let id = request
            .credentials
            .map_or_else(String::new, |credentials| credentials.access_key);
        let created = Timestamp::from(self.gateway.started);
        let in_force = self.gateway.in_force();
        let buckets = in_force.names(&id).map(|name| Bucket {
            name: Some(name.to_owned()),
            creation_date: Some(created.clone()),
            ..Bucket::default()
        });
        ListBucketsOutput {
            buckets: Some(buckets.collect()),
            owner: Some(Owner {
                display_name: Some(id.clone()),
                id: Some(id),
            }),
            ..ListBucketsOutput::default()
        }
    }
}
