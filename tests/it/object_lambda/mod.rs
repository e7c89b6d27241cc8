//! The function behind S3 Object Lambda access points, from outside: AWS's emulator runs it, a server plays S3's part,
//! and what comes out is compared with what `convert` writes.

mod event;
mod faults;
mod formats;
mod keys;
mod laptop;
mod large;
mod ministack;
mod reload;
mod stage;
mod warm;
