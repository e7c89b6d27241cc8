//! `pseudonym(x [, gender])`: a realistic full name in place of a value, under the key of the domain.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use arrow::datatypes::DataType;
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::arguments::{argument, arity, as_they_are, by_distinct, over};
use super::keyed::Keyed;
use super::names::NAMES;
use super::refusal::{Answer, misuse};
use super::text::{Normalizer, Texts, canonical, has_canonical};
use super::{Argument, Companions, Context, Function, Level};

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "pseudonym",
    aliases: &["seeded_full_name"],
    // The gender picks the list, and so shows.
    levels: &[Level::Keyed, Level::Whole],
    keyed: true,
    bounds,
    make: |context| ScalarUDF::from(Pseudonym::new(context)),
    companions: Companions::Bare(1),
    ..Function::DEFAULT
};

/// What counts as female, in normal form: English, German, French, Italian, Spanish, Portuguese, Dutch, Danish, Swedish,
/// Norwegian, Finnish, Polish, Czech. Single letters that mean the other gender elsewhere (Spanish `m`, `h`) are read as
/// in English and German.
const FEMALE: &[&str] = &[
    "f",
    "w",
    "female",
    "woman",
    "weiblich",
    "frau",
    "femme",
    "féminin",
    "feminin",
    "femminile",
    "femmina",
    "donna",
    "femenino",
    "mujer",
    "feminino",
    "mulher",
    "vrouw",
    "vrouwelijk",
    "kvinde",
    "kvinna",
    "kvinne",
    "kvinnlig",
    "nainen",
    "kobieta",
    "żeńska",
    "žena",
    "mrs",
    "ms",
    "mme",
];

/// What counts as male, likewise.
const MALE: &[&str] = &[
    "m",
    "male",
    "man",
    "männlich",
    "mann",
    "herr",
    "homme",
    "masculin",
    "maschile",
    "maschio",
    "uomo",
    "masculino",
    "hombre",
    "varón",
    "homem",
    "mannelijk",
    "mand",
    "manlig",
    "mies",
    "mężczyzna",
    "męska",
    "muž",
    "mr",
];

/// `pseudonym(x)` and `pseudonym(x, gender)`: a first name and a surname, chosen by HMAC-SHA-256 over the normal form
/// of x.
///
/// The first 64 bits modulo the length of the first-name list choose the first name, the next 64 bits the surname; the
/// bias of a modulo over 2^64 is below 10^-15. A gender picks the list of first names: 3,530 of women, 3,642 of men,
/// and for NULL or a text that is neither, the 7,075 of both. The surnames are 10,207. So there are 36 million full
/// names of women, 37 million of men, 72 million in all.
///
/// Same x and same gender, same name. The reverse does not hold: two given women share a name with odds of 1 in
/// 36 million; among 1,000 women some two do with odds of 1.4 %, among 7,100 of one half, and 100,000 have about 140
/// such pairs. To join or count persons, use `token`. A pseudonym may by chance be the name of a real person.
///
/// x is of any type with a canonical text. NULL, and text of nothing but white space, give NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Pseudonym {
    signature: Signature,
    aliases: Vec<String>,
    keyed: Keyed,
}

impl Pseudonym {
    fn new(context: &Context) -> Self {
        Self {
            signature: as_they_are(),
            aliases: FUNCTION.alias_names(),
            keyed: Keyed::new(context, "pseudonym"),
        }
    }
}

