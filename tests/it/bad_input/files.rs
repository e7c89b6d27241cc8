//! Bytes that are no text of the contract's encoding, other kinds of files, and damaged compression.

use std::io::Write as _;

use super::Row;
use super::people::{csv, header, with};

pub fn rows() -> Vec<Row> {
    let mut rows = nul();
    rows.extend(utf_8());
    rows.extend(other_encodings());
    rows.extend(signatures());
    rows.extend(damaged());
    rows
}

/// Five records, of which the third's note holds these bytes in its middle.
fn note(bytes: &[u8]) -> Vec<u8> {
    splice(&with("Note", "quartz§finch00003"), bytes)
}

fn splice(text: &str, bytes: &[u8]) -> Vec<u8> {
    let (before, after) = text.split_once('§').unwrap();
    [before.as_bytes(), bytes, after.as_bytes()].concat()
}

fn nul() -> Vec<Row> {
    let row = |name, text| Row::new(name, "NotCsv", text);
    vec![
        row("a NUL byte stands in a field", note(b"\0")).at(3),
        row(
            "a NUL byte stands in a quoted field",
            splice(&with("Note", "\"quartz§\""), b"\0"),
        )
        .at(3),
        row(
            "a NUL byte stands for an empty field",
            splice(&with("Whole", "§"), b"\0"),
        )
        .at(3),
        row(
            "a NUL byte ends the object",
            [csv(5).as_bytes(), b"\0"].concat(),
        )
        .at(6),
        row(
            "a NUL byte stands in the header",
            csv(5).replacen("Note", "No\0te", 1).into_bytes(),
        ),
        row(
            "zero bytes fill up the object's last block",
            [csv(5).into_bytes(), vec![0; 4096]].concat(),
        )
        .at(6),
        row("the object is nothing but zero bytes", vec![0; 100_000]),
    ]
}

fn utf_8() -> Vec<Row> {
    let row = |name, text| Row::new(name, "InvalidEncoding", text);
    let whole = csv(5).replace("quartzfinch00005\n", "quartzfinch00005");
    vec![
        row("a letter is written in Latin-1", note(b"\xe9")).at(3),
        row(
            "a letter of a quoted field is written in Latin-1",
            splice(&with("Note", "\"quartz§\""), b"\xfc"),
        )
        .at(3),
        row(
            "a letter of the first field is written in Latin-1",
            splice(&with("Name", "Zephyrin§ Quill00003"), b"\xe9"),
        )
        .at(3),
        row(
            "a character is encoded longer than it need be",
            note(b"\xc0\xaf"),
        )
        .at(3),
        row("a surrogate is encoded by itself", note(b"\xed\xa0\xbd")).at(3),
        row("a character lies beyond Unicode", note(b"\xf4\x90\x80\x80")).at(3),
        row("a continuation byte stands alone", note(b"\x80")).at(3),
        row(
            "the object ends inside a character",
            [whole.as_bytes(), b"\xe2\x82"].concat(),
        )
        .at(5),
        row(
            "a header name is written in Latin-1",
            splice(&csv(5).replacen("Note", "Not§", 1), b"\xe9"),
        ),
        row(
            "a wrong byte stands in a number",
            splice(&with("Whole", "48§15"), b"\xff"),
        )
        .at(3),
    ]
}

/// UTF-16 of a text, little endian.
fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn other_encodings() -> Vec<Row> {
    let utf = ", 'veilpoint.encoding' 'utf-16'";
    let western = ", 'veilpoint.encoding' 'windows-1252'";
    let big: Vec<u8> = csv(5).encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = |text: Vec<u8>| [vec![0xff, 0xfe], text].concat();
    let (before, after) = {
        let text = with("Note", "quartz§finch00003");
        let (before, after) = text.split_once('§').unwrap();
        (utf_16(before), utf_16(after))
    };
    let lone = marked([before.clone(), vec![0x3d, 0xd8], after.clone()].concat());
    let low = marked([before, vec![0x00, 0xde], after].concat());
    let odd = marked([utf_16(&csv(5)), vec![0x71]].concat());
    let row = |name, code, file| Row::new(name, code, csv(5)).stored("people.csv", file);
    vec![
        row(
            "the object is UTF-16 and the contract says UTF-8",
            "InvalidEncoding",
            marked(utf_16(&csv(5))),
        ),
        row(
            "the object is UTF-16, big endian, and the contract says UTF-8",
            "InvalidEncoding",
            [vec![0xfe, 0xff], big].concat(),
        ),
        row(
            "the object is UTF-16 without a mark and the contract says UTF-8",
            "NotCsv",
            utf_16(&csv(5)),
        ),
        row("a high surrogate stands alone", "InvalidEncoding", lone)
            .options(utf)
            .at(3),
        row("a low surrogate stands alone", "InvalidEncoding", low)
            .options(utf)
            .at(3),
        row("UTF-16 ends with half a unit", "InvalidEncoding", odd).options(utf),
        row(
            "windows-1252 has a byte that it does not define",
            "InvalidEncoding",
            note(b"\x81"),
        )
        .options(western)
        .at(3),
        row(
            "windows-1252 has the last byte that it does not define",
            "InvalidEncoding",
            note(b"\x9d"),
        )
        .options(western)
        .at(3),
    ]
}

