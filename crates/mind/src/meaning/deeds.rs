//! What is to be done after a talk: what either side promised or was asked for, and was not taken back.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Claim;
use super::acts::Act;
use super::turns::Speaker;
use super::units::Sentence;
use super::words::{Word, has};

/// A kind of thing to be done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// The contract is to be sent.
    SendContract,
    /// The brief is to be sent.
    SendBrief,
    /// A mail is to be sent.
    SendEmail,
    /// Somebody is to be called once more.
    CallBack,
    /// The product is to be sent to the creator.
    SendProduct,
    /// Something is to be paid.
    Pay,
}

impl Deed {
    /// As it is written: `send_contract`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SendContract => "send_contract",
            Self::SendBrief => "send_brief",
            Self::SendEmail => "send_email",
            Self::CallBack => "call_back",
            Self::SendProduct => "send_product",
            Self::Pay => "pay",
        }
    }
}

const SENDS: &[&str] = &[
    "send|sending|sent|forward|share|shares|email|mail|ship|ships|post|courier|deliver|prepare|draft|draw|get|give|put|have|drop|shoot|arrange|need|see|wait|waiting|expect|receive|sign|resend",
    "envio|enviar|envie|envia|enviame|enviarme|enviarte|enviamos|enviais|enviad|enviadme|envien|enviare|enviaremos|enviarle|enviaros|envian|enviale|enviarlo|enviarla",
    "mando|mandar|mande|manda|mandame|mandarme|mandarte|mandamos|mandais|mandad|mandadme|manden|mandenme|mandare|mandaremos|mandarle|mandaros|mandan|mandes|mandas|mandarlo|mandeis|mandarles",
    "paso|pasar|pasame|pasarme|pasarte|pasamos|pasais|pasadme|pasaros|preparo|preparar|preparamos|comparto|recibir|reciba|necesito|espero|llega|llegue|firmo|firmar|redactar|remito|hago|haremos|hacerte",
    "envio|enviar|mandar|mando|manda|schicke|schicken|schickt|sende|senden|zuschicken|zusenden|envoie|envoyer|envoyez|envoyons|enverrai|mandi|mandare|invio|inviare|inviamo|mandatemi|faccio",
];
const SHIPS: &[&str] = &[
    "mando|mandamos|mandaremos|mandarte|mandaros|envio|enviamos|enviaremos|enviarte|enviaros|ship|send|post|courier|llega|schicken|schicke|envoie|envoyons|inviamo|mandiamo",
];
const CONTRACT: &[&str] =
    &["contract|contracts|agreement|paperwork|papers|contrato|vertrag|contrat|contratto|nda|acuerdo"];
const BRIEF: &[&str] = &["brief|briefing|guidelines|briefs|brif|script|moodboard"];
const PRODUCT: &[&str] = &[
    "product|products|sample|samples|package|parcel|box|bag|bottle|bottles|producto|productos|muestra|muestras|paquete|caja|produkt|produkte|paket|muster|produit|produits|colis|produto|amostra|prodotto|campione|serum|shoes|zapatillas|set|pair",
];
const MAIL: &[&str] = &[
    "email|emails|mail|mails|correo|correos|courriel|e-mail|details|detalles|info|information|informacion|everything|todo|writing|escrito|link|proposal|propuesta|offer|oferta|deck|summary|resumen|rates|tarifas|numbers|stats|dates|fechas|recap",
];
#[rustfmt::skip]
const WRITES: &[&str] = &[
    "email|mail me|you|us|her|him|it", "write to me|you|her|him", "write me|you", "drop|shoot me|you a|an",
    "send|sending me|you an|a|the email|mail", "in writing", "by email|mail", "por correo|mail|email|escrito",
    "per mail|email", "par mail|email", "un correo|mail|email", "eine mail|email", "um email", "una mail|email",
    "un mail|email", "al correo", "to my email|mail|inbox",
    "escribeme|escribidme|escribanme|escribame|escribo|escribire|escribimos|le escribo|escribime|escribirte|escribirle",
];
#[rustfmt::skip]
const CALLS: &[&str] = &[
    "call me|you|her|him|us|them|back|again|later|tomorrow|next|on|at|in|after|then", "ring me|you|back",
    "phone me|you", "give me|you|us|her|him a call|ring", "calls|call you|me|back|her|him", "calling you|back|me", "try|reach you|me|him|her again",
    "another|a|second|quick|short|follow up|followup call", "hop|jump|get on a",
    "speak|talk|catch up tomorrow|then|again|next|on|monday|tuesday|wednesday|thursday|friday|soon|later",
    "llamo|llame|llama|llamame|llamar|llamarme|llamarte|llamarle|llamamos|llamadme|llamais|llamenme|llamare|llamara|llamaremos|llamarla|llames|llamas|llameme|llamen|llameis|llamaros|marco|marcame|marcas|marquen|marqueme",
    "te marco", "hablamos|platicamos el|la|manana|luego|otra|pronto|esta|por", "una llamada|videollamada",
    "rufe|rufen|ruf|melde|anrufen|zuruck|zuruckrufen|rappelle|rappeler|rappelez|rappellerai|appelle|appelez|appeler|ligo|ligue|liga|ligar|richiamo|richiamare|richiami|richiamatemi|chiamo|chiami|chiamare",
    "devuelvo|devolver la llamada",
];
const PAYS: &[&str] = &[
    "pay|pays|paying|paid|payment|payments|transfer|invoice|deposit|upfront",
    "pagar|pago|pagamos|pagais|pagan|paguen|pagad|pagas|abono|abonar|transferencia|factura|anticipo|adelanto|ingreso|pagamento|pagare|pagaremos",
    "zahlen|zahle|zahlung|uberweisen|uberweise|payer|paiement|virement|facture|rechnung|bonifico",
];
const NOT: &[&str] = &[
    "dont|not|never|wont|cant|no|without|ni|nunca|nicht|kein|keine|pas|non|nao|tampoco|cannot|isnt|didnt|havent|wouldnt",
    "instead of",
    "en vez de",
];

