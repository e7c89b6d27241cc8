//! FF1 against NIST's samples, and what is encrypted of a text.

use std::collections::HashSet;

use aes::{Aes128, Aes192};
use arrow::array::Int64Array;
use data_encoding::HEXUPPER;
use datafusion_common::ScalarValue;

use super::alphabet::ALPHABETS;
use super::*;
use crate::error::Kind;
use crate::functions::testing::{
    bounded, call, column, context, context_of, keyless, over_texts, refused, strings,
};

fn alphabet(name: &str) -> &'static Alphabet {
    Alphabet::of(&ScalarValue::from(name)).unwrap()
}

/// A text in an alphabet under a key of any length.
fn under(key: &str, name: &str, tweak: &str, plain: &str) -> Option<String> {
    let (key, tweak) = (hex(key), hex(tweak));
    let alphabet = alphabet(name);
    match key.len() {
        16 => encrypt(&cipher::<Aes128>(&key, alphabet), &tweak, alphabet, plain),
        24 => encrypt(&cipher::<Aes192>(&key, alphabet), &tweak, alphabet, plain),
        _ => encrypt(&cipher::<Aes256>(&key, alphabet), &tweak, alphabet, plain),
    }
}

fn cipher<C: aes::cipher::KeyInit>(key: &[u8], alphabet: &Alphabet) -> FF1<C> {
    FF1::new(key, alphabet.radix).unwrap()
}

fn hex(digits: &str) -> Vec<u8> {
    HEXUPPER.decode(digits.as_bytes()).unwrap()
}

const AES_128: &str = "2B7E151628AED2A6ABF7158809CF4F3C";
const AES_192: &str = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F";
const AES_256: &str = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94";

/// All nine samples of "Cryptographic Standards and Guidelines, Examples with Intermediate Values, FF1samples.pdf" for
/// NIST SP 800-38G: key, alphabet, tweak, plain text, cipher text.
const SAMPLES: &[(&str, &str, &str, &str, &str)] = &[
    (AES_128, "digits", "", "0123456789", "2433477484"),
    (
        AES_128,
        "digits",
        "39383736353433323130",
        "0123456789",
        "6124200773",
    ),
    (
        AES_128,
        "alnum",
        "3737373770717273373737",
        "0123456789abcdefghi",
        "A9TV40MLL9KDU509EUM",
    ),
    (AES_192, "digits", "", "0123456789", "2830668132"),
    (
        AES_192,
        "digits",
        "39383736353433323130",
        "0123456789",
        "2496655549",
    ),
    (
        AES_192,
        "alnum",
        "3737373770717273373737",
        "0123456789abcdefghi",
        "XBJ3KV35JRAWXV32YSR",
    ),
    (AES_256, "digits", "", "0123456789", "6657667009"),
    (
        AES_256,
        "digits",
        "39383736353433323130",
        "0123456789",
        "1001623463",
    ),
    (
        AES_256,
        "alnum",
        "3737373770717273373737",
        "0123456789abcdefghi",
        "XS8A0AZH2AVYALYZUWD",
    ),
];

