//! The compression of pages.

use bytes::Bytes;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;

use super::super::Codec;

/// Compresses the pages of one column.
pub struct Compressor(Stage);

enum Stage {
    /// With room for a page as it may become at worst, kept from page to page: room is zeros, which take time.
    Snappy(Box<snap::raw::Encoder>, Vec<u8>),
    Zstd,
    Lz4,
    None,
}

impl Compressor {
    /// Of this codec.
    pub fn new(codec: Codec) -> Self {
        Self(match codec {
            Codec::Snappy => Stage::Snappy(Box::new(snap::raw::Encoder::new()), Vec::new()),
            Codec::Zstd => Stage::Zstd,
            Codec::Lz4 => Stage::Lz4,
            Codec::None => Stage::None,
        })
    }

    /// What a file calls it.
    pub fn of_file(&self) -> Compression {
        match self.0 {
            Stage::Snappy(..) => Compression::SNAPPY,
            Stage::Zstd => Compression::ZSTD(ZstdLevel::default()),
            Stage::Lz4 => Compression::LZ4_RAW,
            Stage::None => Compression::UNCOMPRESSED,
        }
    }

    /// A page's bytes as they stand in the file.
    pub fn compress(&mut self, page: &[u8]) -> Result<Bytes, ParquetError> {
        let external =
            |error: Box<dyn std::error::Error + Send + Sync>| ParquetError::External(error);
        let bytes = match &mut self.0 {
            Stage::Snappy(encoder, room) => {
                let most = snap::raw::max_compress_len(page.len());
                if room.len() < most {
                    room.resize(most, 0);
                }
                let len = encoder.compress(page, room);
                room[..len.map_err(|error| external(error.into()))?].to_vec()
            }
            Stage::Zstd => zstd::bulk::compress(page, ZstdLevel::default().compression_level())
                .map_err(|error| external(error.into()))?,
            Stage::Lz4 => lz4_flex::block::compress(page),
            Stage::None => page.to_vec(),
        };
        Ok(Bytes::from(bytes))
    }
}
