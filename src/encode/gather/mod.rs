//! One column of a block, from the batches it came in, in the order that its rows leave in.
//!
//! Fast because codes of 16 bits are what is put in order, not values: those of a block fit a second-level cache.

mod sketch;
#[cfg(test)]
mod tests;

use arrow::array::{Array, ArrayRef, AsArray, BooleanBufferBuilder, StringArray, UInt32Array};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::datatypes::DataType;
use hashbrown::HashMap;

use self::sketch::Sketch;
use super::Rows;
use super::distinct::{self, NULL, TRIAL, Table, pays};
use super::numbers::{NumberType, append_keys, of_float};
use super::texts::PlainTexts;
use crate::csv::column::{self, Column};
use crate::csv::dictionary::TextDictionary;
use crate::error::{Error, Kind, Result};

/// The most bytes of a dictionary's texts, as other writers have it: long texts show sooner that they do not repeat.
const MAX_BYTES: usize = 1024 * 1024;

/// Whether a dictionary of so many texts, of so many bytes, is worth it for so many rows.
fn texts_pay(texts: usize, bytes: usize, rows: usize) -> bool {
    pays(texts, rows) && bytes <= MAX_BYTES
}

/// A column of a block. Which form it has, its values alone decide.
pub enum Gathered {
    /// Text that repeats; there may be no text where all are NULL.
    Texts(Coded<StringArray>),
    /// Numbers that repeat, as keys.
    Numbers(NumberType, Coded<Vec<u64>>),
    /// Other numbers, as keys; a NULL's has no meaning.
    Keys(NumberType, Vec<u64>, Option<NullBuffer>),
    /// Other text.
    Plain(PlainTexts),
    /// Anything else.
    Array(ArrayRef),
}

/// Distinct values, sorted, and each row's place among them: [`NULL`] for NULL.
pub struct Coded<T> {
    /// The values, each of some row.
    pub values: T,
    /// The rows' places.
    pub codes: Vec<u16>,
    /// Which rows are not NULL, where any is.
    pub nulls: Option<NullBuffer>,
}

impl<T> Coded<T> {
    fn new(values: T, codes: Vec<u16>) -> Self {
        let valid = |row: usize| codes[row] != NULL;
        let nulls = codes
            .contains(&NULL)
            .then(|| BooleanBuffer::collect_bool(codes.len(), valid).into());
        Self {
            values,
            codes,
            nulls,
        }
    }
}

/// Column `column` of the rows, in the given order of theirs.
///
/// # Errors
/// More text than an array holds.
pub fn gather(
    rows: &[Rows],
    column: usize,
    data_type: &DataType,
    order: Option<&[u32]>,
) -> Result<Gathered> {
    let pieces: Vec<Piece<'_>> = rows
        .iter()
        .map(|rows| Piece {
            column: &rows.columns[column],
            start: rows.start,
            len: rows.len,
        })
        .collect();
    if *data_type == DataType::Utf8 {
        return match texts(&pieces, order) {
            Some(texts) => Ok(Gathered::Texts(texts)),
            None => plain_texts(&pieces, order).map(Gathered::Plain),
        };
    }
    if let Some(number) = NumberType::of(data_type) {
        if let Some(coded) = coded_doubles(&pieces, order) {
            return Ok(Gathered::Numbers(number, coded));
        }
        if let Some(gathered) = numbers(number, &pieces, order) {
            return Ok(gathered);
        }
    }
    array(&pieces, order).map(Gathered::Array)
}

struct Piece<'a> {
    column: &'a Column,
    start: usize,
    len: usize,
}

impl Piece<'_> {
    fn array(&self) -> ArrayRef {
        self.column.to_array().slice(self.start, self.len)
    }
}

