//! Texts in Italian.

use super::Text;

pub(super) const TEXTS: &[Text] = &[
    (
        &["Giuseppe Rossi", "1950-03-12"],
        "Egregio collega, ti invio il Sig. {NAME|Rossi Giuseppe}, nato il {DATE|12 marzo 1950}, per dolore toracico. PA 145/85, FC 78. \
         Terapia: bisoprololo 2,5 mg 1-0-0. Diagnosi: I20.9.",
    ),
    (
        &["Lucia Bernasconi"],
        "La paziente {NAME|L. Bernasconi} (AVS {AHV|756.6669.7251.02}) è stata dimessa il {DATE|3.4.2024}. Tel. {PHONE|091 811 61 11}, \
         cellulare {PHONE|+41 79 444 55 66}. Camera 21.",
    ),
    (
        &["Niccolò D'Angelo"],
        "Sinistro 2024/118-B: {NAME|D'ANGELO Niccolo} segnala grandine il {DATE|1º luglio 2023}. Danno € 3.250,00. Bonifico su \
         {IBAN|IT60 X054 2811 1010 0000 0123 456}.",
    ),
    (
        &["Maria Grazia De Luca"],
        "Buongiorno, sono {NAME|Maria Grazia De Luca}, il mio numero è {PHONE|347 123 4567}, email {EMAIL|mg.deluca@esempio.it}. L'ordine \
         350-2211 non è arrivato. Grazie.",
    ),
    (
        &["Franco Monti"],
        "Gita ai monti: 12 km, 800 m di dislivello. {NAME|Franco} riferisce algia al ginocchio dal {DATE|10/08/2023}. RX negativa, VAS \
         5/10, Voltaren 75 mg.",
    ),
    (
        &["Paola Ferrari"],
        "Carta {CARD|3782 822463 10005} bloccata su richiesta di {NAME|P. Ferrari}. Nuovo PIN per posta a {OUT|via Roma 15, 20121 Milano}. \
         Pratica 02-4471, importo 1.200.000 lire.",
    ),
    (
        &["Carla Bianchi"],
        "Globuli bianchi 12,3; Hb 13.1; glicemia 98 mg/dl (v.n. 70-100). {NAME|BIANCHI C.|BIANCHI C} torna il {DATE|15 gen. 2024} alle 9.30. \
         Ambulatorio 3.12.",
    ),
    (
        &["Antonio Esposito"],
        "Chiamare {NAME|Antonio} allo {PHONE|06 1234 5678} o {PHONE|02 1234567} dopo le 18. Fattura 0012/2024 del {DATE|28.02.24}, IVA \
         22 %, totale 305,00.",
    ),
    (
        &["Elena Conti"],
        "I conti tornano: 4 x 12,50 = 50,00. La dott.ssa {OUT|Galli} ha visto {NAME|Elena} il {DATE|2 giugno}. Vaccino lotto 23F-0456, dose \
         0,5 ml.",
    ),
    (
        &["Stefano Moretti"],
        "Da: {EMAIL|s.moretti@azienda.esempio.it} Spett.le assicurazione, disdico la polizza 7.654.321 dal {DATE|31-12-2024}. \
         {NAME|Stefano Moretti}, tessera 80756 0012 3456 7890 1.",
    ),
    (
        &["Rosa Caruso"],
        "Esantema rosa al tronco da 3 giorni, T 38,4. Sig.ra {NAME|Caruso}, 31 anni, ICD B09. Paracetamolo 1 g max 3/die. Rivedere \
         lunedì. Tel {PHONE|0471 123456}.",
    ),
    (
        &["Giorgio Keller"],
        "{NAME|Keller Giorgio}, nato {DATE|12.05.'61}, assicurato {AHV|756 4925 8991 30}. RM lombare: ernia L4-L5 6 mm. Infiltrazione \
         {DATE|il 9 ott. 2023|9 ott. 2023}. Versione referto 1.2.3.",
    ),
    (
        &["Teresa Villa"],
        "La villa in {OUT|via Verdi} ha 5 locali. {NAME|Teresa} paga l'acconto con {IBAN|CH93 0076 2011 6238 5295 7}, entro {DATE|30 \
         settembre 2024}. Mappale 1204, foglio 12/80.",
    ),
    (
        &["Marco Bruno"],
        "Capelli bruni, occhi verdi, alto 1,82. Il signor {NAME|Bruno} ha chiamato dal {PHONE|0039 347 7654321}, SSN non richiesto. \
         Protocollo 2024.03.118.",
    ),
    (
        &["Silvia Gallo", "AB-77123"],
        "Cartella {NAME|AB-77123}: {NAME|S.G.|S.G}, 44 anni, celiachia. tTG 120 U/ml, ferritina 8. Dieta dal {DATE|17/11/23}. Prossimo \
         controllo fra 6 mesi. EAN 8001234567890.",
    ),
    (
        &["Alessandro Riva"],
        "In riva al lago, ore 14.30-16.00. {NAME|Alessandro} (sandro.{NAME|riva} chiocciola esempio.ch) conferma. Prezzo 25.50, sconto 10 %, \
         codice 0800-1200.",
    ),
];

/// Texts that nothing was changed for.
pub(super) const LATER: &[Text] = &[
    (
        &["Chiara Lombardi"],
        "Gentile {NAME|Chiara Lombardi}, la Sua richiesta del {DATE|14 maggio 2024} è stata accolta. Rimborso di 215,40 € su {IBAN|IT60X0542811101000000123456}. Per informazioni {PHONE|+39 02 1234 5678}, lun-ven 9-17. Pratica n. 2024/00871.",
    ),
    (
        &["Davide Fontana"],
        "La fontana perde acqua. {NAME|Davide} chiama domani, {PHONE|333-4567890}. Preventivo 3-2024, 450 euro + IVA 22%. Indirizzo {OUT|corso Italia 8, Torino}.",
    ),
    (
        &["Simona Pellegrini"],
        "Pz {NAME|PELLEGRINI}, 52 aa, TSH 4,8, FT4 12.1. Eutirox 50/75 mcg a giorni alterni dal {DATE|07.02.2024}. Nata il {DATE|30-10-1971}. Mammografia BIRADS 2 del {DATE|3 nov. 2023}. Rif. {OUT|dott. Sala}.",
    ),
    (
        &["Ivan Crivelli"],
        "Estratto conto: {NAME|I. Crivelli}, carta {CARD|5555 5555 5555 4444}, saldo -1'203.45 al {DATE|31.03.2024}; bonifico {IBAN|CH9300762011623852957}; commissione 2,50; numero verde 0800 00 88 22; AVS {AHV|7569589693506}.",
    ),
];
