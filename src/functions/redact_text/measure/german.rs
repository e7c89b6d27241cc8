//! Texts in German.

use super::Text;

pub(super) const TEXTS: &[Text] = &[
    (
        &["Ursula Müller", "1948-03-12"],
        "Sehr geehrter Herr Kollege {OUT|Brunner}, wir berichten über Frau {NAME|Müller Ursula}, geb. {DATE|12.03.1948}, die vom \
         {DATE|3.} bis {DATE|9. Mai 2023} hospitalisiert war. Diagnose: I48.0, E78.2. Medikation: Torem 10 mg 1-0-0, \
         Marcoumar nach INR (2.0-3.0).",
    ),
    (
        &["Hans-Peter Gerber"],
        "Pat. {NAME|H.-P. Gerber}, AHV {AHV|756.3982.5979.11}, klagt seit {DATE|14.2.} über Husten. Leuk 12.4 G/l, CRP 88 mg/l. \
         Rö-Thorax 12/80. Tel. Ehefrau {PHONE|079 512 34 56}.",
    ),
    (
        &["Sabine Köhler"],
        "Schadenmeldung {OUT|Schmidt} gegen {NAME|Koehler}: Fahrrad beschädigt am {DATE|05.06.24}, Rechnung Nr. 2024-0815 über \
         1'249.50 CHF. Zahlung auf {IBAN|CH66 0076 2011 6238 5295 8}. Police 12.345.678.",
    ),
    (
        &["Jürgen Weiß"],
        "Guten Tag Herr {NAME|WEISS}, Ihre Bestellung 302-8812345-1120 ist am {DATE|2024-01-31} eingetroffen. Fragen an \
         {EMAIL|juergen.weiss@example.de} oder {PHONE|+49 (0)89 1234567}. Artikel 4006381333931, Preis 19,90 EUR.",
    ),
    (
        &["Anna Li"],
        "{NAME|Anna} nimmt seit dem {DATE|1. Jänner} Ibuprofen 400 mg 1-1-1. Gewicht 62,5 kg, RR 120/80. Kontrolle in Zimmer \
         3.12 um 10.30 Uhr. Rückruf {PHONE|0664 1234567}.",
    ),
    (
        &["Peter Klein"],
        "Der kleine Junge, 4 J., Gewicht 17 kg, fällt vom Stuhl. Vater {NAME|P. Klein} erreichbar unter {PHONE|0171-5556677}. \
         Röntgen o.B., Tetanus 12/2022 aufgefrischt.",
    ),
    (
        &["Heidi Zurbriggen"],
        "Überweisung an {NAME|Zurbriggen Heidi}, {OUT|Dorfstrasse 7, 3906 Saas-Fee}, Referenz 21 00000 00003 13947 14300 09017. \
         IBAN {IBAN|CH39 0870 4016 0754 7300 7}, CHF 1 200.00, Valuta {DATE|30.9.2023}.",
    ),
    (
        &["Mehmet Yıldız"],
        "Hr. {NAME|Yildiz} ({DATE|1.1.1970}) wünscht Zweitmeinung. MRI LWS: L5/S1 Protrusion 4 mm. VAS 7/10. Krankmeldung \
         {DATE|12.–16. Februar 2024}. E-Mail: {EMAIL|m.yildiz@praxis.example.ch}.",
    ),
    (
        &["Claudia Meier"],
        "Frau Meyer rief an, sie heisse {NAME|Meier} mit ei. Ihre Nummer {PHONE|044 668 18 00}, intern 4711. Version 3.12.1 der \
         Software, Build 2024.1.15. Kapitel 10.12.20.",
    ),
    (
        &["Rolf von Allmen", "Rolf"],
        "{NAME|von Allmen R.|von Allmen R}: Kreditkarte {CARD|5105 1051 0510 5100} gesperrt, neue Karte in 3-5 Tagen. Betrag EUR 250 \
         000.50. Fall 23-4471, Code 756.1234.",
    ),
    (
        &["Erika Mustermann"],
        "Die Versicherte ({AHV|7569074833783}) legt Einsprache ein gegen die Verfügung vom {DATE|17. August 2022}. IV-Grad 48 %, \
         Valideneinkommen Fr. 78'000. Zuständig: {OUT|Frau Keller}, {PHONE|031 / 322 11 11}.",
    ),
    (
        &["Karl Mai"],
        "{NAME|Herr Mai|Mai} kommt am {DATE|3. Mai} wieder. Labor vom {DATE|28.04.2024}: Hb 14,1 g/dl, Ferritin 35, TSH 2,1. Impfung \
         Charge AB12-0345. Raum E 021.",
    ),
    (
        &["Brigitte Schneider-Huber"],
        "Die {NAME|Schneider-Huber}s wohnen nun in {OUT|Wien}. Überweisung {IBAN|AT95 2011 1822 3344 5566}; Kd.-Nr. 100-200-3000; \
         Telefon {PHONE|01 234 56 78}; Fax {PHONE|01/2345679}.",
    ),
    (
        &["Jonas Frei"],
        "Termin frei am Montag 9-11 Uhr. {NAME|Jonas} (Jg. 2001) meldet Zeckenbiss am {DATE|12.6}., Doxycyclin 200 mg einmalig. Bitte \
         mobil {PHONE|0761234567} oder {NAME|jonas} (at) example.ch.",
    ),
    (
        &["Monika Wagner"],
        "Sachverhalt: Am {DATE|24.12.2021} gegen 18:45 fuhr {NAME|Wagners|Wagner} Golf, ZH 123 456, auf. Polizeirapport 2021-44871. \
         Zeuge {OUT|B. Amsler}, {PHONE|+41792223344}. Selbstbehalt 500.-.",
    ),
    (
        &["Ömer Şahin"],
        "Pat. {NAME|SAHIN Oemer} kam um 08.15, ging 17.30. Dosis 12.5/25/50 mg, steigern 10/20/30 mg. Nächster Termin \
         {DATE|Di 7.5.24|7.5.24}. Fallnummer 0012345678.",
    ),
];

