//! A column's name and the facts of its values → its class, with the reason. What is doubted is never `insensitive`.

use super::facts::Facts;
use super::formats::{Kind, Typed};
use super::words::{Topic, topic};
use crate::dataset::contract::Class;
use crate::identifiers::Identifier;

/// More distinct texts than this are taken for what people wrote.
const FEW: u64 = 50;

/// What is guessed of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Guess {
    pub(super) class: Class,
    /// What it is about, where that is known.
    pub(super) topic: Option<Topic>,
    /// Why, in words for whoever reads the draft.
    pub(super) reason: String,
}

/// The guess.
pub(super) fn guess(name: &str, facts: &Facts, typed: &Typed) -> Guess {
    if let Some(guess) = by_values(facts, typed) {
        return guess;
    }
    let found = topic(name);
    let guess = match found {
        Some((topic, word)) => by_name(topic, word, facts, typed),
        None => unknown(facts, typed),
    };
    doubted(guess, facts, typed)
}

/// Values that are identifiers by their form.
fn by_values(facts: &Facts, typed: &Typed) -> Option<Guess> {
    if facts.values == 0 {
        return Some(Guess {
            class: Class::DirectIdentifier,
            topic: None,
            reason: "it has no value, so nothing is known of it".into(),
        });
    }
    let kinds = [
        (Identifier::Email, "e-mail addresses", Topic::Contact, 30),
        (Identifier::Iban, "IBANs", Topic::Number, 30),
        (Identifier::Ahv, "AHV numbers", Topic::Number, 30),
        (
            Identifier::Ssn,
            "social security numbers",
            Topic::Number,
            50,
        ),
        (Identifier::Card, "card numbers", Topic::Number, 50),
        (Identifier::Phone, "phone numbers", Topic::Contact, 50),
    ];
    let number = matches!(typed.kind, Kind::Whole | Kind::Real);
    let (_, what, topic, share) = kinds
        .into_iter()
        .map(|(kind, what, topic, least)| (least, what, topic, facts.share(facts.of(kind))))
        // Of plain numbers one in ten has a check digit by chance.
        .find(|(least, _, _, share)| share >= if number { &80 } else { least })?;
    Some(Guess {
        class: Class::DirectIdentifier,
        topic: Some(topic),
        reason: format!("{share} % of the values are {what}"),
    })
}

fn by_name(topic: Topic, word: &str, facts: &Facts, typed: &Typed) -> Guess {
    let class = match topic {
        Topic::Name
        | Topic::NamePart
        | Topic::Number
        | Topic::Contact
        | Topic::Address
        | Topic::FreeText => Class::DirectIdentifier,
        Topic::Birth
        | Topic::Age
        | Topic::Gender
        | Topic::Zip
        | Topic::Place
        | Topic::Origin
        | Topic::Work
        | Topic::Family
        | Topic::Moment => Class::QuasiIdentifier,
        Topic::Money | Topic::Health | Topic::Belief => Class::Sensitive,
        Topic::Measure | Topic::Code => Class::Insensitive,
    };
    let reason = format!("its name has the word \"{word}\"");
    let guess = |class, reason| Guess {
        class,
        topic: Some(topic),
        reason,
    };
    match topic {
        // `patient_sex` is about a patient and no name; the values say so.
        Topic::Name if codes(facts) && facts.share(facts.name_like) < 20 => guess(
            Class::QuasiIdentifier,
            format!(
                "{reason}, and {} values come again and again",
                facts.distinct()
            ),
        ),
        Topic::Measure if !matches!(typed.kind, Kind::Whole | Kind::Real) => {
            let unknown = unknown(facts, typed);
            guess(unknown.class, format!("{reason}, and {}", unknown.reason))
        }
        Topic::Code if !few(facts) => {
            let unknown = unknown(facts, typed);
            guess(unknown.class, format!("{reason}, and {}", unknown.reason))
        }
        Topic::Health
            if typed.kind == Kind::Text && facts.share(facts.wordy) > 80 && !few(facts) =>
        {
            guess(
                Class::DirectIdentifier,
                format!("{reason}, and most values are sentences, which may hold names"),
            )
        }
        _ => guess(class, reason),
    }
}

/// Of a name that says nothing: by what the values look like, on the safe side.
fn unknown(facts: &Facts, typed: &Typed) -> Guess {
    let guess = |class, reason: &str| Guess {
        class,
        topic: None,
        reason: reason.to_owned(),
    };
    match typed.kind {
        Kind::Text if facts.share(facts.name_like) > 60 && !few(facts) => {
            guess(Class::DirectIdentifier, "most values look like names")
        }
        Kind::Text | Kind::Whole if facts.unique() => guess(
            Class::DirectIdentifier,
            "nearly every record has a value of its own",
        ),
        Kind::Text if !few(facts) => guess(
            Class::DirectIdentifier,
            "it is text with many different values, and its name does not say of what",
        ),
        Kind::Text if facts.share(facts.zip_like) > 90 => {
            guess(Class::QuasiIdentifier, "the values look like postal codes")
        }
        Kind::Date | Kind::Time if facts.share(facts.births) > 90 => guess(
            Class::QuasiIdentifier,
            "dates, which may be dates of birth or tell of them",
        ),
        _ => guess(
            Class::QuasiIdentifier,
            "nothing says that it could not tell of somebody",
        ),
    }
}

/// What would be let through must be without identifiers in whatever the values hold.
fn doubted(guess: Guess, facts: &Facts, typed: &Typed) -> Guess {
    let open = matches!(guess.class, Class::Insensitive | Class::Sensitive);
    let text = typed.kind == Kind::Text;
    let direct = |more: &str| Guess {
        class: Class::DirectIdentifier,
        topic: guess.topic,
        reason: format!("{}, but {more}", guess.reason),
    };
    if open && text && facts.holding > 0 {
        direct("some values hold e-mail addresses, or numbers with check digits")
    } else if open && text && facts.unique() {
        direct("nearly every record has a value of its own")
    } else if open && text && facts.share(facts.name_like) > 60 && !few(facts) {
        direct("most values look like names")
    } else {
        guess
    }
}

/// Whether the values are few and come again: codes, and no text that people wrote.
fn few(facts: &Facts) -> bool {
    let distinct = facts.distinct();
    distinct <= FEW && distinct * 2 <= facts.values
}

/// Whether there are so few that they can be no names: sexes, yes and no.
fn codes(facts: &Facts) -> bool {
    facts.distinct() <= 5 && facts.values >= 20
}