#[test]
fn the_samples_of_nist_are_encrypted_as_nist_does() {
    let mut wrong = Vec::new();
    for &(key, alphabet, tweak, plain, expected) in SAMPLES {
        let answer = under(key, alphabet, tweak, plain);
        if answer.as_deref() != Some(expected) {
            wrong.push(format!("{alphabet} {tweak} {}: {answer:?}", key.len() * 4));
        }
        // Signs change nothing of it.
        let (start, end) = plain.split_at(4);
        let spelled = under(key, alphabet, tweak, &format!("+({start}) {end}."));
        let (start, end) = expected.split_at(4);
        if spelled != Some(format!("+({start}) {end}.")) {
            wrong.push(format!("{alphabet} {tweak} with signs: {spelled:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_fewest_characters_make_a_million_values() {
    for alphabet in &ALPHABETS {
        let values = |count: usize| u64::from(alphabet.radix).pow(u32::try_from(count).unwrap());
        assert!(values(alphabet.fewest) >= 1_000_000, "{alphabet:?}");
        assert!(values(alphabet.fewest - 1) < 1_000_000, "{alphabet:?}");
    }
}

/// A text, the alphabet, and the shape of the answer: `9` a digit, `A` a capital, `a` a small letter, `*` either of what
/// the alphabet has; nothing for NULL.
const SHAPES: &[(&str, &str, Option<&str>)] = &[
    ("756.1234.5678.97", "digits", Some("***.****.****.**")),
    ("+41 (0)79/123-45 67", "digits", Some("+** (*)**/***-** **")),
    ("  123456\t", "digits", Some("******")),
    ("123456", "digits", Some("******")),
    ("12345", "digits", None),
    ("1-2-3-4-5", "digits", None),
    ("12345a", "digits", None),
    ("123456,78", "digits", None),
    ("123\t456", "digits", None),
    ("\u{661}23456", "digits", None),
    ("1234567\u{2013}8", "digits", None),
    ("", "digits", None),
    (" - ", "digits", None),
    ("ABCDE", "upper", Some("*****")),
    ("abcde", "upper", Some("*****")),
    ("ABCD", "upper", None),
    ("ABCDE1", "upper", None),
    ("ÄBCDEF", "upper", None),
    (
        "CH93 0076 2011 6238 5295 7",
        "alnum",
        Some("**** **** **** **** **** *"),
    ),
    ("A1B2", "alnum", Some("****")),
    ("A1B", "alnum", None),
    ("A1B2_", "alnum", None),
    ("00-1B-63-84-45-E6", "hex", Some("**-**-**-**-**-**")),
    ("12ab", "hex", None),
    ("12abg", "hex", None),
];

#[test]
fn the_alphabet_is_encrypted_and_signs_stay() {
    let mut wrong = Vec::new();
    for &(text, name, expected) in SHAPES {
        let alphabet = ScalarValue::from(name);
        let answer = over_texts("ff1_encrypt", &[Some(text)], &[alphabet]).swap_remove(0);
        let of_alphabet = |c: char| match name {
            "digits" => c.is_ascii_digit(),
            "upper" => c.is_ascii_uppercase(),
            "alnum" => c.is_ascii_digit() || c.is_ascii_uppercase(),
            _ => c.is_ascii_digit() || ('a'..='f').contains(&c),
        };
        let shape = answer.as_ref().map(|answer| -> String {
            let star = |c| if of_alphabet(c) { '*' } else { c };
            answer.chars().map(star).collect()
        });
        if shape.as_deref() != expected || answer.as_deref() == Some(text.trim()) {
            wrong.push(format!("{text:?} {name}: {answer:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_number_has_one_answer_however_it_is_spelled() {
    let values = [
        Some("756.1234.5678.97"),
        Some("7561234567897"),
        Some(" 756-1234-5678-97 "),
    ];
    let digits = over_texts("ff1_encrypt", &values, &["digits".into()]);
    let bare = |text: &Option<String>| -> String {
        let text = text.as_deref().unwrap();
        text.chars().filter(char::is_ascii_digit).collect()
    };
    assert_eq!(bare(&digits[0]), bare(&digits[1]));
    assert_eq!(bare(&digits[0]), bare(&digits[2]));
    let cases = over_texts(
        "ff1_encrypt",
        &[Some("ab12cd"), Some("AB12CD")],
        &["alnum".into()],
    );
    assert_eq!(cases[0], cases[1]);
}

#[test]
fn no_two_numbers_of_one_length_have_one_answer() {
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(100_000..103_000));
    let answers = column("ff1_encrypt", &numbers, &["DIGITS".into()]).unwrap();
    let answers: HashSet<Option<String>> = strings(&answers).into_iter().collect();
    assert_eq!(answers.len(), 3_000);
    assert!(
        answers
            .iter()
            .all(|answer| answer.as_ref().is_some_and(|a| a.len() == 6))
    );
}

#[test]
fn long_texts_are_encrypted_up_to_a_bound() {
    for (length, good) in [(127, true), (128, true), (129, false), (100_000, false)] {
        let text = "7".repeat(length);
        let signs = format!("{}{text}", "-".repeat(1_000));
        for text in [text, signs] {
            let answer = over_texts("ff1_encrypt", &[Some(&text)], &["digits".into()]);
            assert_eq!(answer[0].is_some(), good, "{length}");
        }
    }
}

#[test]
fn domains_keys_and_alphabets_have_answers_of_their_own() {
    let of = |context: &Context, alphabet: &str| {
        let args = vec![
            ColumnarValue::Scalar(ScalarValue::from("1234567890123456")),
            ColumnarValue::Scalar(ScalarValue::from(alphabet)),
        ];
        match call(context, "ff1_encrypt", args).unwrap() {
            ColumnarValue::Scalar(ScalarValue::Utf8(Some(answer))) => answer,
            other => unreachable!("a constant stays a constant: {other:?}"),
        }
    };
    let answers: HashSet<String> = [
        of(&context(), "digits"),
        of(&context_of([7; 32], "patients/research"), "digits"),
        of(&context_of([8; 32], "patients/analytics"), "digits"),
        of(&context(), "hex"),
        of(&context(), "alnum"),
    ]
    .into();
    assert_eq!(answers.len(), 5);
}

#[test]
fn the_alphabet_is_a_constant_of_four_and_a_key_is_needed() {
    for (name, good) in [
        ("digits", true),
        ("Upper", true),
        ("alnum", true),
        ("hex", true),
        ("lower", false),
        ("", false),
    ] {
        let name = ScalarValue::from(name);
        assert_eq!(bounded("ff1_encrypt", &DataType::Utf8, None, &name), good);
        let number: ArrayRef = Arc::new(Int64Array::from(vec![1_234_567]));
        let answer = column("ff1_encrypt", &number, std::slice::from_ref(&name));
        if good {
            answer.unwrap();
        } else {
            refused(answer, Kind::Projection);
        }
    }
    assert!(bounds(&[Argument::Computed, Argument::Computed]).is_err());
    let args = vec![
        ColumnarValue::Scalar(ScalarValue::from("123456")),
        ColumnarValue::Scalar(ScalarValue::from("digits")),
    ];
    refused(call(&keyless(), "ff1_encrypt", args), Kind::Key);
}
