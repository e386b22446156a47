//! Does somebody ask for no more mail? Only a sentence that asks for it counts: `unsubscribe` is also a word that people talk about.
//!
//! A text is taken apart into clauses; what is polite at the beginning of one is passed over; what is left has to begin with one of the
//! patterns. So "please take me off your list" is one, and "why they shouldn't unsubscribe" is not.

use crate::text::fold;

/// How a pattern is written: words between spaces; `a|b` is either, `a?` may be missing, `~` is up to three words, `$` is the end of
/// the clause.
const POLITE: &[&str] = &[
    "please|pls|plz|kindly|just|simply|thanks|ok|okay|no|yes|hi|hello|hey|sorry|also|now|again|really|seriously|immediately|dear|but|and|so|then",
    "thank you",
    "can|could|would|will you",
    "i would like|want|need|expect you to",
    "i want|need|ask|request|demand|beg you to",
    "you must|should|need|have to?",
    "you can|could|may",
    "would you mind",
    "i am asking|requesting|begging you to",
    "i told|asked you to?",
    "i already|have told|asked you to?",
    "for the last time",
    "from now on",
    "do me a favor|favour",
    "i ask|request|demand that you",
    "we ask|want|would|request like? you to",
    "i repeat",
    "once again",
    "por favor",
    "porfa|favor|hola|gracias|ya|solo|y|pero",
    "le|les|te pido|ruego|pedimos que?",
    "quiero|quisiera|necesito|pido|solicito que",
    "puedes|puede|pueden|podrias|podria|podrian",
    "ola|oi|obrigado|obrigada|agora|so|e|mas",
    "peco|gostaria que",
    "pode|podem|poderia|poderiam",
    "bonjour|merci|svp|stp|veuillez|maintenant|et|mais|donc",
    "s il vous|te plait",
    "merci de",
    "je vous|te demande|prie de",
    "pouvez|pourriez vous",
    "je veux|voudrais que vous",
    "bitte|hallo|danke|jetzt|und|aber|also",
    "ich bitte sie|dich",
    "konnen|konnten|wurden sie",
    "kannst|konntest|wurdest du",
    "ciao|grazie|adesso|ora|e|ma|salve",
    "per favore|piacere|cortesia",
    "vi|ti|la prego di?",
    "potete|potreste|puoi|potresti|puo|potrebbe",
];

