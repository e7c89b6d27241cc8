//! S3's clients in Rust, as their users build them, for an endpoint on loopback.

use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use tokio::runtime::{Builder, Runtime};

/// Amazon's own, with what keeps its connections alive.
pub struct Aws {
    /// The client.
    pub client: aws_sdk_s3::Client,
    runtime: Runtime,
}

impl Aws {
    /// For an account.
    pub fn of(endpoint: &str, (id, secret): (&str, &str)) -> Self {
        let http = aws_smithy_http_client::Builder::new().build_http();
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("us-east-1"))
            .endpoint_url(endpoint)
            .force_path_style(true)
            .credentials_provider(Credentials::new(id, secret, None, None, "tests"))
            .http_client(http);
        Self {
            client: aws_sdk_s3::Client::from_conf(config.build()),
            runtime: runtime(),
        }
    }

    /// Waits for what the client does.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }
}

/// Arrow's, for a bucket.
pub fn object_store(endpoint: &str, bucket: &str, (id, secret): (&str, &str)) -> AmazonS3 {
    AmazonS3Builder::new()
        .with_endpoint(endpoint)
        .with_allow_http(true)
        .with_region("us-east-1")
        .with_bucket_name(bucket)
        .with_access_key_id(id)
        .with_secret_access_key(secret)
        .build()
        .unwrap()
}

/// What waits for clients.
pub fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}
