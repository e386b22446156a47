//! Mails as they come, and laws.

use proptest::prelude::*;

use super::*;

fn read(raw: &str) -> Incoming {
    parse(raw.replace('\n', "\r\n").as_bytes()).unwrap()
}

fn report(action: &str, status: &str, said: &str, original: &str) -> String {
    format!(
        "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nTo: no-reply@glow.example\nSubject: Undelivered Mail Returned to Sender\n\
         Message-ID: <bounce-1@mx.example.net>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\n\n\
         --b1\nContent-Type: text/plain\n\nThis is the mail system.\n\n--b1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n\
         Final-Recipient: rfc822; mia@example.com\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {said}\n\n--b1\n{original}\n--b1--\n"
    )
}

const HEAD: &str = "Content-Type: text/rfc822-headers\n\nFrom: no-reply@glow.example\nTo: mia@example.com\nMessage-ID: <m1@influencerflow>\n";

fn failure(mail: &Incoming) -> &Failure {
    let What::Bounce(failures) = &mail.what else { panic!("it is {:?}", mail.what) };
    &failures[0]
}

#[test]
fn a_reply_names_its_thread() {
    let mail = read(
        "From: Mia <mia@example.com>\nTo: Glow <replies+abc@in.glow.example>\nSubject: Re: Hello\nMessage-ID: <r1@mail.example.com>\n\
        In-Reply-To: <m1@influencerflow>\nReferences: <m0@influencerflow>\n <m1@influen\n cerflow>\n\nYes, gladly!\n",
    );
    assert_eq!(mail.message_id, "<r1@mail.example.com>");
    assert_eq!(mail.answers, ["<m1@influencerflow>", "<m1@influencerflow>", "<m0@influencerflow>"]);
    assert_eq!((mail.from.as_deref(), &mail.what), (Some("mia@example.com"), &What::Reply));
    assert_eq!(
        (mail.text.as_deref().map(str::trim), mail.to),
        (Some("Yes, gladly!"), vec!["replies+abc@in.glow.example".to_owned()])
    );
}

#[test]
fn a_mail_without_an_id_is_known_again() {
    let raw = "From: mia@example.com\nSubject: x\n\nno id\n";
    assert_eq!(read(raw).message_id, read(raw).message_id);
    assert_ne!(read(raw).message_id, read("From: mia@example.com\nSubject: y\n\nno id\n").message_id);
    assert!(parse(b"no mail").is_err());
}

#[test]
fn only_an_address_that_is_not_there_is_gone() {
    for (status, said, gone) in [
        ("5.1.1", "550 5.1.1 <mia@example.com>: User unknown", true),
        ("5.1.2", "550 host unknown", true),
        ("5.0.0", "550 <mia@example.com>: No such user here", true),
        ("5.2.0", "550 Unknown user, said a filter after the whole mail", false),
        ("5.7.1", "550 5.7.1 recipient rejected by policy", false),
        ("5.2.2", "552 5.2.2 mailbox full", false),
        ("5.1.1", "550 5.1.1 mailbox full, over quota", false),
        ("5.7.26", "550 5.7.26 This mail is unauthenticated: SPF, DKIM and DMARC failed", false),
        ("5.7.1", "554 5.7.1 relay access denied", false),
        ("5.7.606", "550 5.7.606 access denied, banned sending IP", false),
        ("4.2.2", "452 4.2.2 over quota", false),
        ("4.1.1", "450 4.1.1 unverified address: user unknown", false),
    ] {
        let mail = read(&report("failed", status, said, HEAD));
        let found = failure(&mail);
        assert_eq!((found.address.as_deref(), found.gone), (Some("mia@example.com"), gone), "{status} {said}");
        assert_eq!(mail.answers, ["<m1@influencerflow>"], "{status}");
    }
    let late = read(&report("delayed", "5.1.1", "450 user unknown", HEAD));
    assert!(failure(&late).delayed && !failure(&late).gone);
    for action in ["delivered", "relayed", "expanded"] {
        assert_eq!(read(&report(action, "2.0.0", "250 ok", HEAD)).what, What::Receipt, "{action}");
    }
}

#[test]
fn servers_write_reports_as_they_please() {
    for (head, text, address, gone) in [
        (
            "From: MAILER-DAEMON@qmail.example\nSubject: failure notice\n",
            "Hi. This is the qmail-send program at qmail.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<mia@example.com>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <no-reply@glow.example>\nTo: mia@example.com\n",
            "mia@example.com",
            true,
        ),
        (
            "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nX-Failed-Recipients: mia@example.com\nSubject: Delivery Status Notification (Failure)\n",
            "Your message wasn't delivered to mia@example.com because the recipient's mailbox is full.\n",
            "mia@example.com",
            false,
        ),
        (
            "From: Mail Delivery System <Mailer-Daemon@exim.example>\nSubject: Mail delivery failed: returning message to sender\n",
            "A message that you sent could not be delivered to one or more of its recipients.\nThe following address(es) failed:\n\n  mia@example.com\n    Unrouteable address\n\n------ This is a copy of the message, including all the headers. ------\n\nTo: mia@example.com\n",
            "mia@example.com",
            true,
        ),
    ] {
        let mail = read(&format!("{head}To: no-reply@glow.example\nMessage-ID: <b@x>\n\n{text}"));
        let found = failure(&mail);
        assert_eq!((found.address.as_deref(), found.gone), (Some(address), gone), "{head}");
    }
}