/// An archive of one stored file, up to where the text ends: enough for anyone to see what it is.
fn zip(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap().to_le_bytes();
    let mut file = b"PK\x03\x04\x14\0\0\0\0\0\0\0\x21\x59\0\0\0\0".to_vec();
    file.extend([length, length].concat());
    file.extend(b"\x0a\0\0\0people.csv");
    file.extend(text.as_bytes());
    file
}

fn signatures() -> Vec<Row> {
    let row = |name, file| Row::new(name, "NotCsv", csv(5)).stored("people.csv", file);
    let behind = |mark: &[u8]| [mark, csv(5).as_bytes()].concat();
    vec![
        row("the object is a ZIP archive", zip(&csv(5))),
        row(
            "the object is gzip data and its name does not say so",
            gzip(&csv(5)),
        ),
        row(
            "the object is Zstandard data and its name does not say so",
            zstd(&csv(5)),
        ),
        row(
            "the object is bzip2 data and its name does not say so",
            bzip2(&csv(5)),
        ),
        row("the object is a Parquet file", behind(b"PAR1\x15\x04\x15")),
        row("the object is a PDF document", behind(b"%PDF-1.7\n")),
        row(
            "the object is an old spreadsheet",
            behind(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ),
        row("gzip data holds a ZIP archive", Vec::new())
            .stored("people.csv.gz", squeeze(&zip(&csv(5)))),
        row("the object was compressed twice", Vec::new())
            .stored("people.csv.gz", squeeze(&gzip(&csv(5)))),
    ]
}

fn squeeze(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn gzip(text: &str) -> Vec<u8> {
    squeeze(text.as_bytes())
}

fn zstd(text: &str) -> Vec<u8> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(text: &str) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// The bytes with one of them changed, counted from the end.
fn flipped(mut bytes: Vec<u8>, from_end: usize) -> Vec<u8> {
    let at = bytes.len() - from_end;
    bytes[at] ^= 0x10;
    bytes
}

/// Where the checksum of the first block of bzip2 data begins: behind the head and the block's mark.
const BZIP2_CHECKSUM: usize = 10;

/// Stored gzip data, in which one letter of a note is another: the text is well formed, and not what was compressed.
fn misspelt() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    encoder.write_all(csv(5).as_bytes()).unwrap();
    let mut bytes = encoder.finish().unwrap();
    let note = b"quartzfinch00003";
    let at = bytes.windows(note.len()).position(|part| part == note);
    bytes[at.unwrap()] = b'Q';
    bytes
}

/// The first part of the bytes.
fn cut(bytes: &[u8], tenths: usize) -> Vec<u8> {
    bytes[..bytes.len() * tenths / 10].to_vec()
}

fn damaged() -> Vec<Row> {
    let text = csv(4000);
    let row =
        |name, object, file| Row::new(name, "DamagedCompression", csv(5)).stored(object, file);
    let plain = || csv(5).into_bytes();
    let (gz, zst, bz2) = ("people.csv.gz", "people.csv.zst", "people.csv.bz2");
    let two = [gzip(&text), gzip(&csv(9).replace(&header(), ""))].concat();
    vec![
        row("gzip data ends in its middle", gz, cut(&gzip(&text), 5)),
        row(
            "gzip data lacks its last byte",
            gz,
            gzip(&text)[..gzip(&text).len() - 1].to_vec(),
        ),
        row(
            "gzip data lacks its checksum",
            gz,
            gzip(&text)[..gzip(&text).len() - 8].to_vec(),
        ),
        row("gzip data ends in its head", gz, gzip(&text)[..6].to_vec()),
        row(
            "gzip data has another checksum",
            gz,
            flipped(gzip(&text), 6),
        ),
        row("gzip data has another length", gz, flipped(gzip(&text), 2)),
        row(
            "gzip data has another letter than its checksum says",
            gz,
            misspelt(),
        ),
        row(
            "the second member of gzip data is cut",
            gz,
            two[..two.len() - 20].to_vec(),
        ),
        row(
            "text stands behind gzip data",
            gz,
            [gzip(&text), b"midge4815".to_vec()].concat(),
        ),
        row("gzip data of zero bytes", gz, Vec::new()),
        row("plain text has the suffix of gzip", gz, plain()),
        row(
            "Zstandard data ends in its middle",
            zst,
            cut(&zstd(&text), 5),
        ),
        row(
            "Zstandard data lacks its last byte",
            zst,
            zstd(&text)[..zstd(&text).len() - 1].to_vec(),
        ),
        row(
            "Zstandard data has another checksum",
            zst,
            flipped(zstd(&text), 2),
        ),
        row("plain text has the suffix of Zstandard", zst, plain()),
        row("bzip2 data ends in its middle", bz2, cut(&bzip2(&text), 5)),
        row("bzip2 data has another checksum", bz2, {
            let whole = bzip2(&text);
            let from_end = whole.len() - BZIP2_CHECKSUM;
            flipped(whole, from_end)
        }),
        row("plain text has the suffix of bzip2", bz2, plain()),
        row(
            "the contract says gzip and the object is plain",
            "people.csv",
            plain(),
        )
        .options(", 'format.compression' 'gzip'"),
    ]
}
