//! The SQL functions as users meet them: against a second implementation of all of them, and as their page says.

mod page;
mod twin;
