//! Samples of our own, in the shapes of the usual clients, and laws.

use proptest::prelude::*;

use super::*;

const PITCH: &str = "Hi Mia,\n\nwe would pay $500 for one reel. You can unsubscribe at any time.\n\nGlow";

fn own(text: &str) -> String {
    Letter::of_text(text).own()
}

#[test]
fn what_introduces_a_quote_is_known_in_every_language() {
    for head in [
        "On Mon, 2 Mar 2026 at 09:00, Glow <no-reply@glow.example> wrote:",
        "On Mon, 2 Mar 2026 at 09:00, Glow Marketing and Friends of the House\n<no-reply@glow.example>\nwrote:",
        "On 2 Mar 2026, at 09:00, Glow wrote:",
        "El lun, 2 mar 2026 a las 9:00, Glow (<no-reply@glow.example>) escribió:",
        "El 02/03/2026 a las 9:00, Glow escribió:",
        "Em seg., 2 de mar. de 2026 às 09:00, Glow <no-reply@glow.example> escreveu:",
        "Le lun. 2 mars 2026 à 09:00, Glow <no-reply@glow.example> a écrit :",
        "Le 02/03/2026 09:00, Glow a écrit\u{a0}:",
        "Am Mo., 2. März 2026 um 09:00 Uhr schrieb Glow <no-reply@glow.example>:",
        "Am 02.03.2026 um 09:00 schrieb Glow:",
        "Il giorno lun 2 mar 2026 alle ore 09:00 Glow <no-reply@glow.example> ha scritto:",
        "Op ma 2 mrt 2026 om 09:00 schreef Glow <no-reply@glow.example>:",
        "Den mån 2 mars 2026 kl 09:00 skrev Glow <no-reply@glow.example>:",
        "man. 2. mar. 2026 kl. 09:00 skrev Glow <no-reply@glow.example>:",
        "pon., 2 mar 2026 o 09:00 Glow <no-reply@glow.example> napisał(a):",
        "пн, 2 мар. 2026 г. в 09:00, Glow <no-reply@glow.example> написал(а):",
        "2026年3月2日(月) 9:00 Glow <no-reply@glow.example>:",
        "-----Original Message-----\nFrom: Glow\nSent: Monday",
        "-----Ursprüngliche Nachricht-----",
        "----- Mensaje original -----",
        "----- Mensagem original -----",
        "-----Message d'origine-----",
        "-----Messaggio originale-----",
        "---------- Forwarded message ---------",
        "________________________________\nFrom: Glow <no-reply@glow.example>\nSent: Monday, March 2, 2026 9:00 AM\nTo: Mia <mia@example.com>\nSubject: Hello",
        "From: Glow <no-reply@glow.example>\nDate: Monday, 2 March 2026 at 09:00\nTo: Mia\nSubject: Hello",
        "De: Glow <no-reply@glow.example>\nEnviado: lunes, 2 de marzo de 2026 9:00\nPara: Mia\nAsunto: Hola",
        "De : Glow <no-reply@glow.example>\nEnvoyé : lundi 2 mars 2026 09:00\nÀ : Mia\nObjet : Bonjour",
        "De: Glow <no-reply@glow.example>\nEnviada em: segunda-feira, 2 de março de 2026 09:00\nPara: Mia\nAssunto: Oi",
        "Von: Glow <no-reply@glow.example>\nGesendet: Montag, 2. März 2026 09:00\nAn: Mia\nBetreff: Hallo",
        "*Von:* Glow <no-reply@glow.example>\n*Gesendet:* Montag, 2. März 2026 09:00\n*An:* Mia\n*Betreff:* Hallo",
        "Da: Glow <no-reply@glow.example>\nInviato: lunedì 2 marzo 2026 09:00\nA: Mia\nOggetto: Ciao",
        "Van: Glow <no-reply@glow.example>\nVerzonden: maandag 2 maart 2026 09:00\nAan: Mia\nOnderwerp: Hallo",
    ] {
        assert_eq!(own(&format!("Yes, 800 USD\n\n{head}\n\n{PITCH}\n")), "Yes, 800 USD", "{head}");
        let marked = format!("> {}\n", PITCH.lines().collect::<Vec<_>>().join("\n> "));
        if !head.contains(":\n") && !head.contains("Date:") {
            let bottom = own(&format!("{head}\n{marked}\nYes, 800 USD\n"));
            assert_eq!(bottom, "Yes, 800 USD", "answers below: {head}");
        }
    }
}

#[test]
fn answers_between_the_lines_are_own() {
    let text = "Hi,\n\nOn 2 Mar 2026, at 09:00, Glow wrote:\n> Would you make a reel?\n\nYes.\n\n> For $500?\n\n800 USD, please.\n\n> Glow\n-- \nMia\n";
    assert_eq!(own(text), "Hi,\n\nYes.\n\n800 USD, please.");
}

