//! Reading mail takes time that grows with the mail, and not with its square: whoever sends the largest that is taken costs no more than
//! many who send small ones.

use std::fmt::Write as _;
use std::time::Duration;

use cpu_time::ThreadTime;
use mail::incoming;
use mind::reply::{self, Letter};
use proptest::prelude::*;

/// What bodies are put together of: what servers write, what people write, and what tempts a reader to look back or ahead.
const PIECES: &[&str] = &[
    "<mia@example.com>:\n",
    "mia@example.com: 550 5.1.1 User unknown\n",
    ">>> RCPT To:<mia@example.com>\n<<< 550 no such user\n",
    "550 example.com (smtp)... 550 Host unknown\n",
    "Recipient address: mia@example.com\n",
    "Final-Recipient: rfc822; mia@example.com\nAction: failed\nStatus: 5.1.1\n",
    "Final-Recipient: rfc822; mia@example.com\n",
    "Action: failed\n\n",
    "Diagnostic-Code: smtp; 550\n 5.1.1\n",
    "The following addresses failed:\n",
    "--- Below this line is a copy of the message.\n",
    "Message-ID: <a@b>\n",
    "From: a@b.example\n",
    "Subject: hello\n",
    "mailbox full ",
    "5.1.1 ",
    "550 ",
    "@",
    "\"@a.b",
    "a@b.c ",
    "<",
    ">",
    "{\"notificationType\":",
    "[",
    "!\n ",
    "On Mon, Mia wrote:\n",
    "> ",
    ">> quoted\n",
    "-- \n",
    "________________________________\n",
    "<blockquote>",
    "<div>",
    "<p>Hi",
    "&amp;",
    "=?utf-8?q?a?= ",
    "=3D=\n",
    "\n",
    "\r",
    " ",
    "\t",
    "boundary=;\n",
    "please unsubscribe me. ",
    "\u{1b}$B%f!<%6!<\u{1b}(B",
    "\u{6f22}\u{5b57} ",
    "\0",
];

/// What stands before them.
const FRAMES: &[(&str, &str)] = &[
    ("a letter", "From: mia@example.com\nSubject: Re: Hello\nMessage-ID: <1@b>\n\n"),
    ("HTML", "From: mia@example.com\nSubject: Re: Hello\nContent-Type: text/html; charset=utf-8\n\n"),
    ("a report in prose", "From: MAILER-DAEMON@mx.example.net\nTo: brand@glow.example\nSubject: failure notice\n\n"),
    (
        "a report in fields",
        "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\nContent-Type: multipart/report; boundary=\"=_1\"\n\n--=_1\n\nIt failed.\n\n--=_1\nContent-Type: message/delivery-status\n\n",
    ),
    (
        "a complaint",
        "From: fbl@isp.example\nSubject: complaint\nContent-Type: multipart/report; boundary=\"=_1\"\n\n--=_1\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n",
    ),
    (
        "what came back",
        "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\nContent-Type: multipart/report; boundary=\"=_1\"\n\n--=_1\nContent-Type: text/rfc822-headers\n\n",
    ),
    (
        "a notice",
        "From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message\n\n{\"notificationType\":\"Bounce\",\"bounce\":{",
    ),
    (
        "quoted printable",
        "From: mia@example.com\nSubject: x\nContent-Type: text/plain; charset=iso-2022-jp\nContent-Transfer-Encoding: quoted-printable\n\n",
    ),
    ("base64", "From: mia@example.com\nSubject: x\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"),
    ("headers", "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\nX-Failed-Recipients: "),
    ("a thread", "From: mia@example.com\nReferences: "),
    ("receivers", "From: mia@example.com\nTo: "),
    ("a subject", "From: mia@example.com\nSubject: "),
];

/// The least time of some runs that reading takes.
fn time(runs: usize, read: &dyn Fn(&[u8]), raw: &[u8]) -> Duration {
    let once = || {
        // Of this thread alone: what it has to wait for on a busy machine does not count.
        let started = ThreadTime::now();
        read(raw);
        started.elapsed()
    };
    (0..runs).map(|_| once()).min().unwrap_or_default()
}

/// What is linear takes eight times as long for a mail of eight times the size, what is quadratic sixty-four times; the bound lies
/// between, and a little is given to a busy machine.
fn is_linear(name: &str, most: usize, mail: impl Fn(usize) -> Vec<u8>, read: &dyn Fn(&[u8])) {
    let (small, large) = (mail(most / 8), mail(most));
    // One run of a large mail is long enough to be told from noise.
    let runs = if most > 1 << 20 { 1 } else { 3 };
    let (short, long) = (time(runs, read, &small), time(runs, read, &large));
    assert!(
        long <= short * 24 + Duration::from_millis(40),
        "{name}: {short:?} for {} bytes, {long:?} for {}",
        small.len(),
        large.len()
    );
}

