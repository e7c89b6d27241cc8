//! Our errors on their way through `DataFusion`, which carries them unchanged in `DataFusionError::External`.

use arrow::error::ArrowError;
use datafusion_common::DataFusionError;

use crate::error::{Error, Kind};

/// What `DataFusion`'s traits return.
pub(super) type Answer<T> = std::result::Result<T, DataFusionError>;

/// Our error as `DataFusion` carries it.
pub(super) fn carried(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// A projection that calls a function wrongly.
pub(super) fn misuse(message: impl Into<String>) -> DataFusionError {
    carried(Error::new(Kind::Projection, message))
}

/// A value that a function cannot take. The message names no value.
pub(super) fn failed(message: impl Into<String>) -> DataFusionError {
    carried(Error::new(Kind::Evaluation, message))
}

/// Our error out of `DataFusion`'s, however often that was wrapped; or `DataFusion`'s own, whose text may quote data and
/// must not be shown.
pub fn take_error(error: DataFusionError) -> std::result::Result<Error, DataFusionError> {
    match error {
        DataFusionError::External(inner) => match inner.downcast::<Error>() {
            Ok(ours) => Ok(*ours),
            Err(inner) => match inner.downcast::<DataFusionError>() {
                Ok(deeper) => take_error(*deeper),
                Err(foreign) => Err(DataFusionError::External(foreign)),
            },
        },
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => {
            take_error(*inner)
        }
        DataFusionError::ArrowError(inner, trace) => match *inner {
            ArrowError::ExternalError(inner) => take_error(DataFusionError::External(inner)),
            other => Err(DataFusionError::ArrowError(Box::new(other), trace)),
        },
        DataFusionError::Shared(shared) => match std::sync::Arc::try_unwrap(shared) {
            Ok(inner) => take_error(inner),
            Err(shared) => Err(DataFusionError::Shared(shared)),
        },
        other => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_error_is_found_however_it_was_wrapped() {
        let ours = || failed("age is negative");
        let rows = [
            ours(),
            ours().context("while planning"),
            DataFusionError::from(ArrowError::ExternalError(Box::new(ours()))),
            DataFusionError::External(Box::new(ours())),
            DataFusionError::Shared(std::sync::Arc::new(ours())),
        ];
        for row in rows {
            assert_eq!(take_error(row).unwrap().kind(), Kind::Evaluation);
        }
    }

    #[test]
    fn a_foreign_error_stays_foreign() {
        assert!(take_error(DataFusionError::Plan("quotes data".into())).is_err());
        assert!(take_error(ArrowError::CastError("quotes data".into()).into()).is_err());
    }
}
