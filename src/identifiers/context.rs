//! Words before a number that say what it is, in English, German, French and Italian.

use super::numbers::chars_before;

/// How far back a word may lie, in characters.
const FAR: usize = 40;

/// How many words back.
const WORDS: usize = 3;

/// What a word before a number says.
#[derive(Clone, Copy)]
pub(super) enum Before {
    /// A phone number follows.
    Phone,
    /// A social security number follows.
    SocialSecurity,
    /// A date follows.
    Date,
    /// The number of a thing follows: an order, an invoice, a version.
    Thing,
}

/// What a phone number follows.
const PHONE: &[&str] = &[
    "tel",
    "tél",
    "telefon",
    "telefonnummer",
    "telefonisch",
    "telephone",
    "téléphone",
    "telefono",
    "phone",
    "cell",
    "cellphone",
    "cellulare",
    "mobile",
    "mobil",
    "mobilnummer",
    "natel",
    "handy",
    "handynummer",
    "portable",
    "fax",
    "call",
    "rückruf",
    "festnetz",
    "fixe",
    "whatsapp",
];

/// What a social security number follows.
const SOCIAL_SECURITY: &[&str] = &["ssn", "ss", "security"];

/// What a date follows.
const DATE: &[&str] = &[
    "geb",
    "geboren",
    "am",
    "vom",
    "seit",
    "bis",
    "dob",
    "born",
    "on",
    "né",
    "née",
    "le",
    "du",
    "nato",
    "nata",
    "il",
    "dal",
    "del",
    "birth",
    "date",
    "datum",
    "data",
    "geburtsdatum",
    "naissance",
    "nascita",
    "mo",
    "di",
    "mi",
    "do",
    "fr",
    "sa",
    "so",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "termin",
    "lun",
    "mer",
    "jeu",
    "ven",
    "sam",
    "dim",
    "gio",
    "dom",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
];

/// What the number of a thing follows.
const THING: &[&str] = &[
    "order",
    "bestellung",
    "bestellnummer",
    "bestellnr",
    "auftrag",
    "auftragsnummer",
    "commande",
    "ordine",
    "invoice",
    "rechnung",
    "rechnungsnummer",
    "facture",
    "fattura",
    "isbn",
    "issn",
    "artikel",
    "artikelnummer",
    "article",
    "articolo",
    "art",
    "version",
    "versione",
    "v",
    "rev",
    "release",
    "build",
    "serial",
    "seriennummer",
    "ref",
    "réf",
    "rif",
    "lot",
    "charge",
    "batch",
    "lotto",
    "ticket",
    "chapter",
    "kapitel",
    "section",
    "chapitre",
    "capitolo",
    "tracking",
    "paket",
    "colis",
    "firmware",
    "modell",
    "model",
    "modèle",
    "modello",
    "inventar",
    "inventarnummer",
];

impl Before {
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Phone => PHONE,
            Self::SocialSecurity => SOCIAL_SECURITY,
            Self::Date => DATE,
            Self::Thing => THING,
        }
    }
}

/// Whether one of the nearest words of the same line says so, and none that is nearer says the contrary. Case does not
/// matter.
pub(super) fn before(text: &str, at: usize, what: Before) -> bool {
    let mut near: Vec<char> = chars_before(text, at)
        .take(FAR)
        .take_while(|c| !matches!(c, '\n' | ';'))
        .collect();
    near.reverse();
    let near: String = near.into_iter().flat_map(char::to_lowercase).collect();
    near.split(|c: char| !c.is_alphabetic())
        .rev()
        .filter(|word| !word.is_empty())
        .take(WORDS)
        .find_map(|word| what.says(word))
        .unwrap_or(false)
}

impl Before {
    /// What a word says about it, if anything. A thing's number is none of the others.
    fn says(self, word: &str) -> Option<bool> {
        let contrary: &[Self] = match self {
            Self::Thing => &[Self::Phone, Self::Date],
            _ => &[Self::Thing],
        };
        let against = || contrary.iter().any(|other| other.words().contains(&word));
        if self.words().contains(&word) {
            Some(true)
        } else {
            against().then_some(false)
        }
    }
}