const ASKS: &[&str] = &[
    // English
    "unsubscribe $",
    "unsubscribe me|us|please|now|immediately|asap|thanks|pls|plz|request",
    "unsubscribe my|this email|mail|address|account|inbox|contact",
    "unsubscribe from your|this|these|all|any|here|it|the ~ list|emails|email|mails|newsletter|mailing|mailings|messages|$",
    "i|we unsubscribe $|from",
    "i|we want|wish|need|would like? to unsubscribe",
    "i|we want|wish|need|would like? to opt out",
    "i|we want|wish|would like? to be unsubscribed|removed from? ~ list|lists|emails|$",
    "opt me|us out",
    "opt out $|please|now",
    "opt out of|from your|this|these|all|any|further|future ~ emails|email|mails|list|communications|messages|outreach|newsletter|mailings|contact|$",
    "i|we opt out $|of",
    "i am|we are opting out",
    "stop|quit|cease emailing|mailing|writing|contacting|messaging|spamming|bothering|harassing|pestering|bugging|texting|pinging $|me|us|my|here|now|please|already|immediately",
    "stop|quit|cease writing to me|us|this",
    "stop|quit sending me|us $|anything|any|more|these|this|such|emails|email|mails|messages|spam|stuff|newsletters|your|follow|unsolicited",
    "stop|quit sending $|these|this|such|any|more|emails|mails|messages|spam|unsolicited",
    "stop the|these|this|all|your|with|sending ~ emails|mails|messages|spam|newsletters|outreach",
    "stop emails|mails|messages|spam",
    "do not email|mail|contact|write|message|spam|bother|disturb|approach|pester|text to? me|us again|anymore|any|ever|further|in|about|for|please|regarding|at|thanks|$",
    "do not ever email|mail|contact|write|message to? me|us",
    "do not email|mail|contact this|my address|inbox|email",
    "do not write|reply|email again|anymore|any $|more|further",
    "do not send me|us any|more|further|these|such|your ~ emails|email|mails|mail|messages|newsletters|spam|proposals|offers|pitches|communication",
    "do not send me|us emails|mails|messages|spam|newsletters|anymore|again|$",
    "do not send me|us anything|more $|anymore|again|ever|else|further",
    "do not send any|more|further ~ emails|email|mails|mail|messages",
    "never email|contact|write|message|mail|bother|send to? me|us $|again|anymore|any|ever|emails|anything",
    "no more emails|mails|email|mail|messages|newsletters|outreach|spam|correspondence|pitches $|please|pls|thanks|thank|ever|to|from|for ~ $|you|your|this|me|us|now",
    "no more emails|mails|email|mail|messages|newsletters|outreach|spam|contact $|please|pls|thanks|thank|ever",
    "no further emails|email|mails|mail|messages|contact|communication|communications|correspondence|outreach $|please|thanks|thank|from|to",
    "remove|delete|erase|strike|scrub|take|drop me|us from|off|out ~ list|lists|database|mailing|contacts|records|system|distribution|newsletter|campaign|crm|this|here|everything|outreach|sequence",
    "remove|delete me|us $|please|now|immediately|asap|thanks|pls",
    "take me|us off $|please|your|now",
    "remove|delete|erase|take|drop|strike|purge my|this|our email|mail|address|inbox",
    "remove|delete|erase|take|drop|strike|purge my|our name|contact|contacts|info|information|details|data ~ from|off your|this",
    "do not reach out to? me? us? again|anymore|any|further|ever|$",
    "please? refrain from contacting|emailing|writing|mailing|messaging|sending",
    "cease|stop all communication|communications|contact|correspondence|emails",
    "get|take me|us off of? your|this|the ~ list|lists|emails|newsletter",
    "i|we want off of? your|this|the ~ list|lists",
    "do not contact|email $",
    "leave me|us alone",
    "leave me be $",
    "lose|forget my|this email|address|contact|number|details|name",
    "i|we do not want|wish|care|like to receive|get|hear|see any|more|your|these|this|further|from|emails|email|mails|anything|such|it|messages",
    "i|we do not want|wish|like to be contacted|emailed|mailed|messaged|approached|bothered|disturbed",
    "i|we do not want any|more|further|these|your ~ emails|email|mails|mail|messages|contact|newsletters|spam",
    "i|we do not want you to email|contact|write|message|mail|send|bother",
    "i|we no longer want|wish|would like? to receive|be|hear|get",
    "i|we would prefer|rather not to? be|receive|get|hear contacted|emailed|any|more|further|these|your|emails|from",
    "i|we want|wish|would like? to stop receiving|getting|hearing your|these|this|such|any|more|emails|email|mails|messages|newsletters|from|$",
    "removing me|us from ~ list|lists|database",
    "i|we want|need|would like? no more|further emails|mails|mail|messages|contact",
    "i|we do not consent|agree to be contacted|emailed|receiving|emails",
    "do not add me to ~ list|lists",
    "cease and desist",
    // Spanish
    "no me|nos escribas|escriba|escriban|escribais|contactes|contacte|contacten|contacteis|molestes|moleste|molesten mas|$|nunca|jamas|otra|ni|nada|ya",
    "no me|nos escribas|escriba|escriban|escribais|contactes|contacte|contacten|contacteis|molestes|moleste|molesten por favor",
    "no me|nos envies|envie|envien|envieis|mandes|mande|manden|mandeis mas|correos|emails|mensajes|nada|$",
    "no vuelvas|vuelva|vuelvan a escribirme|contactarme|enviarme|mandarme|escribirnos|contactarnos",
    "no quiero|queremos|deseo|deseamos recibir|que mas|sus|tus|este|estos|correos|emails|mensajes|nada|me|ningun",
    "no quiero|queremos|deseo mas correos|correo|emails|email|mensajes|mails",
    "no deseo|quiero ser contactado|contactada",
    "deja|deje|dejen|dejad|paren|para|pare|parad de escribirme|contactarme|enviarme|mandarme|molestarme|escribirnos|enviar|mandar|escribir|spamear|enviarnos|mandarnos",
    "me gustaria darme de baja",
    "quiero|quisiera|deseo|necesito|solicito darme|darnos de baja",
    "dame|deme|denme|dadme|darme|dar de|me de? baja",
    "me doy de baja",
    "baja $",
    "solicito la|mi baja",
    "borrame|borreme|borrenme|eliminame|elimineme|eliminenme|quitame|quiteme|quitenme|sacame|saqueme|saquenme $|de|por|ya",
    "borra|borre|borren|elimina|elimine|eliminen|quita|quite|quiten|saca|saque|saquen mi|mis|este correo|email|direccion|datos|contacto|nombre|mail",
    "no mas correos|emails|mensajes|mails|correo|spam",
    "ni un correo|email|mensaje mas",
    "cancela|cancele|cancelen|cancelar|quiero|anular mi|la|cancelar suscripcion|mi",
    "desuscribirme|desuscribanme|desuscribeme|desuscribir|desuscribame",
    "dejame|dejenme|dejeme|dejadme en paz",
    "basta de correos|emails|mensajes",
    // Portuguese
    "nao me escreva|escrevam|contate|contatem|contacte|contactem|envie|enviem|mande|mandem|incomode|incomodem",
    "nao envie|enviem|mande|mandem mais ~ $|emails|mensagens",
    "pare|parem|para de me? enviar|mandar|escrever|contatar|contactar|incomodar|enviarem|mandarem",
    "descadastrar|descadastre|descadastrem|descadastra",
    "quero|gostaria de? me? descadastrar|cancelar|sair|remover",
    "remove|apague meu|minha",
    "remova|removam|retire|retirem|exclua|excluam|tire|tirem me|meu|minha|o",
    "cancelar|cancele|cancelem a|minha inscricao|assinatura|subscricao",
    "nao quero|desejo|queremos mais? receber|emails|mensagens",
    "nao quero|desejo ser contatado|contatada|contactado|contactada",
    "chega de emails|mensagens",
    "me deixe|deixem em paz",
    "sem mais emails|mensagens",
    // French
    "desabonnez|desabonne|desinscrivez|desinscris|desinscrire|desabonner|retirez|supprimez|enlevez|effacez moi|nous|mon|mes|$",
    "je veux|souhaite|voudrais|desire me desabonner|desinscrire",
    "me|nous retirer|supprimer|enlever|effacer de|$",
    "me desabonner|desinscrire",
    "desinscription|desabonnement $",
    "ne m|me|nous ecrivez|ecris|contactez|contacte|envoyez|envoie|derangez|sollicitez plus|pas|jamais|rien",
    "n ecrivez|envoyez plus",
    "ne plus m|me|nous ecrire|contacter|envoyer|solliciter|deranger",
    "arretez|arrete|cessez|cesse de m|me|nous ecrire|envoyer|contacter|harceler|spammer|deranger|solliciter",
    "je ne veux|souhaite|desire|voudrais plus recevoir|etre|de|aucun|vos",
    "nous ne voulons|souhaitons plus recevoir|etre",
    "plus aucun|jamais mail|email|message|courriel|de",
    "laissez|laisse moi|nous tranquille|tranquilles",
    // German
    "abmelden|abbestellen|austragen|abmeldung|loschen $",
    "melden|melde|tragen|trage|nehmen|nimm|streichen|loschen|entfernen|entferne|losche sie? mich|uns ~ ab|aus|von|vom|raus|$",
    "melden|tragen|nehmen|streichen|loschen|entfernen sie mich|uns|meine|diese",
    "losch|losche|entferne meine|mich|meinen",
    "keine weiteren|mehr mails|emails|nachrichten|kontaktaufnahme|anfragen|werbung",
    "keine mails|emails|nachrichten|werbung mehr",
    "schreiben|schreib|kontaktieren|kontaktiere|belastigen|belastige|mailen sie? mir|mich|uns ~ nicht|nie mehr|wieder|$",
    "schicken|schick|senden|sende sie? mir|uns keine|nichts",
    "horen|hor sie? auf",
    "ich|wir mochte|mochten|will|wollen|wunsche|wunschen keine|nicht|nichts ~ mails|emails|nachrichten|mehr|kontaktiert|angeschrieben|werbung",
    "ich mochte|will mich abmelden|austragen",
    "aus dem|ihrem verteiler",
    "lassen|lass sie? mich|uns in ruhe",
    "nicht mehr schreiben|kontaktieren|anschreiben",
    // Italian
    "cancellatemi|cancellami|disiscrivetemi|disiscrivimi|rimuovetemi|rimuovimi|toglietemi|toglimi|eliminatemi|eliminami",
    "cancellate|cancella|rimuovete|rimuovi|eliminate|elimina il|la mio|mia",
    "annulla|annullare|annullate|cancellare la|l|mia ~ iscrizione",
    "voglio|vorrei disiscrivermi|cancellarmi|annullare",
    "non scrivetemi|scrivermi|contattatemi|contattarmi|inviatemi|inviarmi|mandatemi|mandarmi|disturbatemi",
    "non mi scriva|scrivete|scriviate|contatti|contattate|contattiate|invii|inviate|mandi|mandate",
    "smettetela|smettete|smettila|smetti|basta di scrivermi|inviarmi|mandarmi|contattarmi|mandare|inviare|email|mail",
    "non voglio|vogliamo|desidero piu? ricevere|essere",
    "lasciatemi|lasciami in pace",
    "niente|nessuna piu|altra mail|email|messaggi",
    "basta email|mail|messaggi",
];

