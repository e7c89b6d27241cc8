//! Text of every Arrow type, the canonical text of every other type, and its normal form before it is keyed.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, LargeStringArray, StringArray, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_normalizer::{
    ComposingNormalizer, ComposingNormalizerBorrowed, DecomposingNormalizer,
    DecomposingNormalizerBorrowed,
};

use super::arguments::{flat, value_type};
use super::refusal::{Answer, failed, misuse};

/// An array of text, whatever its layout.
pub(super) enum Texts<'a> {
    Utf8(&'a StringArray),
    Large(&'a LargeStringArray),
    View(&'a StringViewArray),
}

impl<'a> Texts<'a> {
    /// The array as text; no dictionary.
    pub(super) fn of(array: &'a ArrayRef) -> Answer<Self> {
        match array.data_type() {
            DataType::Utf8 => Ok(Self::Utf8(array.as_string())),
            DataType::LargeUtf8 => Ok(Self::Large(array.as_string())),
            DataType::Utf8View => Ok(Self::View(array.as_string_view())),
            _ => Err(misuse("a text is expected: cast the argument to VARCHAR")),
        }
    }

    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Utf8(array) => array.len(),
            Self::Large(array) => array.len(),
            Self::View(array) => array.len(),
        }
    }

    /// The text of a row, or NULL.
    pub(super) fn get(&self, row: usize) -> Option<&'a str> {
        match self {
            Self::Utf8(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Large(array) => array.is_valid(row).then(|| array.value(row)),
            Self::View(array) => array.is_valid(row).then(|| array.value(row)),
        }
    }

    /// The rows in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Option<&'a str>> {
        (0..self.len()).map(|row| self.get(row))
    }
}

/// Whether a type has a canonical text.
pub(super) fn has_canonical(data_type: &DataType) -> bool {
    let value = value_type(data_type);
    value.is_string()
        || value.is_numeric()
        || matches!(
            value,
            DataType::Null
                | DataType::Boolean
                | DataType::Date32
                | DataType::Date64
                | DataType::Timestamp(_, _)
        )
}

/// The canonical text of a column: text as it is; whole numbers in decimal digits; fractions as Arrow writes them
/// (DECIMAL with all its decimals, DOUBLE in the shortest form that reads back); `true`, `false`; dates and timestamps
/// in ISO 8601, instants in UTC with `Z`.
pub(super) fn canonical(array: &ArrayRef) -> Answer<ArrayRef> {
    let array = flat(array)?;
    let unwritable = |_| failed("a value has no text: leave the column out, or filter such rows");
    match array.data_type() {
        data_type if data_type.is_string() => Ok(array),
        DataType::Timestamp(unit, Some(_)) => {
            // The same instants, named by their offset: a name would be looked up in a zone database.
            let utc = DataType::Timestamp(*unit, Some(Arc::from("+00:00")));
            let relabelled = cast(&array, &utc).map_err(unwritable)?;
            cast(&relabelled, &DataType::Utf8).map_err(unwritable)
        }
        _ => cast(&array, &DataType::Utf8).map_err(unwritable),
    }
}

/// Brings text to the form in which one person has one spelling: canonically composed (NFC), full case folding
/// (Unicode, no language's special rules), trimmed, each run of white space one blank.
///
/// Invisible characters that are no white space (soft hyphen, zero width joiner) stay. One value at a time is held.
pub(super) struct Normalizer {
    decompose: DecomposingNormalizerBorrowed<'static>,
    fold: CaseMapperBorrowed<'static>,
    compose: ComposingNormalizerBorrowed<'static>,
    decomposed: String,
    composed: String,
    squeezed: String,
    lowered: Vec<u8>,
}

impl Normalizer {
    pub(super) fn new() -> Self {
        Self {
            decompose: DecomposingNormalizer::new_nfd(),
            fold: CaseMapper::new(),
            compose: ComposingNormalizer::new_nfc(),
            decomposed: String::new(),
            composed: String::new(),
            squeezed: String::new(),
            lowered: Vec::new(),
        }
    }

