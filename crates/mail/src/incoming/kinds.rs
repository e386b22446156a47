//! The kinds of reports, made up: every way in which servers list receivers, beside everything that they say of one.

use proptest::prelude::*;

use super::*;

/// What is said of a receiver, and whether it is for good. `{}` is the receiver.
const SAID: &[(&str, bool)] = &[
    ("550 5.1.1 <{}>... User unknown", true),
    ("550 5.1.1 The email account that you tried to reach does not exist.", true),
    ("550 <{}>: Recipient address rejected: User unknown in local recipient table (in reply to RCPT TO command)", true),
    ("550 Unknown user {}", true),
    ("553 5.1.2 Domain not found", true),
    ("550 5.4.1 Recipient address rejected: Access denied", true),
    ("552 5.2.2 <{}>... Mailbox full", false),
    ("550 5.1.1 over quota: mailbox is full", false),
    ("550 5.7.1 Message rejected by policy", false),
    ("550 5.7.26 This mail is unauthenticated: SPF and DKIM did not pass", false),
    ("554 5.7.1 Service unavailable; client host blocked using Spamhaus", false),
    ("550 Unknown user {} (in reply to end of DATA command)", false),
    ("550 5.2.1 mailbox disabled, not accepting messages", false),
    ("451 4.7.1 Greylisted, please try again later", false),
    ("552 5.3.4 Message size exceeds fixed limit", false),
    ("554 5.7.1 relay access denied", false),
];

/// How a report lists a receiver; `{to}` and `{said}` are put in.
const LISTS: &[(&str, &str, &str)] = &[
    (
        "qmail",
        "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n",
        "<{to}>:\n192.0.2.1 does not like it.\nRemote host said: {said}\nGiving up on 192.0.2.1.\n\n",
    ),
    (
        "exim",
        "A message that you sent could not be delivered to one or more of its recipients. The following address(es) failed:\n\n",
        "  {to}\n    host mx.example.org [192.0.2.1]:\n    {said}\n",
    ),
    (
        "GMX",
        "A message that you sent could not be delivered to one or more of its recipients. The following address failed:\n\n",
        "\"{to}\":\nhost: mx.example.org\n{said}\n",
    ),
    (
        "OpenSMTPD",
        "An error has occurred while attempting to deliver a message for the following list of recipients:\n\n",
        "{to}: {said}\n",
    ),
    (
        "Zoho",
        "A message that you sent could not be delivered to one or more of its recipients.\n\n",
        "{to} Invalid receiver, {said}\n",
    ),
    (
        "Sendmail",
        "   ----- The following addresses had permanent fatal errors -----\n",
        "<{to}>\n    (reason: {said})\n",
    ),
    (
        "Courier",
        "Your message to the following recipients cannot be delivered:\n\n",
        "<{to}>:\n    mx.example.org [192.0.2.1]:\n<<< {said}\n\n",
    ),
    (
        "Exchange",
        "Your message did not reach the following recipient(s):\n\n",
        "{to} on Thu, 29 Apr 2027 16:51:51 -0500\n    {said}\n",
    ),
    (
        "Messaging Server",
        "Your message cannot be delivered to the following recipients:\n\n",
        "  Recipient address: {to}\n  Reason: Remote SMTP server has rejected it\n  Diagnostic code: smtp; {said}\n\n",
    ),
    ("KDDI", "Your mail could not be sent.\n\n", "     Could not be delivered to: <{to}>\n     {said}\n"),
];

fn prose(server: usize, receivers: &[(String, &str)]) -> String {
    let (_, head, each) = LISTS[server];
    let all: String =
        receivers.iter().map(|(to, said)| each.replace("{said}", said).replace("{}", to).replace("{to}", to)).collect();
    format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: brand@glow.example\nSubject: Undelivered mail returned\nMessage-ID: <b1@mx.example.net>\n\n{head}{all}\n--- Below this line is a copy of the message.\n\nFrom: brand@glow.example\nSubject: Hello\n\nHi!\n"
    )
}

fn failures(raw: &str) -> Vec<Failure> {
    match parse(raw.as_bytes()).unwrap().what {
        What::Bounce(failures) => failures,
        other => panic!("it is {other:?}: {raw}"),
    }
}

fn told(failures: &[Failure]) -> Vec<(String, bool)> {
    failures.iter().map(|failure| (failure.address.clone().unwrap_or_default(), failure.gone)).collect()
}

