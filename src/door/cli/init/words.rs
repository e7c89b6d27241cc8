//! What a column's name says, in English, German, French, Italian and Spanish.

/// What a column is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// A person's whole name.
    Name,
    /// A part of it.
    NamePart,
    /// A number or account that is one person's, or one document's.
    Number,
    Contact,
    Address,
    FreeText,
    Birth,
    Age,
    Gender,
    Zip,
    Place,
    Origin,
    Work,
    Family,
    Moment,
    Money,
    Health,
    Belief,
    Measure,
    Code,
}

/// Topics, and words with commas between them; the first that a name has decides. A word of more than one part is found
/// in its parts in a row.
const WORDS: &[(Topic, &str)] = &[
    (
        Topic::FreeText,
        "note,notes,comment,comments,remark,remarks,bemerkung,bemerkungen,kommentar,commentaire,remarque,remarques,\
         nota,osservazioni,observaciones,description,beschreibung,text,freitext,message,betreff,subject,memo,\
         anamnese,befund,letter,purpose,verwendungszweck,zahlungszweck,mitteilung,libelle,causale,concepto",
    ),
    (
        Topic::Contact,
        "mail,email,e mail,courriel,correo,phone,telephone,telefon,telefono,tel,mobile,mobil,handy,natel,portable,\
         cellulare,movil,fax,url,website,ip,login,user,username,benutzer,twitter,skype",
    ),
    (
        Topic::NamePart,
        "first name,firstname,given name,forename,last name,lastname,surname,family name,vorname,nachname,\
         familienname,prenom,cognome,apellido,apellidos,maiden name,initials,middle name",
    ),
    (
        Topic::Name,
        "name,fullname,full name,patient,person,nom,nome,nombre,nominativo,kunde,client,customer,versicherter,\
         assure,assicurato,titulaire,inhaber,holder,beneficiary,empfaenger,employee,mitarbeiter,contact,doctor,\
         arzt,physician,medecin,medico,provider,counterparty,auftraggeber",
    ),
    (
        Topic::Address,
        "address,adresse,anschrift,indirizzo,direccion,street,strasse,str,rue,via,calle,house number,hausnummer,\
         latitude,longitude,lat,lon,gps,coordinates",
    ),
    (
        Topic::Number,
        "ssn,social security,ahv,avs,nss,nir,svnr,sozialversicherung,versichertennummer,versicherungsnummer,\
         codice fiscale,codicefiscale,dni,nie,nif,passport,reisepass,ausweis,passeport,passaporto,licence,license,\
         fuehrerschein,mrn,medical record,iban,account,konto,compte,conto,cuenta,card,karte,carte,carta,policy,\
         police,polizza,insurance number,member,id,uid,uuid,guid,nr,nummer,number,numero,no,num,identifier,kennung,\
         kundennummer,patientennummer,vin,plate,kennzeichen,targa,device,serial,token,password,passwort,reference,\
         referenz,ref,tax,steuernummer",
    ),
    (
        Topic::Birth,
        "birth,birthdate,birthday,dob,born,geburtsdatum,geburtstag,geboren,geb,naissance,nascita,nacimiento,geburt,\
         jahrgang",
    ),
    (Topic::Age, "age,alter,eta,edad,ages"),
    (
        Topic::Gender,
        "gender,sex,geschlecht,genre,sexe,sesso,genere,sexo,genero,anrede,civilite",
    ),
    (
        Topic::Zip,
        "zip,zipcode,postcode,postal,plz,postleitzahl,cap,npa,cp,codigo postal",
    ),
    (
        Topic::Place,
        "city,town,ort,stadt,wohnort,ville,commune,citta,comune,ciudad,municipality,gemeinde,county,canton,kanton,\
         state,province,provincia,region,regione,bundesland,departement,district,bezirk,location,standort,village,\
         localite",
    ),
    (
        Topic::Origin,
        "nationality,nationalitaet,nationalite,nazionalita,nacionalidad,citizenship,country,land,pays,paese,pais,\
         race,ethnicity,language,sprache,langue,lingua,heimatort,origin,native",
    ),
    (
        Topic::Belief,
        "religion,konfession,religione,political,party,union,gewerkschaft,sexual,orientation,conviction",
    ),
    (
        Topic::Work,
        "occupation,profession,beruf,job,employer,arbeitgeber,employeur,title,position,education,bildung,school,\
         schule,professione,profesion,workclass,company,firma,function,funktion,grade,abteilung,department",
    ),
    (
        Topic::Family,
        "marital,zivilstand,familienstand,etat civil,stato civile,estado civil,children,kinder,enfants,figli,\
         relationship,household,haushalt",
    ),
    (
        Topic::Health,
        "diagnosis,diagnose,diagnostic,diagnosi,diagnostico,icd,icd10,disease,krankheit,maladie,malattia,\
         enfermedad,medication,medikament,medicament,farmaco,drug,procedure,eingriff,drg,allergy,allergie,therapy,\
         therapie,treatment,behandlung,symptom,cpt,disability,genetic,result,resultat,esito,smoking,smoker,raucher,\
         blood group",
    ),
    (
        Topic::Money,
        "salary,income,lohn,gehalt,einkommen,salaire,revenu,stipendio,reddito,salario,amount,betrag,montant,\
         importo,importe,cost,costs,kosten,cout,costo,price,preis,prix,prezzo,balance,saldo,solde,premium,praemie,\
         prime,premio,charge,charges,paid,deductible,franchise,credit,debit,soll,haben,capital",
    ),
    (
        Topic::Moment,
        "date,datum,data,fecha,admission,admitted,discharge,eintritt,austritt,entree,sortie,time,timestamp,created,\
         updated,visit,day,tag,jour,giorno,valuta,booking,buchung,since,seit,from,until,von,bis,year,jahr,annee,\
         anno",
    ),
    (
        Topic::Measure,
        "weight,gewicht,poids,peso,height,groesse,taille,altezza,bmi,temperature,temperatur,pressure,blutdruck,\
         pulse,puls,heart rate,quantity,menge,anzahl,quantite,quantita,cantidad,count,duration,dauer,duree,durata,\
         hours,stunden,score,points,percent,share,rate,los,days,nights,units",
    ),
    (
        Topic::Code,
        "status,statut,stato,estado,type,typ,tipo,category,kategorie,categorie,categoria,code,kind,art,class,\
         klasse,currency,waehrung,devise,valuta code,unit,einheit,flag,active,aktiv,actif,attivo,activo,ward,\
         station,channel,kanal,canal,product,produkt,produit,prodotto,producto,tariff,tarif,tariffa,emergency,\
         notfall,urgence,version,source,quelle",
    ),
];