    /// The normal form in UTF-8, or nothing where it is empty: the empty string is NULL.
    pub(super) fn normalize(&mut self, text: &str) -> Option<&[u8]> {
        let normal = match self.lower(text.as_bytes()) {
            Some(blank) if !blank || is_squeezed(text.as_bytes()) => self.lowered.as_slice(),
            Some(_) => {
                self.squeezed.clear();
                let lowered = text.chars().map(|c| c.to_ascii_lowercase());
                squeeze(lowered, &mut self.squeezed);
                self.squeezed.as_bytes()
            }
            None => self.normalize_unicode(text).as_bytes(),
        };
        Some(normal).filter(|normal| !normal.is_empty())
    }

    /// Text in lower case, which for most ASCII text is all, and whether it has white space; nothing where it is not
    /// ASCII.
    ///
    /// Fast because it looks at 16 bytes at once and always at 16: loops over a number of 15 characters, one to ask for
    /// ASCII, one for white space and one to lower it, were a seventh of its token's time.
    fn lower(&mut self, text: &[u8]) -> Option<bool> {
        let (mut all, mut blank) = ([0; 16], [false; 16]);
        let mut take = |lanes: [u8; 16]| {
            for (at, byte) in lanes.into_iter().enumerate() {
                all[at] |= byte;
                blank[at] |= is_blank(byte);
            }
            lanes.map(|byte| byte.to_ascii_lowercase())
        };
        let (chunks, rest) = text.as_chunks::<16>();
        self.lowered.clear();
        for lanes in chunks {
            self.lowered.extend_from_slice(&take(*lanes));
        }
        let mut last = [b'-'; 16];
        last[..rest.len()].copy_from_slice(rest);
        self.lowered.extend_from_slice(&take(last));
        self.lowered.truncate(text.len());
        let ascii = all.iter().fold(0, |any, byte| any | byte).is_ascii();
        ascii.then(|| blank.iter().fold(false, |any, blank| any | blank))
    }

    /// Folding is defined on decomposed text (The Unicode Standard, D145): composed Greek folds apart otherwise.
    fn normalize_unicode(&mut self, text: &str) -> &str {
        self.decomposed.clear();
        self.composed.clear();
        self.squeezed.clear();
        // Writing to a `String` cannot fail.
        let _ = self.decompose.normalize_to(text, &mut self.decomposed);
        let folded = self.fold.fold_string(&self.decomposed);
        let _ = self.compose.normalize_to(&folded, &mut self.composed);
        squeeze(self.composed.chars(), &mut self.squeezed);
        &self.squeezed
    }
}

/// White space in ASCII.
fn is_blank(byte: u8) -> bool {
    (byte == b' ') | (byte.wrapping_sub(b'\t') <= b'\r' - b'\t')
}

/// Whether [`squeeze`] would leave ASCII text as it is.
fn is_squeezed(text: &[u8]) -> bool {
    let single = text
        .windows(2)
        .all(|two| !is_blank(two[0]) || !is_blank(two[1]));
    let only = text.iter().all(|&byte| byte == b' ' || !is_blank(byte));
    let ends = [text.first(), text.last()];
    single && only && !ends.into_iter().flatten().any(|&end| is_blank(end))
}