fn rows_of(pieces: &[Piece<'_>]) -> usize {
    pieces.iter().map(|piece| piece.len).sum()
}

/// `values` in the given order, each through `map`.
fn ordered<T: Copy, U>(values: &[T], order: Option<&[u32]>, map: impl Fn(T) -> U) -> Vec<U> {
    match order {
        Some(order) => order.iter().map(|&row| map(values[row as usize])).collect(),
        None => values.iter().map(|&value| map(value)).collect(),
    }
}

/// Codes in the given order, each replaced by its rank.
fn ranked(codes: &[u16], ranks: &[u16], order: Option<&[u32]>) -> Vec<u16> {
    // NULL is beyond all ranks.
    ordered(codes, order, |code| {
        ranks.get(usize::from(code)).copied().unwrap_or(NULL)
    })
}

/// Codes of a block for those that dictionaries of several lineages have given.
#[derive(Default)]
struct Known(HashMap<u64, Vec<u16>>);

impl Known {
    /// Those of a lineage of which so many codes have been given; [`NULL`] where there is none yet.
    fn of(&mut self, lineage: u64, len: usize) -> &mut [u16] {
        let known = self.0.entry(lineage).or_default();
        if known.len() < len {
            known.resize(len, NULL);
        }
        known
    }
}

/// Codes that are looked up at once.
const AT_ONCE: usize = 256;

/// What the codes of a block are appended to.
struct Codes {
    all: Vec<u16>,
    /// Those that are not NULL.
    values: usize,
}

impl Codes {
    fn of(pieces: &[Piece<'_>]) -> Self {
        Self {
            all: Vec::with_capacity(rows_of(pieces)),
            values: 0,
        }
    }

    /// Appends what `known` has for a piece's codes, and `add` where it has nothing: it is told the code, the row and the
    /// value that this is, from 1. None where it tells none.
    ///
    /// Most are known and many are NULL: some are looked up without a branch, and only if one of them is new, one by one.
    fn append(
        &mut self,
        piece: &[u32],
        known: &mut [u16],
        mut add: impl FnMut(u32, usize, usize) -> Option<u16>,
    ) -> Option<()> {
        for piece in piece.chunks(AT_ONCE) {
            let begin = self.all.len();
            let place = |&code: &u32| known.get(code as usize).copied().unwrap_or(NULL);
            self.all.extend(piece.iter().map(place));
            let nulls = piece.iter().map(|&code| u16::from(code == column::NULL));
            let nulls = usize::from(nulls.sum::<u16>());
            let missing = self.all[begin..]
                .iter()
                .map(|&place| u16::from(place == NULL));
            if usize::from(missing.sum::<u16>()) != nulls {
                let mut value = self.values;
                for (row, (place, &code)) in
                    (begin + 1..).zip(self.all[begin..].iter_mut().zip(piece))
                {
                    if code == column::NULL {
                        continue;
                    }
                    value += 1;
                    let slot = &mut known[code as usize];
                    if *slot == NULL {
                        *slot = add(code, row, value)?;
                    }
                    *place = *slot;
                }
            }
            self.values += piece.len() - nulls;
        }
        Some(())
    }
}

/// The rows' codes in a dictionary of the block. None where it does not pay: judged at each new text, however the texts
/// arrive.
fn texts(pieces: &[Piece<'_>], order: Option<&[u32]>) -> Option<Coded<StringArray>> {
    if hardly_repeat(pieces) {
        return None;
    }
    let mut dictionary = TextDictionary::new(0);
    let mut codes = Codes::of(pieces);
    let mut known = Known::default();
    let mut code_of = |text: &str, rows: usize| {
        let (code, new) = dictionary.code(text.as_bytes());
        let code = u16::try_from(code).ok()?;
        (!new || texts_pay(usize::from(code) + 1, dictionary.size(), rows)).then_some(code)
    };
    for piece in pieces {
        let range = piece.start..piece.start + piece.len;
        match piece.column {
            Column::Coded(texts, piece_codes) => {
                let known = known.of(texts.lineage, texts.values.len());
                codes.append(&piece_codes[range], known, |code, row, _| {
                    code_of(texts.values.value(code as usize), row)
                })?;
            }
            other => {
                let array = other.to_array();
                let texts = array.as_string_opt::<i32>()?;
                for row in range {
                    codes.all.push(if texts.is_valid(row) {
                        code_of(texts.value(row), codes.all.len() + 1)?
                    } else {
                        NULL
                    });
                }
            }
        }
    }
    let (values, ranks) = sorted(&dictionary.share()?.values);
    Some(Coded::new(values, ranked(&codes.all, &ranks, order)))
}

/// Whether [`texts`] would find that a dictionary does not pay, as far as the first of them tell: without keeping any.
fn hardly_repeat(pieces: &[Piece<'_>]) -> bool {
    let mut sketch = Sketch::default();
    let mut rows = 0;
    for piece in pieces {
        let Column::Plain(array) = piece.column else {
            return false;
        };
        let Some(texts) = array.as_string_opt::<i32>() else {
            return false;
        };
        for row in piece.start..piece.start + piece.len {
            rows += 1;
            if texts.is_valid(row)
                && sketch.add(texts.value(row))
                && !texts_pay(sketch.texts(), sketch.bytes(), rows)
            {
                return true;
            }
        }
        if rows > 2 * TRIAL {
            break;
        }
    }
    false
}

/// The texts, sorted, and the place among them of each.
fn sorted(texts: &StringArray) -> (StringArray, Vec<u16>) {
    let mut order: Vec<u16> = (0..).take(texts.len()).collect();
    let text = |code: u16| texts.value(usize::from(code));
    order.sort_unstable_by(|&a, &b| text(a).cmp(text(b)));
    let mut ranks = vec![0u16; order.len()];
    for (rank, &code) in (0..).zip(&order) {
        ranks[usize::from(code)] = rank;
    }
    let values = order.iter().map(|&code| Some(text(code))).collect();
    (values, ranks)
}

/// Doubles that all come as codes. None where any does not, or they do not pay: as [`distinct::coded`] judges them.
fn coded_doubles(pieces: &[Piece<'_>], order: Option<&[u32]>) -> Option<Coded<Vec<u64>>> {
    let mut table = Table::default();
    let mut codes = Codes::of(pieces);
    let mut known = Known::default();
    for piece in pieces {
        let Column::CodedDoubles(doubles, piece_codes) = piece.column else {
            return None;
        };
        let known = known.of(doubles.lineage, doubles.values.len());
        let piece_codes = &piece_codes[piece.start..piece.start + piece.len];
        codes.append(piece_codes, known, |code, _, value| {
            table.code(of_float(doubles.values[code as usize]), value)
        })?;
    }
    let (sorted, ranks) = table.sorted();
    (!sorted.is_empty()).then(|| Coded::new(sorted, ranked(&codes.all, &ranks, order)))
}

/// Numbers as codes or keys. None where one has no key.
fn numbers(number: NumberType, pieces: &[Piece<'_>], order: Option<&[u32]>) -> Option<Gathered> {
    let arrays: Vec<ArrayRef> = pieces.iter().map(Piece::array).collect();
    let mut keys = Vec::with_capacity(rows_of(pieces));
    for array in &arrays {
        append_keys(array, &mut keys)?;
    }
    let nulls = nulls(&arrays);
    if !number.is_moment() {
        let found = match &nulls {
            None => distinct::coded(number, &keys, |_| true),
            Some(nulls) => distinct::coded(number, &keys, |row| nulls.is_valid(row)),
        };
        if let Some((values, codes)) = found {
            let codes = match order {
                Some(_) => ordered(&codes, order, |code| code),
                None => codes,
            };
            return Some(Gathered::Numbers(number, Coded::new(values, codes)));
        }
    }
    let keys = match order {
        Some(_) => ordered(&keys, order, |key| key),
        None => keys,
    };
    Some(Gathered::Keys(
        number,
        keys,
        nulls.map(|nulls| put_in(nulls, order)),
    ))
}

/// Which rows of all the arrays are not NULL, where any is.
fn nulls(arrays: &[ArrayRef]) -> Option<NullBuffer> {
    if arrays.iter().all(|array| array.null_count() == 0) {
        return None;
    }
    let mut valid = BooleanBufferBuilder::new(arrays.iter().map(Array::len).sum());
    for array in arrays {
        match array.nulls() {
            Some(nulls) => valid.append_buffer(nulls.inner()),
            None => valid.append_n(array.len(), true),
        }
    }
    Some(valid.finish().into())
}

/// Which rows are not NULL, in the given order.
fn put_in(nulls: NullBuffer, order: Option<&[u32]>) -> NullBuffer {
    let Some(order) = order else {
        return nulls;
    };
    BooleanBuffer::collect_bool(order.len(), |row| nulls.is_valid(order[row] as usize)).into()
}

fn array(pieces: &[Piece<'_>], order: Option<&[u32]>) -> Result<ArrayRef> {
    let arrays: Vec<ArrayRef> = pieces.iter().map(Piece::array).collect();
    let arrays: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
    let misfit = |_| {
        Error::new(
            Kind::Internal,
            "the pieces of a column do not fit each other",
        )
    };
    let all = arrow::compute::concat(&arrays).map_err(misfit)?;
    match order {
        Some(order) => {
            arrow::compute::take(&all, &UInt32Array::from(order.to_vec()), None).map_err(misfit)
        }
        None => Ok(all),
    }
}

fn plain_texts(pieces: &[Piece<'_>], order: Option<&[u32]>) -> Result<PlainTexts> {
    let arrays: Vec<ArrayRef> = pieces.iter().map(Piece::array).collect();
    let nulls = nulls(&arrays).map(|nulls| put_in(nulls, order));
    let texts: Vec<&StringArray> = arrays
        .iter()
        .map(|array| array.as_string_opt::<i32>())
        .collect::<Option<_>>()
        .ok_or_else(|| Error::new(Kind::Internal, "a column of text holds something else"))?;
    PlainTexts::new(&texts, order, nulls).ok_or_else(|| {
        Error::new(
            Kind::TooLarge,
            "a column of a block of rows holds over 2 GiB of text; shorten it in the projection",
        )
    })
}