/// What people write who write nothing else.
const ALONE: &[&str] =
    &["stop", "remove", "unsubscribe", "unsub", "baja", "cancelar", "abmelden", "stopp", "opt out", "optout"];

/// Does this text ask for no more mail?
pub fn wants_no_more(own: &str) -> bool {
    let text = without_speech(own);
    let whole = words(&text);
    if whole.len() <= 4 {
        let said: Vec<&str> = whole
            .iter()
            .map(String::as_str)
            .filter(|word| !matches!(*word, "please" | "kindly" | "now" | "thanks" | "por" | "favor" | "bitte"))
            .collect();
        if ALONE.contains(&said.join(" ").as_str()) {
            return true;
        }
    }
    sentences(&text).into_iter().any(|(sentence, asks)| clauses(&sentence).iter().any(|clause| is_wish(clause, asks)))
}

/// Without what stands in quotation marks: that is what others said.
fn without_speech(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        let pieces: Vec<&str> = line.split(['"', '\u{201c}', '\u{201d}', '\u{201e}', '\u{ab}', '\u{bb}']).collect();
        // Marks that do not pair are no speech; and a line that is nothing but speech is the writer's.
        if pieces.len() == 1
            || pieces.len().is_multiple_of(2)
            || pieces.iter().step_by(2).all(|piece| !piece.chars().any(char::is_alphanumeric))
        {
            kept.push_str(line);
        } else {
            for piece in pieces.iter().step_by(2) {
                kept.push_str(piece);
                kept.push_str(" quote ");
            }
        }
        kept.push('\n');
    }
    kept
}

