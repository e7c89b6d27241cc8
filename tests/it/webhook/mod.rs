//! `veilpoint serve --webhook`, from outside: the real command, an S3 that plays MinIO's part behind it, and events in the
//! form in which MinIO sends them. What comes back is compared with what `convert` writes.

mod answers;
mod conditions;
mod doors;
mod faults;
mod once;
mod slow;
mod stage;
mod start;
mod stop;
