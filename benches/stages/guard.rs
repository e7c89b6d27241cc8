//! What looking for identifiers costs: in free text, and in a release, whose contract may say that nobody looks.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use veilpoint::dataset::projection::Projection;
use veilpoint::request::Format;

use super::data::{Dataset, PROJECTION, SCHEMA, admissions};
use super::release::released;

/// A doctor's letter, with one identifier of most kinds, and what only looks like one.
const LETTER: &str = "Sehr geehrter Herr Kollege, wir berichten über Frau Müller, geb. 12.03.1948, hospitalisiert vom 3. \
    bis 9. Mai 2023. Diagnosen: I48.0, E78.2. Medikation: Torem 10 mg 1-0-0, Marcoumar nach INR (2.0-3.0). Labor: Leuk \
    12.4 G/l, CRP 88 mg/l, RR 142/86, Gewicht 62,5 kg. AHV 756.9217.0769.85, Telefon 044 668 18 00, E-Mail \
    u.mueller@example.ch, Konto CH93 0076 2011 6238 5295 7. Kontrolle in Zimmer 3.12. Mit freundlichen Grüssen. ";

pub fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("identifiers");
    let letters = LETTER.repeat(100);
    group.throughput(Throughput::Bytes(letters.len() as u64));
    group.bench_function("find in letters", |bench| {
        bench.iter(|| veilpoint::identifiers::find(black_box(&letters)).count());
    });
    let text = admissions();
    group
        .sample_size(10)
        .throughput(Throughput::Bytes(text.len() as u64));
    for guarding in ["log", "ignore"] {
        let option = format!("OPTIONS ('veilpoint.found_identifiers' '{guarding}', ");
        let schema = SCHEMA.replace("OPTIONS (", &option);
        let data = Dataset::new("admissions", &schema, text.clone());
        let projection =
            Projection::parse(&data.contract, "admissions/bench", "bench.sql", PROJECTION).unwrap();
        let name = format!("a release, {guarding}");
        released(&mut group, &name, &data, &projection, Format::Csv, 1);
    }
    group.finish();
}