/// Sentences, and whether each is a question. A line that does not end goes on in the next one.
fn sentences(text: &str) -> Vec<(String, bool)> {
    let (mut found, mut sentence) = (Vec::new(), String::new());
    for line in text.lines() {
        if line.trim().is_empty() && !sentence.is_empty() {
            found.push((std::mem::take(&mut sentence), false));
        }
        let mut letters = line.trim().chars().peekable();
        while let Some(letter) = letters.next() {
            if matches!(letter, '.' | '!' | '?' | '\u{2026}')
                && letters.peek().is_none_or(|next| next.is_whitespace() || !next.is_alphanumeric())
            {
                found.push((std::mem::take(&mut sentence), letter == '?'));
            } else {
                sentence.push(letter);
            }
        }
        sentence.push(' ');
    }
    found.push((sentence, false));
    found
}

fn words(text: &str) -> Vec<String> {
    let folded = fold(&text.replace(['\u{2019}', '\u{2018}'], "'"));
    let folded =
        folded.replace("e-mail", "email").replace("n't", " not").replace("i'd", "i would").replace("we'd", "we would");
    let folded = folded.replace("i'm", "i am").replace("we're", "we are").replace("i've", "i have");
    folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(spelt).collect()
}

/// How words are written that people shorten.
fn spelt(word: &str) -> String {
    match word {
        "dont" => "do not".into(),
        "u" | "ya'll" => "you".into(),
        word => word.to_owned(),
    }
}