#[test]
fn machines_are_never_people() {
    for head in [
        "Auto-Submitted: auto-replied (vacation)",
        "Auto-Submitted: auto-generated",
        "X-Autoreply: yes",
        "X-Autorespond: Away",
        "Precedence: auto_reply",
        "Precedence: bulk",
        "Precedence: junk",
        "X-Auto-Response-Suppress: All",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "X-Autogenerated: Reply",
        "List-Id: <friends.example.com>",
        "Return-Path: <>",
        "X-POST-MessageClass: 9; Autoresponder",
        "Subject: Automatic reply: Hello",
        "Subject: Out of Office: Hello",
        "Subject: Abwesenheitsnotiz",
        "Subject: Réponse automatique : Bonjour",
        "Subject: Respuesta automática: Hola",
        "Subject: Resposta automática: Oi",
        "Subject: Risposta automatica: Ciao",
        "Subject: Fuera de la oficina",
        "Subject: =?utf-8?q?R=C3=A9ponse_automatique?=",
    ] {
        let mail = read(&format!(
            "From: mia@example.com\nMessage-ID: <1@b>\nIn-Reply-To: <m1@influencerflow>\n{head}\n\nI am away. Yes, 800 USD.\n"
        ));
        assert_eq!(mail.what, What::AutoReply, "{head}");
    }
    for from in ["MAILER-DAEMON@x.example", "postmaster@x.example", "no-reply@x.example", "donotreply@x.example"] {
        assert_eq!(
            read(&format!("From: {from}\nMessage-ID: <1@b>\nSubject: Re: Hello\n\nYes!\n")).what,
            What::AutoReply,
            "{from}"
        );
    }
    for head in [
        "Auto-Submitted: no",
        "X-Autoreply: no",
        "Subject: Re: Out of office essentials",
        "Return-Path: <mia@example.com>",
        "Precedence: normal",
    ] {
        assert_eq!(
            read(&format!("From: mia@example.com\nMessage-ID: <1@b>\n{head}\n\nYes!\n")).what,
            What::Reply,
            "{head}"
        );
    }
}

#[test]
fn receipts_and_complaints_are_told_apart() {
    let parted = |kind: &str, part: &str| {
        format!(
            "From: x@isp.example\nTo: us@glow.example\nSubject: FW: Hello\nMessage-ID: <c@isp>\nContent-Type: multipart/report; report-type={kind}; boundary=b\n\n--b\nContent-Type: text/plain\n\nA report.\n\n--b\n{part}\n--b\nContent-Type: message/rfc822\n\nFrom: us@glow.example\nTo: mia@example.com\nMessage-ID: <m1@influencerflow>\nSubject: Hello\n\nHi\n\n--b--\n"
        )
    };
    let read_it = parted(
        "disposition-notification",
        "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; mia@example.com\nDisposition: manual-action/MDN-sent-manually; displayed\n",
    );
    assert_eq!(read(&read_it).what, What::Receipt);
    for (kind, is) in [
        ("abuse", true),
        ("fraud", true),
        ("opt-out", true),
        ("not-spam", false),
        ("auth-failure", false),
        ("virus", false),
    ] {
        let mail = read(&parted(
            "feedback-report",
            &format!("Content-Type: message/feedback-report\n\nFeedback-Type: {kind}\nUser-Agent: x/1\nVersion: 1\n"),
        ));
        let wanted = if is { What::Complaint(Some("mia@example.com".into())) } else { What::Report };
        assert_eq!((mail.what, mail.answers), (wanted, vec!["<m1@influencerflow>".to_owned()]), "{kind}");
    }
}

#[test]
fn a_domain_has_two_spellings() {
    assert_eq!(to_ascii("Mia@Bücher.example"), "Mia@xn--bcher-kva.example");
    assert_eq!(key("MIA@BÜCHER.example"), key("mia@xn--bcher-kva.example"));
    assert_eq!(spellings("mia@xn--bcher-kva.example"), spellings("Mia@bücher.example"));
    assert_eq!(spellings("mia@example.com"), ["mia@example.com"]);
    assert_eq!((bare("Mia <mia@example.com>").as_str(), bare("nobody").as_str()), ("mia@example.com", "nobody"));
}

proptest! {
    #[test]
    fn no_mail_is_too_much(raw in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = parse(&raw);
    }

    #[test]
    fn no_report_is_too_much(status in "\\PC{0,12}", action in "\\PC{0,12}", said in "\\PC{0,60}", original in "\\PC{0,200}") {
        let _ = parse(report(&action, &status, &said, &original).as_bytes());
    }

    #[test]
    fn nothing_from_a_mail_server_is_a_reply(local in prop::sample::select(vec!["MAILER-DAEMON", "postmaster", "Mailer-Daemon"]), subject in "[ -~]{0,40}", text in "[ -~\\n]{0,200}") {
        let mail = read(&format!("From: <{local}@x.example>\nSubject: x{subject}\nMessage-ID: <1@b>\n\n{text}\n"));
        prop_assert!(mail.what != What::Reply);
    }

    #[test]
    fn no_text_keeps_what_storage_refuses(subject in "\\PC{0,40}") {
        let cleaned = clean(&format!("{subject}\0\u{202e}"));
        let is_clean = !cleaned.contains(['\0', '\u{202e}']);
        prop_assert!(is_clean);
    }
}