/// Two receivers that differ.
fn receivers() -> impl Strategy<Value = [String; 2]> {
    ("[a-z][a-z0-9._-]{0,10}[a-z0-9]", "[a-z]{2,10}")
        .prop_map(|(name, place)| [format!("{name}@{place}.example"), format!("x{name}@{place}.example.jp")])
}

#[test]
fn what_servers_say_of_one() {
    for (server, (name, ..)) in LISTS.iter().enumerate() {
        for (said, gone) in SAID {
            let to = "mia.sol@example.com".to_owned();
            let found = failures(&prose(server, &[(to.clone(), said)]));
            assert_eq!(told(&found), [(to, *gone)], "{name}: {said}");
        }
    }
}

proptest! {
    #[test]
    fn each_of_several_has_an_own_fate(server in 0..LISTS.len(), to in receivers(), one in 0..SAID.len(), other in 0..SAID.len()) {
        let [first, second] = to;
        let given = [(first.clone(), SAID[one].0), (second.clone(), SAID[other].0)];
        let found = failures(&prose(server, &given));
        prop_assert_eq!(told(&found), vec![(first, SAID[one].1), (second, SAID[other].1)], "{}", LISTS[server].0);
    }

    #[test]
    fn line_ends_mean_nothing(server in 0..LISTS.len(), to in receivers(), said in 0..SAID.len()) {
        let raw = prose(server, &[(to[0].clone(), SAID[said].0)]);
        let what = |end: &str| parse(raw.replace('\n', end).as_bytes()).unwrap().what;
        prop_assert_eq!(what("\r\n"), what("\n"));
        prop_assert_eq!(what("\r"), what("\n"));
    }

    #[test]
    fn fields_come_in_any_order(
        order in Just(["Final-Recipient: rfc822; {}", "Original-Recipient: rfc822;{}", "Action: failed", "Status: {s}", "Diagnostic-Code: smtp; {d}", "Remote-MTA: dns; mx.example.org"]).prop_shuffle(),
        apart in any::<bool>(),
        to in receivers(),
        lower in any::<bool>(),
    ) {
        let group = |to: &str, status: &str, said: &str| {
            let lines = order.map(|line| {
                let line = if lower { line.to_ascii_lowercase() } else { line.to_owned() };
                line.replace("{s}", status).replace("{d}", said).replace("{}", to)
            });
            lines.join("\n")
        };
        let groups = [
            group(&to[0], "5.1.1", "550 5.1.1 no such user"),
            group(&to[1], "5.2.2", "552 5.2.2 mailbox full"),
        ];
        let raw = format!(
            "From: MAILER-DAEMON@mx.example.net\nTo: brand@glow.example\nSubject: Report\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"=_part_1\"\n\n\
             --=_part_1\nContent-Type: text/plain\n\nA report.\n\n--=_part_1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n{}\n\n--=_part_1--\n",
            groups.join(if apart { "\n\n" } else { "\n" })
        );
        prop_assert_eq!(told(&failures(&raw)), vec![(to[0].clone(), true), (to[1].clone(), false)]);
    }
}

fn notice(body: &str) -> Incoming {
    let raw = format!(
        "From: Notices <no-reply@sns.amazonaws.com>\nTo: brand@glow.example\nSubject: AWS Notification Message\nMessage-ID: <n1@amazonses.com>\nx-amz-sns-message-id: 1\nContent-Type: text/plain; charset=UTF-8\n\n{body}\n\n--\nIf you wish to stop receiving notifications from this topic, please visit the link below to unsubscribe:\nhttps://sns.example/x\n"
    );
    parse(raw.as_bytes()).unwrap()
}