/// A computed gender would be a channel.
fn bounds(arguments: &[Argument<'_>]) -> std::result::Result<(), String> {
    match arguments.get(1) {
        Some(Argument::Computed) => Err("the gender is a bare column".to_owned()),
        _ => Ok(()),
    }
}

impl ScalarUDFImpl for Pseudonym {
    fn name(&self) -> &str {
        FUNCTION.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Answer<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn return_type(&self, types: &[DataType]) -> Answer<DataType> {
        arity(FUNCTION.name, types, 1..=2)?;
        if types.iter().all(has_canonical) {
            Ok(DataType::Utf8)
        } else {
            Err(misuse(
                "pseudonym takes text, a number, a date, a timestamp or a boolean",
            ))
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        arity(FUNCTION.name, &args.args, 1..=2)?;
        let x = argument(&args.args, 0)?;
        match args.args.get(1) {
            None => over(x, |array| {
                by_distinct(array, |values| pseudonyms(&self.keyed, values, None))
            }),
            Some(gender) => {
                let x = x.to_array(args.number_rows)?;
                let gender = gender.to_array(args.number_rows)?;
                let names = pseudonyms(&self.keyed, &x, Some(&gender))?;
                Ok(ColumnarValue::Array(names))
            }
        }
    }
}

fn pseudonyms(keyed: &Keyed, values: &ArrayRef, genders: Option<&ArrayRef>) -> Answer<ArrayRef> {
    let prf = keyed.prf()?;
    let values = canonical(values)?;
    let values = Texts::of(&values)?;
    let genders = genders.map(canonical).transpose()?;
    let genders = genders.as_ref().map(Texts::of).transpose()?;
    let mut normalizer = Normalizer::new();
    let mut out = StringBuilder::with_capacity(values.len(), values.len() * 16);
    let mut name = String::new();
    for (row, value) in values.iter().enumerate() {
        let gender = genders.as_ref().and_then(|genders| genders.get(row));
        let first_names = first_names(gender, &mut normalizer);
        if let Some(normal) = value.and_then(|value| normalizer.normalize(value)) {
            let bits = prf(normal);
            name.clear();
            name.push_str(pick(first_names, bits >> 64));
            name.push(' ');
            name.push_str(pick(&NAMES.surnames, bits & u128::from(u64::MAX)));
            out.append_value(&name);
        } else {
            out.append_null();
        }
    }
    Ok(Arc::new(out.finish()))
}

/// The list that a gender picks.
fn first_names(gender: Option<&str>, normalizer: &mut Normalizer) -> &'static [&'static str] {
    let is_one = |words: &[&str], gender| words.iter().any(|word| word.as_bytes() == gender);
    match gender.and_then(|gender| normalizer.normalize(gender)) {
        Some(gender) if is_one(FEMALE, gender) => &NAMES.female,
        Some(gender) if is_one(MALE, gender) => &NAMES.male,
        _ => &NAMES.all,
    }
}

/// The name at a draw of 64 bits.
fn pick(list: &[&'static str], draw: u128) -> &'static str {
    let draw = u64::try_from(draw).unwrap_or_default();
    let position = draw.checked_rem(list.len() as u64).unwrap_or_default();
    let position = usize::try_from(position).unwrap_or_default();
    list.get(position).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use arrow::array::{Array, Int64Array, StringArray};
    use datafusion_common::ScalarValue;

    use super::*;
    use crate::functions::testing::{call, context, over_texts, strings, text_types};

    #[test]
    fn names_are_those_that_python_computes() {
        // hmac.digest, int.from_bytes and `%` over the three files.
        let rows = [
            ("Anna Müller", "Female", "Jannie Casellati"),
            (" anna MU\u{308}LLER", "weiblich", "Jannie Casellati"),
            ("Anna Müller", "M", "Michiel Casellati"),
            ("Anna Müller", "divers", "Coral Casellati"),
            ("Max Muster", "Männlich ", "Erhard Cilea"),
            ("Max Muster", "", "Dénes Cilea"),
        ];
        let values: Vec<Option<&str>> = rows.iter().map(|row| Some(row.0)).collect();
        let genders: Vec<Option<&str>> = rows.iter().map(|row| Some(row.1)).collect();
        for (x, gender) in text_types(&values).into_iter().zip(text_types(&genders)) {
            let args = vec![ColumnarValue::Array(x), ColumnarValue::Array(gender)];
            let names = call(&context(), "pseudonym", args).unwrap();
            let names = strings(&names.into_array(rows.len()).unwrap());
            for (name, row) in names.iter().zip(rows) {
                assert_eq!(name.as_deref(), Some(row.2));
            }
        }
        let all = over_texts("seeded_full_name", &[Some("Max Muster")], &[]);
        assert_eq!(all[0].as_deref(), Some("Dénes Cilea"));
    }

    #[test]
    fn null_and_empty_values_have_no_pseudonym_whatever_the_gender() {
        let names = over_texts(
            "pseudonym",
            &[None, Some(""), Some("  "), Some("x")],
            &[ScalarValue::from("f")],
        );
        assert_eq!(names[..3], [None, None, None]);
        assert!(names[3].is_some());
        let null = over_texts("pseudonym", &[Some("x")], &[ScalarValue::Null]);
        assert_eq!(null, over_texts("pseudonym", &[Some("x")], &[]));
    }

    #[test]
    fn the_gender_words_are_in_normal_form_and_of_one_gender() {
        let mut normalizer = Normalizer::new();
        for word in FEMALE.iter().chain(MALE) {
            assert_eq!(normalizer.normalize(word), Some(word.as_bytes()));
        }
        assert!(FEMALE.iter().all(|word| !MALE.contains(word)));
    }

    #[test]
    fn all_names_are_drawn_about_equally_often() {
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..40_000));
        let args = vec![ColumnarValue::Array(numbers)];
        let names = call(&context(), "pseudonym", args)
            .unwrap()
            .into_array(40_000)
            .unwrap();
        let names = names.as_any().downcast_ref::<StringArray>().unwrap();
        let surnames: HashSet<&str> = names
            .iter()
            .flatten()
            .filter_map(|n| n.split(' ').nth(1))
            .collect();
        // Of 10,207 surnames, 40,000 draws leave out 10,207 × exp(-3.92) ≈ 203.
        assert!(
            (9_900..10_100).contains(&surnames.len()),
            "{}",
            surnames.len()
        );
        assert_eq!(names.null_count(), 0);
    }

    #[test]
    fn a_computed_gender_is_out_of_bounds() {
        let data_type = DataType::Utf8;
        let column = Argument::Column {
            data_type: &data_type,
            min_step: None,
        };
        assert!(bounds(&[column, column]).is_ok());
        assert!(bounds(&[column]).is_ok());
        assert!(bounds(&[column, Argument::Computed]).is_err());
    }
}