#[test]
fn own_words_that_look_like_heads_stay() {
    for text in [
        "On Monday I can do it.\nOn Tuesday I am away: sorry!",
        "My rates:\nFrom: $500\nTo: $900",
        "Note: I wrote to you: no answer.",
        "I saw what my friend wrote:\nbuy it!",
        "De: 500 a 900 EUR",
        "To do:\n- a reel\n- a story",
    ] {
        assert_eq!(own(text), text);
    }
}

#[test]
fn signatures_and_notices_are_no_words() {
    for below in [
        "-- \nMia Martinez\nCreator, $900 per reel",
        "Sent from my iPhone",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Envoyé de mon iPhone",
        "Von meinem iPhone gesendet",
        "Inviato da iPhone",
        "Best regards,\nMia Martinez\n+1 555 0100",
        "Mit freundlichen Grüßen\nMia",
        "Un saludo,\nMia",
        "This email and any attachments are confidential and intended solely for the addressee. If you received this in error, delete it. To unsubscribe from our mails, write to us.",
        "AVISO LEGAL: Este mensaje es confidencial. Si lo ha recibido por error, elimínelo.",
        "You received this message because you are subscribed to the group. To unsubscribe from it, write to x@y.example.",
    ] {
        assert_eq!(own(&format!("Yes, gladly!\n\n{below}\n")), "Yes, gladly!", "{below}");
    }
    let kept = "Sent from my desk, this is much easier.\nThanks for keeping this confidential.";
    assert_eq!(own(kept), kept);
}

#[test]
fn html_tells_what_is_quoted() {
    let pitch = "<p>we would pay $500</p><p>unsubscribe</p>";
    for quoted in [
        format!(
            "<div class=\"gmail_quote\"><div class=\"gmail_attr\">On Mon, Glow wrote:<br></div><blockquote class=\"gmail_quote\">{pitch}</blockquote></div>"
        ),
        format!(
            "<hr style=\"width:98%\"><div id=\"divRplyFwdMsg\"><b>From:</b> Glow<br><b>Sent:</b> Monday</div><div>{pitch}</div>"
        ),
        format!("<div id=\"appendonsend\"></div><div>{pitch}</div>"),
        format!(
            "<div style=\"border:none;border-top:solid #E1E1E1 1.0pt\"><p class=\"MsoNormal\"><b>Von:</b> Glow &lt;a@glow.example&gt;<br><b>Gesendet:</b> Montag, 2. M&auml;rz 2026<br><b>An:</b> Mia<br><b>Betreff:</b> Hallo</p></div>{pitch}"
        ),
        format!(
            "<div>On 2 Mar 2026, at 09:00, Glow &lt;a@glow.example&gt; wrote:</div><blockquote type=\"cite\">{pitch}</blockquote>"
        ),
        format!(
            "<div class=\"moz-cite-prefix\">Am 02.03.26 um 09:00 schrieb Glow:<br></div><blockquote type=\"cite\" cite=\"mid:x\">{pitch}</blockquote>"
        ),
        format!(
            "<div id=\"ydp1ab2yahoo_quoted_1234\" class=\"ydp1ab2yahoo_quoted\"><div>On Monday, Glow wrote:</div>{pitch}</div>"
        ),
        format!("<div class=\"x_gmail_quote\">{pitch}</div>"),
        format!("<div class=\"protonmail_quote\">{pitch}</div>"),
        format!("<div name=\"quote\">{pitch}</div>"),
    ] {
        let html = format!(
            "<html><head><style>p {{ color: red }}</style></head><body><div>Yes,<br>800&nbsp;USD</div><div class=\"gmail_signature\">Mia, $900</div>{quoted}</body></html>"
        );
        assert_eq!(Letter::of_html(&html).own(), "Yes,\n800 USD", "{html}");
    }
    let indented = "<div>Mine:</div><blockquote style=\"margin:0 0 0 40px;border:none;padding:0px\"><div>800 USD</div></blockquote>";
    assert_eq!(Letter::of_html(indented).own(), "Mine:\n800 USD");
    let below = format!("<blockquote type=\"cite\">{pitch}</blockquote><div>No, thanks</div>");
    assert_eq!(Letter::of_html(&below).own(), "No, thanks");
}

#[test]
fn what_we_sent_is_ours_however_it_comes_back() {
    let answer = "Yes, 800 USD\n\nHi Mia,\n\nwe would pay $500 for one reel. You can\nunsubscribe at any time.\n\nGlow";
    assert_eq!(Letter::of_text(answer).without_echo(PITCH).own(), "Yes, 800 USD");
    let agreed = "I would take $500 for one reel.";
    assert_eq!(Letter::of_text(agreed).without_echo(PITCH).own(), agreed, "a few words alike are no quote");
}

