//! What the doors that speak S3 share.
//!
//! ```text
//! sending.rs  an answer on its way to whoever asked, to its end
//! transfer.rs the bytes of a release, as HTTP takes them
//! head.rs     what is said of a release: an allow-list of headers
//! refusal.rs  why there is none, in S3's terms
//! list_xml.rs a page of releases → S3's `ListBucketResult`
//! log.rs      one line a request
//! ```

pub mod head;
pub mod list_xml;
pub mod log;
pub mod refusal;
pub mod sending;
pub mod transfer;