/// Appends the characters trimmed, with each inner run of white space as one blank.
fn squeeze(text: impl Iterator<Item = char>, out: &mut String) {
    let mut blank = false;
    for c in text {
        if c.is_whitespace() {
            blank = !out.is_empty();
        } else {
            if blank {
                out.push(' ');
                blank = false;
            }
            out.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{
        BooleanArray, Date32Array, Decimal128Array, Float64Array, Int16Array, Int64Array,
        TimestampMicrosecondArray, TimestampMillisecondArray,
    };
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_person_has_one_spelling() {
        let rows = [
            ("Anna Müller", "anna müller"),
            ("  ANNA\t\u{a0} Mu\u{308}LLER\r\n", "anna müller"),
            ("Weiß", "weiss"),
            ("WEISS", "weiss"),
            ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
            ("Σίσυφος", "σίσυφοσ"),
            ("\u{1fb3}", "αι"),
            ("\u{3b1}\u{345}", "αι"),
            ("Ǆ", "ǆ"),
            ("İ", "i\u{307}"),
            ("\u{212a}elvin", "kelvin"),
            ("李 小龍", "李 小龍"),
            ("李\u{3000}小龍", "李 小龍"),
        ];
        let mut normalizer = Normalizer::new();
        for (text, normal) in rows {
            let normal_bytes = Some(normal.as_bytes());
            assert_eq!(normalizer.normalize(text), normal_bytes, "{text:?}");
            assert_eq!(
                normalizer.normalize(normal),
                normal_bytes,
                "{normal:?} again"
            );
        }
    }

    proptest! {
        #[test]
        fn ascii_is_brought_to_the_form_of_other_text(text in "[ A-Ca\t\u{b}\u{1c}]{0,40}") {
            let mut normalizer = Normalizer::new();
            let expected = normalizer.normalize_unicode(&text).as_bytes().to_vec();
            let expected = Some(expected).filter(|text| !text.is_empty());
            prop_assert_eq!(normalizer.normalize(&text), expected.as_deref());
        }
    }

    #[test]
    fn nothing_but_white_space_is_null() {
        let mut normalizer = Normalizer::new();
        for text in ["", " ", "\t\r\n\u{b}\u{c}", "\u{a0}\u{2003}\u{3000}"] {
            assert_eq!(normalizer.normalize(text), None);
        }
    }

    #[test]
    fn the_short_way_for_ascii_is_the_long_way() {
        let mut normalizer = Normalizer::new();
        let all: Vec<char> = (0..128u8).map(char::from).collect();
        for window in all.windows(5) {
            let text: String = window
                .iter()
                .chain(" aB\t C".chars().collect::<Vec<_>>().iter())
                .collect();
            let short = normalizer.normalize(&text).unwrap().to_owned();
            assert_eq!(normalizer.normalize_unicode(&text).as_bytes(), short);
        }
    }

    #[test]
    fn every_type_has_one_canonical_text() {
        let micros = 1_582_979_696_000_000; // 2020-02-29 12:34:56, by date(1)
        let rows: Vec<(ArrayRef, &str)> = vec![
            (Arc::new(Int16Array::from(vec![-7])), "-7"),
            (
                Arc::new(Int64Array::from(vec![7_560_000_000_000])),
                "7560000000000",
            ),
            (Arc::new(Float64Array::from(vec![1.5])), "1.5"),
            (Arc::new(BooleanArray::from(vec![true])), "true"),
            (Arc::new(Date32Array::from(vec![18_321])), "2020-02-29"),
            (
                Arc::new(
                    Decimal128Array::from(vec![150])
                        .with_precision_and_scale(5, 2)
                        .unwrap(),
                ),
                "1.50",
            ),
            (
                Arc::new(TimestampMicrosecondArray::from(vec![micros])),
                "2020-02-29T12:34:56",
            ),
            (
                Arc::new(TimestampMicrosecondArray::from(vec![micros]).with_timezone("UTC")),
                "2020-02-29T12:34:56Z",
            ),
            (
                Arc::new(
                    TimestampMillisecondArray::from(vec![micros / 1000]).with_timezone("+02:00"),
                ),
                "2020-02-29T12:34:56Z",
            ),
        ];
        for (array, text) in rows {
            assert!(has_canonical(array.data_type()));
            assert_eq!(canonical(&array).unwrap().as_string::<i32>().value(0), text);
        }
    }
}
