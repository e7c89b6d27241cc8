//! Texts in French.

use super::Text;

pub(super) const TEXTS: &[Text] = &[
    (
        &["Françoise Dubois", "1962-07-05"],
        "Cher confrère, je vous adresse Mme {NAME|Dubois} {NAME|Francoise}, née le {DATE|5 juillet 1962}, pour bilan d'HTA. TA 150/90, \
         FC 72/min. Traitement : amlodipine 5 mg 1-0-0. CIM-10 : I10, E66.0.",
    ),
    (
        &["Jean-Luc Favre"],
        "M. {NAME|J.-L. Favre} (n° AVS {AHV|756.8762.3286.00}) a été opéré le {DATE|1er mars 2023}. Suites simples. Tél. \
         {PHONE|021 314 11 11}, portable {PHONE|0791234567}. Chambre 412.",
    ),
    (
        &["Élodie Martin"],
        "Sinistre n° 2023/004512 : {NAME|MARTIN Elodie} déclare un dégât des eaux survenu le {DATE|12/01/2023}. Devis 1 250,00 €. \
         Virement sur {IBAN|FR76 3000 6000 0112 3456 7890 189}.",
    ),
    (
        &["Pierre Lefèvre"],
        "Bonjour, veuillez appeler le {PHONE|06 12 34 56 78} ou écrire à {EMAIL|pierre.lefevre@exemple.fr}. Commande 01 23 45 67 89 \
         12, facture 2024-118, montant 89,90 EUR. Merci, {NAME|Pierre L.|Pierre}",
    ),
    (
        &["Nathalie de la Tour"],
        "Patiente {NAME|de la Tour}, 48 ans, asthme (J45.9). DEP 380 l/min. Prednisone 20/10/5 mg dégressif. Contrôle le \
         {DATE|15.04.2024}. Adressée par le {OUT|Dr Rochat}, {OUT|rue du Lac 3, 1006 Lausanne}.",
    ),
    (
        &["Moussa Diallo"],
        "{NAME|Diallo M.|Diallo M} : paludisme, parasitémie 0,8 %. Retour d'Abidjan le {DATE|3 sept. 2023}. Hb 10.2 g/dl, plaquettes 98 G/l. \
         Contact +225 07 {OUT|08}. Vol AF 702.",
    ),
    (
        &["Sophie Roche"],
        "La roche granitique, datée de 1980, pèse 12,80 kg. {NAME|Sophie} a noté : coupe 3.12.4, lot 45-2023, ISBN 2-07-036822-X.",
    ),
    (
        &["Anne Marchand"],
        "Le marchand a livré 3 colis. Mme {NAME|A. Marchand} paie avec la carte {CARD|4111-1111-1111-1111} (12/26). Tél. \
         {PHONE|+33 (0)1 42 34 56 78}. Réf. 044-22-118.",
    ),
    (
        &["Laurent Petit"],
        "Un petit garçon de 6 ans, fils de {NAME|Laurent}, fièvre à 39,2 depuis le {DATE|14 février}. Amoxicilline 250 mg/5 ml, 3x/j. \
         Urgences : 144.",
    ),
    (
        &["Céline Bonnet", "celine.bonnet@exemple.ch"],
        "De : {EMAIL|celine.bonnet@exemple.ch} Objet : résiliation. Je soussignée {NAME|BONNET Céline}, domiciliée {OUT|12 chemin des \
         Vignes}, résilie mon contrat 8.123.456 au {DATE|31.12.24}.",
    ),
    (
        &["Antoine Girard"],
        "Vu ce jour M. {NAME|Girard}, IMC 31, PSA 4,2 ng/ml (06/23). IRM le {DATE|02-05-2024} à 14h30. Mail: {EMAIL|a.girard@chu.exemple.fr}. \
         IPP 0800456123.",
    ),
    (
        &["Isabelle N'Guyen"],
        "{NAME|Isabelle Nguyen} a rappelé au {PHONE|01.42.34.56.78} à 9h05. Le dossier 23.04.118 reste ouvert; participation 300.-, \
         quote-part 10 %.",
    ),
    (
        &["Marc Blanc"],
        "Vin blanc 1 dl/j, tabac 20 UPA. {NAME|Marc} travaille à 80 %. Arrêt du {DATE|12.03.2024} au {DATE|18.03.2024}. Rx normal. \
         Salle 2-14.",
    ),
    (
        &["Valérie Rey"],
        "Versement de CHF 4'500.- sur {IBAN|CH7309000000301234563}, titulaire {NAME|Rey V.|Rey V}, réf. RF18 5390 0754 7034. Valeur \
         {DATE|30 juin 2024}. AVS {AHV|756.1290.4047.92}.",
    ),
    (
        &["Olivier Mercier"],
        "Mon numéro a changé : zéro six, douze, trente-quatre... ou {PHONE|0033 6 98 76 54 32}. Cordialement, {NAME|O. Mercier}. \
         Version 2.11.30 de l'application, erreur 500.",
    ),
    (
        &["Chantal Aubert"],
        "Mammographie bilatérale {DATE|le 8 août 2023|8 août 2023} : ACR 2. Mme {NAME|AUBERT} revient dans 2 ans. Dose 1,2 mGy. Clip 3x2 \
         mm, QSE 12/3.",
    ),
];

/// Texts that nothing was changed for.
pub(super) const LATER: &[Text] = &[
    (
        &["Hélène Moreau"],
        "Madame {NAME|Moreau}, votre rendez-vous du {DATE|mardi 21 mai 2024|21 mai 2024} à 8h45 est confirmé, salle B2. Merci d'apporter la carte Vitale. Pour annuler : {PHONE|02.99.28.43.21} ou {EMAIL|secretariat@clinique.exemple.fr}. Tarif 28,50 €.",
    ),
    (
        &["Yann Le Goff"],
        "Rapport: {NAME|Le Goff Yann}, {DATE|17.08.1988}, entorse du LCA D. Laxité 5 mm, flexion 0-5-130. AINS 7 j. IRM {DATE|24/05/24}, contrôle 6 semaines. Physiothérapie 9 séances. Employeur {OUT|Garage du Pont}, tél. {PHONE|022/345.67.89}.",
    ),
    (
        &["Sandrine Leroux"],
        "Je confirme avoir reçu 2 400 € le {DATE|5 décembre} de {NAME|S. Leroux}. Compte {IBAN|FR14 2004 1010 0505 0001 3M02 606}. Dossier 24/118/B, article 12.3.4 du contrat. Mon portable : {PHONE|07 56 78 90 12}. {OUT|Karim}",
    ),
    (
        &["Bruno Garnier"],
        "Cheveux bruns, {NAME|Bruno} mesure 1,78 m. Numéro AVS {AHV|756.9217.0769.85} vérifié le {DATE|11.06.24}. Créat 88 µmol/l, DFG 84. Prochain RDV dans 3 mois. Lot vaccin 4A21-22, dose 0.5 ml.",
    ),
];
