//! The class and the type of each column.

use veilpoint::dataset::contract::Class;

use super::{class, drafted};

/// A file, and what a careful person says of its columns in order: the class (direct, quasi, sensitive, insensitive), and
/// the type as the contract has it.
const FILES: [(&str, &str, &str); 10] = [
    (
        "hospital.csv",
        "d d q q q q s i i d",
        "text text date text text date text int text text",
    ),
    (
        "versicherte.csv",
        "d d d q d q q s q d",
        "text text text date text text text double text text",
    ),
    (
        "clients.csv",
        "d d d q q q s i",
        "text text text date text text int text",
    ),
    (
        "registro.csv",
        "d d d q q q s i",
        "text text text date text text text int",
    ),
    (
        "claims.csv.gz",
        "d d q q q q s s i",
        "text text date text text timestamp double int boolean",
    ),
    ("survey.csv", "d q q s s i", "int int text int text double"),
    (
        "transactions.csv",
        "q d d s i d",
        "date text text double text text",
    ),
    (
        "personal.csv",
        "d d q s q q i",
        "text text date double text text boolean",
    ),
    ("orders.csv", "d d q q q", "text int double date text"),
    (
        "ficha.csv.gz",
        "d d d q d d q s d",
        "text text text text text text date text text",
    ),
];

fn kind(debug: &str) -> &'static str {
    match debug.split('(').next().unwrap() {
        "Text" => "text",
        "Int32" | "Int64" => "int",
        "Float64" => "double",
        "Date" => "date",
        "Timestamp" => "timestamp",
        "Boolean" => "boolean",
        _ => "other",
    }
}

#[test]
fn nine_of_ten_columns_are_classed_as_a_careful_person_does_and_no_identifier_is_insensitive() {
    let (mut right, mut all, mut wrong, mut grave) = (0, 0, Vec::new(), Vec::new());
    for (file, classes, types) in FILES {
        let (_, _, contract) = drafted(file);
        let classes: Vec<Class> = classes
            .split(' ')
            .map(|word| class(word.chars().next().unwrap()))
            .collect();
        let types: Vec<&str> = types.split(' ').collect();
        assert_eq!(contract.columns.len(), classes.len(), "{file}");
        for ((column, expected), data_type) in contract.columns.iter().zip(classes).zip(types) {
            all += 1;
            if column.class == expected {
                right += 1;
            } else {
                wrong.push(format!(
                    "{file}, {}: {:?}, not {expected:?}",
                    column.name, column.class
                ));
            }
            if expected == Class::DirectIdentifier && column.class != Class::DirectIdentifier {
                grave.push(format!("{file}, {}: {:?}", column.name, column.class));
            }
            let found = kind(&format!("{:?}", column.data_type));
            if found != data_type {
                grave.push(format!(
                    "{file}, {}: the type {found}, not {data_type}",
                    column.name
                ));
            }
        }
    }
    assert!(grave.is_empty(), "\n{}", grave.join("\n"));
    println!("{right} of {all} columns are classed as expected");
    assert!(
        right * 10 >= all * 9,
        "{right} of {all}\n{}",
        wrong.join("\n")
    );
}