/// What a name says, and the word that says it.
pub(super) fn topic(name: &str) -> Option<(Topic, &'static str)> {
    let parts = parts(name);
    let is_there = |word: &str| {
        let words: Vec<&str> = word.split(' ').collect();
        parts
            .windows(words.len())
            .any(|window| window.iter().zip(&words).all(|(part, word)| part == word))
    };
    let topics = WORDS.iter().flat_map(|(topic, words)| {
        let words = words.split(',').filter(|word| is_there(word));
        words.map(|word| (*topic, word))
    });
    topics.into_iter().next()
}

/// The parts of a name in lower case without accents: `birthDate`, `BIRTH_DATE` and `birth date` have two.
fn parts(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut fresh = true;
    let mut lower = false;
    for sign in name.chars() {
        if !sign.is_alphanumeric() {
            fresh = true;
            continue;
        }
        if fresh || (sign.is_uppercase() && lower) {
            parts.push(String::new());
        }
        fresh = false;
        lower = sign.is_lowercase();
        if let Some(last) = parts.last_mut() {
            for folded in sign.to_lowercase() {
                last.push_str(plain(folded).unwrap_or(folded.encode_utf8(&mut [0; 4])));
            }
        }
    }
    parts
}

/// Letters with accents, as people write them without.
fn plain(sign: char) -> Option<&'static str> {
    Some(match sign {
        'ä' => "ae",
        'ö' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'à' | 'á' | 'â' | 'ã' => "a",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ò' | 'ó' | 'ô' | 'õ' => "o",
        'ù' | 'ú' | 'û' => "u",
        'ç' => "c",
        'ñ' => "n",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_written_as_the_parts_of_a_name_are() {
        for word in WORDS.iter().flat_map(|(_, words)| words.split(',')) {
            assert!(!word.is_empty());
            assert_eq!(parts(word).join(" "), word);
        }
    }

    #[test]
    fn names_are_understood_in_several_languages_and_ways_to_write() {
        let mut wrong = Vec::new();
        for (name, expected) in [
            ("Fullname", Some(Topic::Name)),
            ("patient_name", Some(Topic::Name)),
            ("PatientName", Some(Topic::Name)),
            ("Vorname", Some(Topic::NamePart)),
            ("Prénom", Some(Topic::NamePart)),
            ("Last Name", Some(Topic::NamePart)),
            ("SSN", Some(Topic::Number)),
            ("AHV-Nr.", Some(Topic::Number)),
            ("codice_fiscale", Some(Topic::Number)),
            ("patientId", Some(Topic::Name)),
            ("e-mail", Some(Topic::Contact)),
            ("Straße", Some(Topic::Address)),
            ("birthDate", Some(Topic::Birth)),
            ("Geburtsdatum", Some(Topic::Birth)),
            ("date de naissance", Some(Topic::Birth)),
            ("PLZ", Some(Topic::Zip)),
            ("code postal", Some(Topic::Zip)),
            ("Sexe", Some(Topic::Gender)),
            ("Nationalität", Some(Topic::Origin)),
            ("Diagnosis", Some(Topic::Health)),
            ("Betrag", Some(Topic::Money)),
            ("weight_kg", Some(Topic::Measure)),
            ("Status", Some(Topic::Code)),
            ("Bemerkungen", Some(Topic::FreeText)),
            ("xyz", None),
            ("", None),
        ] {
            let found = topic(name).map(|(topic, _)| topic);
            if found != expected {
                wrong.push(format!("{name}: {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