#[test]
fn notices_of_amazon_ses() {
    let mail = r#""mail":{"messageId":"0100-ses","source":"brand@glow.example","destination":["mia@example.com"],"headers":[{"name":"Message-ID","value":"<m1@influencerflow>"}]}"#;
    let bounce = |kind: &str, receiver: &str| {
        format!(
            r#"{{"notificationType":"Bounce","bounce":{{"bounceType":"{kind}","bounceSubType":"General","bouncedRecipients":[{{"emailAddress":"mia@example.com"{receiver}}}]}},{mail}}}"#
        )
    };
    for (kind, receiver, gone) in [
        ("Permanent", r#","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown""#, true),
        ("Permanent", "", true),
        ("Permanent", r#","status":"5.7.1","diagnosticCode":"smtp; 550 5.7.1 rejected by policy""#, false),
        ("Transient", r#","status":"5.2.2","diagnosticCode":"smtp; 552 5.2.2 mailbox full""#, false),
        ("Undetermined", "", false),
    ] {
        let plain = bounce(kind, receiver);
        let wrapped = serde_json::json!({"Type": "Notification", "Message": plain}).to_string();
        let event = plain.replace("notificationType", "eventType");
        // Relays break lines of a thousand letters.
        let broken = plain.replacen(r#","source""#, "!\n ,\"source\"", 1);
        for body in [plain, wrapped, event, broken] {
            let read = notice(&body);
            let What::Bounce(found) = &read.what else { panic!("{:?}: {body}", read.what) };
            assert_eq!(told(found), [("mia@example.com".to_owned(), gone)], "{body}");
            assert!(read.answers.contains(&"<m1@influencerflow>".to_owned()), "{body}");
        }
    }
    let of = |body: &str| notice(&format!("{{{body},{mail}}}")).what;
    assert_eq!(
        of(
            r#""notificationType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"mia@example.com"}],"complaintFeedbackType":"abuse"}"#
        ),
        What::Complaint(Some("mia@example.com".into()))
    );
    assert_eq!(of(r#""notificationType":"Complaint","complaint":{"complaintFeedbackType":"not-spam"}"#), What::Report);
    assert_eq!(of(r#""notificationType":"Delivery","delivery":{}"#), What::Receipt);
    let delay = notice(
        r#"{"eventType":"DeliveryDelay","deliveryDelay":{"delayedRecipients":[{"emailAddress":"mia@example.com","status":"4.4.1"}]}}"#,
    );
    assert!(matches!(&delay.what, What::Bounce(found) if found[0].delayed && !found[0].gone), "{delay:?}");
    // Somebody may paste one.
    let pasted = parse(
        format!("From: Mia <mia@example.com>\nSubject: Re: Hello\nMessage-ID: <r1@x>\n\n{}\n", bounce("Permanent", ""))
            .as_bytes(),
    )
    .unwrap();
    assert_eq!(pasted.what, What::Reply);
}

#[test]
fn reports_of_other_houses() {
    let japanese = |text: &str| {
        let (bytes, _, _) = encoding_rs::ISO_2022_JP.encode(text);
        bytes.into_owned()
    };
    let mut notes = b"From: postmaster@n.example.co.jp\nTo: brand@glow.example\nSubject: Undeliverable message\nMessage-ID: <1@n>\nContent-Type: text/plain; charset=ISO-2022-JP\n\n------- Failure Reasons  --------\n\n".to_vec();
    notes.extend(japanese("\u{30c7}\u{30a3}\u{30ec}\u{30af}\u{30c8}\u{30ea}\u{306e}\u{30ea}\u{30b9}\u{30c8}\u{306b}\u{3042}\u{308a}\u{307e}\u{305b}\u{3093}\nmia@u1.example.co.jp\n\n------- Returned Message --------\n"));
    let What::Bounce(found) = parse(&notes).unwrap().what else { panic!() };
    assert_eq!(told(&found), [("mia@u1.example.co.jp".to_owned(), true)]);
    let mut kddi = b"From: no-reply@x0.example.ne.jp\nTo: brand@glow.example\nSubject: Mail\nMessage-ID: <2@k>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=ISO-2022-JP\n\n".to_vec();
    kddi.extend(japanese("\u{30e1}\u{30fc}\u{30eb}\u{30dc}\u{30c3}\u{30af}\u{30b9}\u{304c}\u{4e00}\u{676f}\u{306e}\u{305f}\u{3081}\u{3001}\u{9001}\u{4fe1}\u{3067}\u{304d}\u{307e}\u{305b}\u{3093}\u{3067}\u{3057}\u{305f}\u{3002}\n\nCould not be delivered to: <mia@x0.example.ne.jp>\n\n"));
    kddi.extend(b"--b\nContent-Type: message/rfc822\n\nFrom: brand@glow.example\nTo: mia@ezweb.example.jp\nMessage-ID: <m1@influencerflow>\n\nHi\n--b--\n");
    let read = parse(&kddi).unwrap();
    let What::Bounce(found) = &read.what else { panic!("{:?}", read.what) };
    assert_eq!(
        (told(found), read.answers),
        (vec![("mia@x0.example.ne.jp".to_owned(), false)], vec!["<m1@influencerflow>".to_owned()])
    );

    for (name, raw, address, gone) in [
        (
            "a list",
            "From: talk-admin@lists.example\nTo: brand@glow.example\nSubject: You brand@glow.example are not member (talk ML)\nX-MLServer: fml [fml 4.0.3]\n\nYou are not a member of this mailing list <talk@lists.example>.\n",
            "talk@lists.example",
            false,
        ),
        (
            "errors of a session",
            "From: MAILER-DAEMON@mx.example.net\nTo: postmaster@mx.example.net\nSubject: Postfix SMTP server: errors from localhost\n\nTranscript of session follows.\n\n Out: 220 mx.example.net\n In:  MAIL FROM:<brand@glow.example>\n Out: 250 2.1.0 Ok\n In:  RCPT TO:<mia@example.com>\n Out: 250 2.1.5 Ok\n In:  DATA\n Out: 451 4.3.0 Error: queue file write error\n",
            "mia@example.com",
            false,
        ),
        (
            "a boundary that begins a line",
            "From: post_master@vtext.example\nTo: brand@glow.example\nSubject: Re:Hello\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"a\"\n\n--a\nContent-Type: multipart/alternative;\nboundary=\"b\"\n\n--b\nContent-Type: text/plain\n\nError: Invalid user address\n\n550 - Requested action not taken: no such user here\n\n  MAIL FROM: brand@glow.example\n  RCPT TO: mia@vtext.example\n--b--\n--a--\n",
            "mia@vtext.example",
            true,
        ),
        (
            "a quoted name",
            "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\n<\"mia  sol\"@example.com>:\n550 5.1.1 no such user\n",
            "\"mia  sol\"@example.com",
            true,
        ),
        (
            "Cisco",
            "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\n<mia@example.com>:\n5.1.0 - Unknown address error 550-'5.7.1 <m1@influencerflow>... Access denied' (delivery attempts: 0)\n",
            "mia@example.com",
            false,
        ),
        (
            "a route",
            "From: postmaster@example.net\nSubject: Delivery has failed\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nOriginal-Recipient: rfc822;mia@example.net\nFinal-Recipient: rfc822;@smtp.example.net:mia@server\nAction: failed\nStatus: 5.2.0\nDiagnostic-Code: smtp;522 5.2.0 Over quota\n\n--b--\n",
            "mia@example.net",
            false,
        ),
    ] {
        assert_eq!(told(&failures(raw)), [(address.to_owned(), gone)], "{name}");
    }
    let unsubscribe = "From: mia@example.com\nTo: unsubscribe@glow.example\nSubject: unsubscribe\nAuto-Submitted: auto-replied\nX-Apple-Unsubscribe: true\n\nApple Mail sent this email.\n";
    assert_eq!(parse(unsubscribe.as_bytes()).unwrap().what, What::Complaint(Some("mia@example.com".into())));
}

#[test]
fn what_came_back_within_the_text_names_its_thread() {
    let raw = prose(0, &[("mia@example.com".to_owned(), SAID[0].0)]).replace(
        "Subject: Hello",
        "Message-ID: <relay@example.net>\nReferences: <m0@influencerflow>\n <token@threads.influencerflow.invalid>\nSubject: Hello",
    );
    let answers = parse(raw.as_bytes()).unwrap().answers;
    assert_eq!(answers, ["<relay@example.net>", "<m0@influencerflow>", "<token@threads.influencerflow.invalid>"]);
}

#[test]
fn people_who_speak_of_failed_mail_are_people() {
    let quoted = prose(0, &[("old@example.com".to_owned(), SAID[0].0)]).replace('\n', "\n> ");
    for (subject, text) in [
        ("Re: Bounce house collaboration", "I charge 550 per post, and my mailbox is open."),
        ("Re: your message to me", "Sorry, my old address bounced: user unknown, it could not be delivered."),
        ("Re: Delivery failure of the parcel", "The parcel was not delivered, please send it again. 550 USD is fine."),
        ("RE: Undeliverable: Hello", "I got this when I wrote to you, use this address instead."),
        ("Fwd: failure notice", quoted.as_str()),
        ("Bounce", "Love the name! Yes, I'm in."),
        (
            "Mail delivery of samples",
            "The first parcel could not be delivered, please use mia.home@example.com: 550 5.1.1 no such user.",
        ),
        ("Delivery report of our shoot", "All boxes arrived. I'd like 554 EUR."),
        ("Re: Hello", "{\"notificationType\": \"Bounce\"} is what my tool says, ignore it."),
    ] {
        let raw = format!(
            "From: Mia <mia@example.com>\nTo: brand@glow.example\nSubject: {subject}\nMessage-ID: <r1@x>\nIn-Reply-To: <m1@influencerflow>\n\n{text}\n"
        );
        assert_eq!(parse(raw.as_bytes()).unwrap().what, What::Reply, "{subject}");
    }
}

#[test]
fn parts_are_read_like_a_mail() {
    let none = Headers::default();
    let text = "My rate is 550 USD a post; write to my other mailbox.";
    for from in [None, Some("mia@example.com")] {
        assert_eq!(of_parts(&none, from, "Re: Hello", Some(text), None), (What::Reply, Vec::new()));
    }
    let report = "<mia@example.com>:\n550 5.1.1 no such user\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <m1@influencerflow>\n";
    for (text, html) in
        [(Some(report.to_owned()), None), (None, Some(format!("<pre>{}</pre>", report.replace('<', "&lt;"))))]
    {
        let (what, ids) =
            of_parts(&none, Some("MAILER-DAEMON@mx.example.net"), "failure notice", text.as_deref(), html.as_deref());
        let What::Bounce(found) = what else { panic!("{what:?}") };
        assert_eq!(
            (told(&found), ids),
            (vec![("mia@example.com".to_owned(), true)], vec!["<m1@influencerflow>".to_owned()])
        );
    }
    let away = Headers::new([("Auto-Submitted".to_owned(), "auto-replied".to_owned())]);
    assert_eq!(of_parts(&away, Some("mia@example.com"), "Re: Hello", Some("I am away"), None).0, What::AutoReply);
}

#[test]
fn who_is_away_is_away() {
    for (head, text) in [
        (
            "Return-Path: <>\nAuto-Submitted: auto-replied\nSubject: Automatic reply: Your message to me",
            "My mailbox is not read. User unknown to you may be sol@example.com.",
        ),
        (
            "Return-Path: <>\nSubject: Out of office: Delivery report",
            "I left; this address does not exist any more. 550 thanks!",
        ),
        (
            "Auto-Submitted: auto-replied\nSubject: Re: Hello",
            "I am no longer there: what you wrote could not be delivered to me. Ask sol@example.com.",
        ),
    ] {
        let raw = format!(
            "From: Mia <mia@example.com>\nTo: brand@glow.example\nMessage-ID: <a1@x>\n{head}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=_1\"\n\n--=_1\n\n{text}\n\n--=_1\nContent-Type: message/rfc822\n\nFrom: brand@glow.example\nTo: mia@example.com\nMessage-ID: <m1@influencerflow>\n\nHi\n\n--=_1--\n"
        );
        assert_eq!(parse(raw.as_bytes()).unwrap().what, What::AutoReply, "{head}");
    }
}

#[test]
fn a_report_that_a_person_attaches_is_a_persons_mail() {
    let report = "Content-Type: multipart/report; report-type=delivery-status; boundary=\"=_2\"\nFrom: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail\n\n--=_2\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; old@example.com\nAction: failed\nStatus: 5.1.1\n\n--=_2--\n";
    let raw = format!(
        "From: Mia <mia@example.com>\nTo: brand@glow.example\nSubject: Re: Hello\nMessage-ID: <r1@x>\nIn-Reply-To: <m1@influencerflow>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=_1\"\n\n--=_1\n\nLook what I got. Use this address.\n\n--=_1\nContent-Type: message/rfc822\n\n{report}\n--=_1--\n"
    );
    assert_eq!(parse(raw.as_bytes()).unwrap().what, What::Reply);
    // It came back: the report is about another receiver than the old one that it carries.
    let back = format!(
        "From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail\nMIME-Version: 1.0\nContent-Type: multipart/report; boundary=\"=_0\"\n\n--=_0\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; mia@example.com\nAction: failed\nStatus: 5.2.2\n\n--=_0\nContent-Type: message/rfc822\n\n{raw}\n--=_0--\n"
    );
    assert_eq!(told(&failures(&back)), [("mia@example.com".to_owned(), false)]);
    // Some servers wrap the report of another.
    let wrapped = format!(
        "From: postmaster@mx.example.net\nSubject: Delivery failure\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=_0\"\n\n--=_0\nContent-Type: message/rfc822\n\n{report}\n--=_0--\n"
    );
    assert_eq!(told(&failures(&wrapped)), [("old@example.com".to_owned(), true)]);
}

#[test]
fn who_asks_whether_a_person_wrote_is_a_machine() {
    for head in [
        "Subject: Please confirm your message",
        "Subject: Your email requires verification verify#abc",
        "Subject: Sender verification",
        "X-TMDA-Confirm: 1\nSubject: Hello",
        "X-Boxbe-Uuid: 1\nSubject: Re: Hello",
    ] {
        let raw = format!(
            "From: Mia <mia@example.com>\nMessage-ID: <c1@x>\n{head}\n\nClick here, and I shall read your mail.\n"
        );
        assert_eq!(parse(raw.as_bytes()).unwrap().what, What::AutoReply, "{head}");
    }
}