fn parse(raw: &[u8]) {
    drop(incoming::parse(raw));
}

fn repeated(head: &str, unit: &str, bytes: usize) -> Vec<u8> {
    let mut mail = head.as_bytes().to_vec();
    while mail.len() < bytes {
        mail.extend_from_slice(unit.as_bytes());
    }
    mail
}

fn check(unit: &str, most: usize) {
    for (name, head) in FRAMES {
        is_linear(&format!("{name} of {unit:?}"), most, |bytes| repeated(head, unit, bytes), &parse);
    }
}

#[test]
fn each_piece_over_and_over() {
    for piece in PIECES {
        check(piece, 1 << 13);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn pieces_in_any_order(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 1..8)) {
        check(&pieces.concat(), 1 << 13);
    }
}

/// Parts within parts, and mails within mails.
#[test]
fn depth_is_no_way_to_waste_time() {
    let nested = |bytes: usize| {
        let mut mail = "From: a@b.example\nSubject: x\n".to_owned();
        let mut depth = 0;
        while mail.len() < bytes {
            let _ = write!(mail, "Content-Type: multipart/mixed; boundary=\"=_{depth}\"\n\n--=_{depth}\n");
            depth += 1;
        }
        mail.push_str("\nthe end\n");
        mail.into_bytes()
    };
    is_linear("multiparts within multiparts", 1 << 18, nested, &parse);
    let mails = "Content-Type: message/rfc822\n\nFrom: MAILER-DAEMON@b.example\nSubject: failure notice\n";
    is_linear("mails within mails", 1 << 18, |bytes| repeated("From: a@b.example\n", mails, bytes), &parse);
    let reports = |bytes: usize| {
        let mut mail = String::new();
        let mut depth = 0;
        while mail.len() < bytes {
            let _ = write!(
                mail,
                "From: MAILER-DAEMON@b.example\nSubject: failure notice\nContent-Type: multipart/report; boundary=\"=_{depth}\"\n\n--=_{depth}\n\n<mia@example.com>: 550 no such user\n--=_{depth}\nContent-Type: message/rfc822\n\n"
            );
            depth += 1;
        }
        mail.into_bytes()
    };
    is_linear("reports within reports", 1 << 18, reports, &parse);
}

#[test]
fn many_parts_and_many_headers() {
    for part in [
        "--=_1\nContent-Type: text/plain\n\nhello\n",
        "--=_1\nContent-Type: text/html\n\n<p></p>\n",
        "--=_1\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; mia@example.com\nAction: failed\nStatus: 5.1.1\n\n",
        "--=_1\nContent-Type: message/rfc822\n\nFrom: a@b.example\nTo: c@d.example\nMessage-ID: <1@b>\n\nhello\n",
        "--=_1\nContent-Type: text/rfc822-headers\n\nTo: c@d.example\n",
        "--=_1\n",
        "--=_",
    ] {
        let head = "From: MAILER-DAEMON@b.example\nSubject: failure notice\nContent-Type: multipart/report; boundary=\"=_1\"\n\n";
        is_linear(&format!("parts like {part:?}"), 1 << 16, |bytes| repeated(head, part, bytes), &parse);
    }
    for header in [
        "X-A: b\n",
        "Received: from a.example by b.example; Mon, 1 Mar 2027 10:00:00 +0000\n",
        "References: <1@b> <2@b>\n",
        "To: Mia <mia@example.com>, Sol <sol@example.com>\n",
        "Content-Type: multipart/mixed; boundary=a\n",
        "Subject: =?utf-8?q?a?= =?utf-8?b?YQ==?=\n",
        " folded\n",
        "List-Id: <a.example>\n",
        ":\n",
    ] {
        is_linear(
            &format!("headers like {header:?}"),
            1 << 16,
            |bytes| repeated("From: a@b.example\n", header, bytes),
            &parse,
        );
    }
}

/// The largest mails that providers take.
#[test]
fn ten_megabytes() {
    let frames = FRAMES.iter().filter(|(name, _)| ["a letter", "HTML", "a report in fields", "headers"].contains(name));
    for (name, head) in frames {
        let line = "Mia <mia@example.com> said: 550 5.1.1 no such user, and went on to talk about it for a while.\n";
        is_linear(name, 10 << 20, |bytes| repeated(head, line, bytes), &parse);
    }
}

/// What comes after: a person's own words, without what they quote of ours.
#[test]
fn own_words() {
    let read = |raw: &[u8]| {
        let text = String::from_utf8_lossy(raw);
        let own = Letter::of(Some(&text), None).without_echo("Hello Mia,\nwould you like to work with us?\n").own();
        let _ = reply::wants_no_more(&own);
        drop(Letter::of(None, Some(&text)).own());
    };
    for piece in PIECES {
        is_linear(&format!("own words in {piece:?}"), 1 << 14, |bytes| repeated("", piece, bytes), &read);
    }
}
