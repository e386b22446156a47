//! What companies, scanners and mailing lists add to a mail.

use super::{Part, Raw};

/// What companies, scanners and mailing lists add: a paragraph each.
pub(super) fn mark(lines: &[Raw], parts: &mut [Part], is_first: bool) {
    let mut at = 0;
    let mut own = 0;
    while at < lines.len() {
        if lines[at].is_blank() || parts[at] != Part::Own {
            at += 1;
            continue;
        }
        let end = at
            + lines[at..]
                .iter()
                .zip(&parts[at..])
                .take_while(|(line, part)| !line.is_blank() && **part == Part::Own)
                .count();
        // Only so much of it: what is longer and no notice by then is none.
        let paragraph: Vec<&str> = lines[at..end].iter().take(12).map(|line| line.folded.as_str()).collect();
        let paragraph = paragraph.join(" ");
        let begins = paragraph.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        if is_list_footer(begins) && (own > 0 || !is_first || end < lines.len()) {
            parts[at..].iter_mut().filter(|part| **part == Part::Own).for_each(|part| *part = Part::Notice);
            return;
        }
        if is_notice(begins, own > 0) {
            parts[at..end].fill(Part::Notice);
        } else {
            own += 1;
        }
        at = end;
    }
}

/// The footer of a mailing list, and what is below it.
fn is_list_footer(text: &str) -> bool {
    const HEADS: &[&str] = &[
        "you received this message because you are subscribed",
        "you are receiving this because you",
        "you received this email because",
        "to unsubscribe from this group",
        "to unsubscribe from this list",
        "reply to this email directly or view it on github",
        "has recibido este mensaje porque",
        "recibiste este mensaje porque",
        "sie erhalten diese nachricht, weil",
        "sie haben diese nachricht erhalten, weil",
        "vous recevez ce message, car",
        "vous recevez ce message car",
        "hai ricevuto questo messaggio perche",
        "voce recebeu esta mensagem porque",
    ];
    HEADS.iter().any(|head| text.starts_with(head))
        || (text.contains("mailing list") && text.contains("http") && text.len() < 400)
        || (text.contains("mailing list") && text.contains('@') && text.len() < 200 && !text.contains('?'))
}

#[expect(clippy::too_many_lines, reason = "a list of what such notices say")]
fn is_notice(text: &str, below: bool) -> bool {
    const HEADS: &[&str] = &[
        "confidentiality notice",
        "confidentiality:",
        "confidential:",
        "disclaimer",
        "legal notice",
        "legal disclaimer",
        "privacy notice",
        "notice:",
        "this email and any",
        "this e-mail and any",
        "this message and any",
        "this communication and any",
        "this email is confidential",
        "this message is confidential",
        "this e-mail is confidential",
        "this email may contain",
        "this e-mail may contain",
        "this message may contain",
        "this email contains confidential",
        "this message contains confidential",
        "the information contained in this",
        "the information in this e",
        "the contents of this e",
        "if you are not the intended",
        "if you have received this",
        "this message is intended",
        "this email is intended",
        "this e-mail is intended",
        "please consider the environment",
        "consider the environment",
        "think before you print",
        "virus-free",
        "this email has been checked for viruses",
        "this email has been scanned",
        "caution: this email originated",
        "caution: external",
        "external email",
        "external:",
        "[external",
        "warning: this email originated",
        "you don't often get email from",
        "some people who received this message don't often get email",
        "aviso legal",
        "aviso de confidencialidad",
        "confidencialidad",
        "este mensaje y",
        "este mensaje contiene",
        "este mensaje puede contener",
        "este mensaje se dirige",
        "este correo electronico",
        "este correo y",
        "este e-mail",
        "la informacion contenida",
        "antes de imprimir",
        "libre de virus",
        "este email foi",
        "aviso de confidencialidade",
        "esta mensagem",
        "as informacoes contidas",
        "antes de imprimir",
        "livre de virus",
        "ce message et",
        "ce message est",
        "ce courriel",
        "ce mail et",
        "cet e-mail",
        "avis de confidentialite",
        "les informations contenues",
        "avant d'imprimer",
        "pensez a l'environnement",
        "sans virus",
        "garanti sans virus",
        "diese e-mail enthalt",
        "diese e-mail kann",
        "diese mail enthalt",
        "diese nachricht enthalt",
        "diese nachricht ist",
        "der inhalt dieser",
        "wichtiger hinweis",
        "haftungsausschluss",
        "vertraulichkeitshinweis",
        "bitte denken sie an die umwelt",
        "bitte prufen sie",
        "virenfrei",
        "questo messaggio",
        "questa e-mail",
        "questa email",
        "le informazioni contenute",
        "avviso di riservatezza",
        "ai sensi del",
        "prima di stampare",
        "privo di virus",
        "dit bericht",
        "deze e-mail",
        "de informatie in dit",
        "denk aan het milieu",
        "virusvrij",
    ];
    const SIGNS: &[&str] = &[
        "confidential",
        "intended recipient",
        "intended solely",
        "intended only",
        "privileged",
        "unauthorized",
        "unauthorised",
        "disclosure",
        "received this",
        "in error",
        "delete",
        "originated from outside",
        "external sender",
        "click links",
        "environment",
        "printing",
        "print this",
        "virus",
        "viruses",
        "avast",
        "learn why this is important",
        "confidencial",
        "destinatario",
        "privilegiada",
        "no autorizad",
        "por error",
        "eliminar",
        "imprimir",
        "medio ambiente",
        "destinatario",
        "por engano",
        "apague",
        "confidentiel",
        "destinataire",
        "erreur",
        "detruire",
        "supprimer",
        "imprimer",
        "vertraulich",
        "empfanger",
        "irrtumlich",
        "loschen",
        "vernichten",
        "umwelt",
        "ausdrucken",
        "riservat",
        "destinatari",
        "errore",
        "cancellar",
        "stampare",
        "privacy",
        "vertrouwelijk",
        "geadresseerde",
        "abusievelijk",
        "verwijder",
        "afdruk",
        "liability",
    ];
    let signs = SIGNS.iter().filter(|sign| text.contains(**sign)).count();
    let headed = HEADS.iter().any(|head| text.starts_with(head.trim_start_matches('[')));
    // Their own sentence about a secret has one such word, or stands above all else without the usual beginning.
    (headed && signs >= 1 && text.len() > 20) || (below && signs >= 4 && text.len() > 200)
}