fn denied(words: &[Word<'_>], place: &Range<usize>) -> bool {
    let from = words[..place.start]
        .iter()
        .rposition(|word| word.ends() || word.is(",") || matches!(&*word.text, "but" | "pero" | "and" | "y"))
        .map_or(0, |at| at + 1);
    has(&words[from.max(place.start.saturating_sub(6))..place.start], NOT)
}

/// Everything that is to be done, each kind once, with the words that say so last.
pub(super) fn of(sentences: &[Sentence<'_>]) -> Vec<Claim<Deed>> {
    let mut found: Vec<Claim<Deed>> = Vec::new();
    for (number, sentence) in sentences.iter().enumerate() {
        let words = &sentence.words;
        let odds = &sentence.odds;
        let commits = odds.of(Act::Promise).max(odds.of(Act::Request));
        let answered_no = || {
            sentences[number + 1..].iter().find(|next| next.turn != sentence.turn).is_some_and(|next| {
                sentence.asks_or_sounds_so() && next.odds.of(Act::Decline).max(next.odds.of(Act::Stop)) >= 0.5
            })
        };
        for (deed, needs, verbs) in [
            (Deed::SendContract, CONTRACT, Some(SENDS)),
            (Deed::SendBrief, BRIEF, Some(SENDS)),
            (Deed::SendProduct, PRODUCT, Some(SENDS)),
            (Deed::CallBack, CALLS, None),
            (Deed::SendEmail, WRITES, None),
            (Deed::Pay, PAYS, None),
        ] {
            let Some(place) = super::words::find(words, needs) else { continue };
            let verb = verbs.map(|verbs| super::words::find(words, verbs));
            if verb == Some(None) {
                continue;
            }
            let no = denied(words, &place) || verb.flatten().is_some_and(|verb| denied(words, &verb));
            if no || (sentence.speaker != Speaker::Us && odds.of(Act::Stop) >= 0.5) || answered_no() {
                found.retain(|known| known.value != deed || odds.of(Act::Stop) < 0.5 && deed != Deed::CallBack);
                continue;
            }
            let demands = deed == Deed::Pay
                && has(words, &["upfront|payment|deposit|advance|adelantado|anticipo|contado|pago|vorkasse"]);
            let commits = if demands { commits.max(odds.of(Act::Condition)) } else { commits };
            let least = match deed {
                Deed::Pay => 0.6,
                Deed::CallBack => 0.45,
                _ => 0.3,
            };
            let past = has(
                words,
                &[
                    "you|they called|sent|paid",
                    "i called|sent|paid|got|saw|received",
                    "missed",
                    "estuve",
                    "me llamaron|mandaron|pagaron",
                    "llamaba|calling from|about|on",
                    "te|le llamo de|por|porque|desde",
                ],
            );
            if commits < least || past {
                continue;
            }
            // A brief or a contract by mail is no other mail.
            if deed == Deed::SendEmail && found.iter().any(|one| one.at == sentence.at) {
                continue;
            }
            found.retain(|known| known.value != deed);
            found.push(Claim { value: deed, sure: commits, at: sentence.at.clone() });
        }
        // "Te mando dos termos", "we'll ship it": what we send and is no paper is the product.
        let ships = sentence.speaker == Speaker::Us
            && odds.of(Act::Promise) >= 0.5
            && has(words, SHIPS)
            && !has(words, MAIL)
            && !has(words, CONTRACT)
            && !has(words, BRIEF)
            && !has(words, WRITES)
            && !has(words, NOT);
        if ships && !found.iter().any(|one| one.value == Deed::SendProduct) {
            found.push(Claim { value: Deed::SendProduct, sure: odds.of(Act::Promise), at: sentence.at.clone() });
        }
        let mails = has(words, MAIL)
            && has(words, SENDS)
            && commits >= 0.5
            && !found.iter().any(|one| one.at == sentence.at)
            && !has(words, NOT);
        if mails && !found.iter().any(|one| one.value == Deed::SendEmail) {
            found.push(Claim { value: Deed::SendEmail, sure: commits, at: sentence.at.clone() });
        }
    }
    found
}