fn clauses(sentence: &str) -> Vec<Vec<String>> {
    let pieces = sentence
        .split([',', ';', ':', '(', ')', '\u{2014}', '\u{2013}', '*', '\u{a1}', '\u{bf}'])
        .flat_map(|piece| piece.split(" - "));
    let mut found = Vec::new();
    for piece in pieces {
        let all: Vec<String> =
            words(piece).iter().flat_map(|word| word.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
        let mut from = 0;
        for (at, word) in all.iter().enumerate() {
            if matches!(word.as_str(), "and" | "but" | "so" | "y" | "pero" | "und" | "aber" | "et") && at > from {
                found.push(all[from..at].to_vec());
                from = at + 1;
            }
        }
        found.push(all[from..].to_vec());
    }
    found.retain(|clause| !clause.is_empty());
    found
}

/// A question asks for it only if it asks us to do something.
fn is_wish(clause: &[String], is_question: bool) -> bool {
    let words: Vec<&str> = clause.iter().map(String::as_str).collect();
    let mut rest = &words[..];
    let mut asked = false;
    loop {
        if ASKS.iter().any(|pattern| matches(pattern, rest).is_some()) {
            return !is_question || asked;
        }
        let Some(length) =
            POLITE.iter().filter_map(|pattern| matches(pattern, rest)).filter(|length| *length > 0).max()
        else {
            return false;
        };
        asked |= !matches!(rest[0], "no" | "hi" | "hello" | "hey" | "so" | "and" | "but" | "then" | "now");
        rest = &rest[length..];
    }
}

/// How many words a pattern takes at the beginning of these.
fn matches(pattern: &str, words: &[&str]) -> Option<usize> {
    let items: Vec<&str> = pattern.split(' ').collect();
    take(&items, words, 0)
}

fn take(items: &[&str], words: &[&str], at: usize) -> Option<usize> {
    let Some((item, rest)) = items.split_first() else { return Some(at) };
    if *item == "~" {
        return (0..=3).filter(|gap| at + gap <= words.len()).find_map(|gap| take(rest, words, at + gap));
    }
    let (item, may_miss) = item.strip_suffix('?').map_or((*item, false), |item| (item, true));
    let fits = item.split('|').any(|word| if word == "$" { at >= words.len() } else { words.get(at) == Some(&word) });
    let end = at >= words.len();
    if fits && let Some(taken) = take(rest, words, if end { at } else { at + 1 }) {
        return Some(taken);
    }
    may_miss.then(|| take(rest, words, at)).flatten()
}