#[test]
fn an_opt_out_asks_for_it() {
    for text in [
        "No more emails please.",
        "Please remove me from your list.",
        "unsubscribe",
        "UNSUBSCRIBE ME",
        "Stop emailing me!",
        "stop",
        "Please stop.",
        "Don't email me again.",
        "Please don't contact me anymore",
        "Take me off your mailing list, thanks",
        "Could you please take me off your list?",
        "I'd like to unsubscribe.",
        "I want to opt out",
        "We do not want to receive any more of these",
        "Leave me alone.",
        "Thanks, but please delete my email from your database",
        "I no longer wish to receive your emails",
        "Never contact me again",
        "Hi Anna,\n\nkindly unsubscribe me from this list.\n\nMia",
        "Not interested, and please do not write to me again.",
        "No me escribáis más.",
        "Por favor, no me envíen más correos",
        "Quiero darme de baja",
        "Dame de baja por favor",
        "Elimíname de la lista",
        "No quiero recibir más correos",
        "BAJA",
        "Por favor, remova meu e-mail da lista",
        "Não quero mais receber e-mails",
        "Pare de me enviar e-mails",
        "Désabonnez-moi, merci",
        "Merci de ne plus m'écrire",
        "Ne me contactez plus",
        "Je ne souhaite plus recevoir vos mails",
        "Bitte keine weiteren E-Mails.",
        "Bitte tragen Sie mich aus",
        "Nehmen Sie mich aus dem Verteiler",
        "Ich möchte keine E-Mails mehr",
        "Schreiben Sie mir nicht mehr",
        "Cancellatemi dalla lista",
        "Non scrivetemi più",
        "Non voglio più ricevere email",
    ] {
        assert!(wants_no_more(text), "{text}");
    }
    for text in [
        "",
        "Yes, 800 USD",
        "I can tell them why they shouldn't unsubscribe.",
        "My subscribers never unsubscribe.",
        "Do people unsubscribe often?",
        "Please don't unsubscribe me!",
        "How do I unsubscribe from YouTube?",
        "I get no more emails from my old agency.",
        "Don't email me the contract, use the portal.",
        "Don't contact me before Monday.",
        "Please stop by our studio!",
        "I can't stop writing about skincare.",
        "Don't stop sending me samples!",
        "Remove me from the CC, please, but keep me on the campaign.",
        "He said \"stop emailing me\" and I laughed.",
        "If followers unsubscribe, I will tell you.",
        "Stop! That is amazing.",
        "No more than two emails a week is what I promise my list.",
        "Do not send me the product yet.",
        "I'd opt out of the usage rights clause.",
        "No me escribas por WhatsApp, mejor por aquí",
        "¿Por qué se dan de baja mis seguidores?",
        "Nicht vergessen: Abmeldung beim Finanzamt",
    ] {
        assert!(!wants_no_more(text), "{text}");
    }
}

#[test]
fn a_word_is_an_answer() {
    for (text, said) in [
        ("Yes, 800 USD", Some(true)),
        ("Hi Anna,\n\nSure! When?", Some(true)),
        ("Sí, me interesa", Some(true)),
        ("Ja, gerne", Some(true)),
        ("No.", Some(false)),
        ("No, thank you", Some(false)),
        ("No problem, send it over", None),
        ("Non, merci", Some(false)),
        ("What is the budget?", None),
        ("", None),
    ] {
        assert_eq!(answer(text), said, "{text}");
    }
}

#[test]
fn long_mails_take_no_longer_than_they_are_long() {
    let began = std::time::Instant::now();
    for text in [
        "On ".repeat(300_000),
        "> ".repeat(400_000),
        "<div>".repeat(200_000),
        "On 2026 a@b wrote\n".repeat(50_000),
        "From: a\n".repeat(100_000),
        "</b>".repeat(200_000),
        "a@b.example ".repeat(60_000),
    ] {
        let letter = Letter::of(Some(&text), Some(&text)).without_echo(&text);
        wants_no_more(&letter.own());
    }
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

proptest! {
    #[test]
    fn every_line_is_somebodys(text in "\\PC{0,300}", html in "(<[a-z]{1,10}( class=\"[a-z_]{1,12}\")?>|</[a-z]{1,10}>|&[a-z]{2,5};|[a-z ]{1,9}|\n){0,60}") {
        let letter = Letter::of_text(&text);
        let count = text.replace("\r\n", "\n").replace('\r', "\n").split('\n').count();
        prop_assert!(letter.lines().len() >= count);
        let _ = Letter::of(Some(&text), Some(&html)).without_echo(&text);
    }

    #[test]
    fn marked_quotes_say_nothing(own_words in "[a-z]{3,8}( [a-z]{3,8}){0,6}", quoted in "[a-zA-Z0-9$.,: ]{1,60}") {
        let text = format!("{own_words}\n\nOn Mon, 2 Mar 2026 at 09:00, Glow <a@b.example> wrote:\n> {quoted}\n");
        prop_assert_eq!(own(&text), own_words);
    }

    #[test]
    fn nothing_of_a_quote_asks_for_anything(quoted in prop::sample::select(vec!["please unsubscribe me", "stop emailing me", "no more emails", "remove me from your list"])) {
        let text = format!("Yes, 800 USD\n\nVon: Glow <a@b.example>\nGesendet: Montag\nAn: Mia\nBetreff: x\n\n{quoted}\n");
        prop_assert!(!wants_no_more(&own(&text)));
        prop_assert!(wants_no_more(quoted));
    }
}