/// Texts that nothing was changed for.
pub(super) const LATER: &[Text] = &[
    (
        &["Lena Hoffmann"],
        "Hallo {NAME|Lena}, danke für Deine Nachricht vom {DATE|21.11.}. Du erreichst mich unter {PHONE|0176 22334455} oder {EMAIL|info@hofladen.example.at}. Lieferung 24-0815-3 kommt zwischen 8.30 und 12 Uhr, Betrag 48,60 €. LG {OUT|Tina}",
    ),
    (
        &["Walter Ammann", "756.5555.0001.01"],
        "Austrittsbericht: {NAME|AMMANN Walter}, {DATE|23.07.1939}, eingetreten {DATE|02.01.2024}, ausgetreten {DATE|09.01.2024}. Aspirin cardio 100 mg 1-0-0-0, Pantozol 40 mg. EF 45 %, NYHA II, Vmax 3.2 m/s. Hausarzt {OUT|Dr. Suter}, {PHONE|062 822 10 10}.",
    ),
    (
        &["Gisela Bach"],
        "Am Bach gestürzt, Fraktur dist. Radius (S52.5). Frau {NAME|Bach} gibt Schmerzen 6/10 an. Gips für 6 Wochen bis {DATE|15. November}. Unfallnr. 8.00123.24.7. {NAME|Gisela B.|Gisela} wünscht Kopie per Fax {PHONE|+43 1 5123456}.",
    ),
    (
        &["Dimitri Petrov"],
        "Betrag: 3'480.00 CHF zugunsten {NAME|Petrov Dimitri}, Konto {IBAN|DE89 3704 0044 0532 0130 00}, Ausführung {DATE|2024-03-28}, Auftrag 7788123400, Mitteilung Miete 04/2024, Mieterin {OUT|S. Kunz}. Karte 4000 1234 5678 9012 unbekannt.",
    ),
];
