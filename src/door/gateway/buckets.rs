//! What is asked of access points themselves: which there are, and where.

use std::sync::Arc;

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

#[async_trait::async_trait]
impl S3 for Buckets {
    async fn list_buckets(
        &self,
        request: S3Request<ListBucketsInput>,
    ) -> S3Result<S3Response<ListBucketsOutput>> {
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
        Ok(S3Response::new(ListBucketsOutput {
            buckets: Some(buckets.collect()),
            owner: Some(Owner {
                display_name: Some(id.clone()),
                id: Some(id),
            }),
            ..ListBucketsOutput::default()
        }))
    }

    async fn head_bucket(
        &self,
        _: S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        Ok(S3Response::new(HeadBucketOutput {
            bucket_region: Some(self.region.clone()),
            ..HeadBucketOutput::default()
        }))
    }

    async fn get_bucket_location(
        &self,
        _: S3Request<GetBucketLocationInput>,
    ) -> S3Result<S3Response<GetBucketLocationOutput>> {
        let named = (self.region != UNNAMED).then(|| self.region.clone());
        Ok(S3Response::new(GetBucketLocationOutput {
            location_constraint: named.map(BucketLocationConstraint::from),
        }))
    }
}
