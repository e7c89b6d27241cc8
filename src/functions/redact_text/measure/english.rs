//! Texts in English.

use super::Text;

pub(super) const TEXTS: &[Text] = &[
    (
        &["Margaret O'Neill", "1954-11-02"],
        "Dear Dr {OUT|Patel}, thank you for referring Mrs {NAME|O'Neill} (DOB {DATE|02/11/1954}), who was seen in clinic on \
         {DATE|14 March 2024}. BP 142/86, HbA1c 48 mmol/mol, eGFR >90. She takes ramipril 2.5 mg 1-0-0.",
    ),
    (
        &["James Whitfield"],
        "{NAME|J. Whitfield}, 67 y/o male, presented with chest pain. ECG 12/03: sinus rhythm. Troponin 0.012 -> 0.014 ng/ml. \
         Call the daughter on {PHONE|07700 900123} or {PHONE|020 7946 0958}.",
    ),
    (
        &["Sarah Connor"],
        "Claim note: insured {NAME|Connor, Sarah} reported the theft by e-mail ({EMAIL|s.connor84@example.com}) on \
         {DATE|2023-08-19}. Policy 30-448-1192, deductible $1,500.00, estimate $12,400. Order no. 112-4455667.",
    ),
    (
        &["Robert Lee Jones"],
        "Pt is a 54 yo M, SSN {SSN|219-45-7721}, MRN 00482913. Dx: I10, E11.9, Z79.4. Meds: metformin 500 mg BID, \
         lisinopril 10/12.5 mg. Phone {PHONE|(415) 555-0132}.",
    ),
    (
        &["Emily Carter"],
        "Hi {NAME|Emily}, your refund of £249.99 will be paid to {IBAN|GB02 NWBK 6016 1331 9268 20} within 3-5 days. Ref \
         2024-000-117. Version 10.4.12 of the app fixes this. Regards, {OUT|Tom}",
    ),
    (
        &["William Brown"],
        "{NAME|Mr Brown's|Brown} card {CARD|4012 8888 8888 1881} exp 09/27 was declined; he asked us to try \
         {CARD|5500005555555559}. Callback {PHONE|+44 7700 900456}.",
    ),
    (
        &["Priya Raman"],
        "Patient {NAME|P.R.|P.R} was discharged on {DATE|March 3rd, 2024}; follow-up {DATE|4/17/2024} with {OUT|Dr. Gomez}. \
         INR 2.4, goal 2.0-3.0. Room 12-204. Pharmacy: {PHONE|617.555.0199}.",
    ),
    (
        &["Deborah Kim"],
        "My name is {NAME|Deborah Kim} and I moved to {OUT|48 Elm Street, Springfield 62704} last year. My account number is \
         88120034, please write to {EMAIL|deb_kim@mail.example.org}.",
    ),
    (
        &["George Baker"],
        "The baker's dozen: 13 items at 4.20 each. {NAME|George} disagreed. ISBN 978-3-16-148410-0, EAN 4006381333931. \
         Serial 0123-4567-8901.",
    ),
    (
        &["Susan Hill"],
        "Sue called at 10:15 from ext. 4411; she can be reached at {NAME|susan} dot {NAME|hill} at example dot com, or {PHONE|555-0142}. \
         Her appointment is on the {DATE|3rd of May 2024}.",
    ),
    (
        &["Ahmed Al-Farsi"],
        "Radiology: MRI L4/5 12.5 x 8 mm, T2 1.5 T. {NAME|Mr. AL FARSI|AL FARSI} (b. {DATE|7 Jul 1971}) tolerated the exam. \
         Image IDs 1.2.840.10008.5.1.4.1.1.4. Dose 3.2 mGy.",
    ),
    (
        &["Linda Marsh"],
        "Tried {NAME|Linda} x3 on {PHONE|001 212 555 0147}, no answer. Left voicemail {DATE|Sep 9, 2023} 16:40. Ticket 88-1203. \
         IP 10.12.20.5, build 2023.09.1.",
    ),
    (
        &["Thomas Green"],
        "Green stool since {DATE|1 April}, no blood. {NAME|Thomas} ate 2 mars bars. Temp 38.2, WBC 11.2 x10^9/l, CRP 45. \
         PCR pos 12/20.",
    ),
    (
        &["Nora Ellis"],
        "Wire of USD 1 200 000 from {IBAN|GB29NWBK60161331926819} to {IBAN|DE44500105175407324931}, value date {DATE|30/06/2024}, \
         beneficiary {NAME|N. Ellis}, invoice 0441-2023-118.",
    ),
    (
        &["Frank Ross"],
        "Bed 4: {NAME|Ross F.|Ross F}, social security number {SSN|134 62 8801}, insured with plan 900-12-3456. Wt 82 kg, Ht 178 \
         cm, BMI 25.9; pain 7/10; GCS 15/15.",
    ),
    (
        &["Karen Young"],
        "A young woman, 23, with otitis. Amoxicillin 500mg 3x/d for 7 days. Return if fever. Questions to \
         {EMAIL|clinic+triage@health.example.co.uk} or {PHONE|1-800-555-0175}. Signed {DATE|2024/02/29}.",
    ),
];

/// Texts that nothing was changed for.
pub(super) const LATER: &[Text] = &[
    (
        &["Rachel Adams", "rachel.adams@example.com"],
        "Hello, this is {NAME|Rachel Adams} again. I still haven't had a reply to my letter of {DATE|22 January 2024}. Please ring me on {PHONE|0161 496 0123} after 5pm or mail {EMAIL|rachel.adams@example.com}. My claim number is CL-2291-884 and the cost is £1,120.75. {OUT|John} at the garage quoted 980.",
    ),
    (
        &["Miguel Santos"],
        "Discharge summary. Name: {NAME|SANTOS, MIGUEL}. Admitted: {DATE|11/28/2023}. Discharged: {DATE|12/02/2023}. K+ 3.9, Na 138, creat 1.1. Warfarin 5 mg/2.5 mg alternating. PCP {OUT|Dr Hayes}, phone {PHONE|+1-503-555-0168}. SSN on file: {SSN|529-08-3317}.",
    ),
    (
        &["Olivia Bennett"],
        "Meeting notes {DATE|6 Feb}: {NAME|Olivia} to send the deck v2.1.0; budget 45-50k; sprint 12; room 4.07. Dial-in 0800 358 6385, code 884 221 77#. Next: {DATE|13th February}. {NAME|O.B.|O.B} will chair.",
    ),
    (
        &["Peter Stone"],
        "Kidney stone, 6 mm, left. {NAME|P Stone|Stone} passed it on {DATE|Aug. 19, 2022}. Urine pH 5.5, sp. gr. 1.020. Card on file {CARD|6011 0009 9013 9424}. Refund to {IBAN|IE29 AIBK 9311 5212 3456 78}.",
    ),
];
