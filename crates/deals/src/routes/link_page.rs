//! The pages of a signing link: what is asked, the form, and what came of it. Plain HTML; see [`http_base::page`].

use axum::http::StatusCode;
use axum::response::Response;
use http_base::page::{page, page_of};
use kernel::{Error, Kind, Timestamp};
use maud::{Markup, html};
use serde_json::Value;

use super::links::Seen;
use crate::model::{Party, Status};
use crate::pdf::{day, due, moment, told, words};

/// So much of a term is shown; the PDF has the rest.
const TERM: usize = 400;
/// So many lines of a list are shown.
const LINES: usize = 60;

fn address(token: &str) -> String {
    format!("/api/v1/contracts/sign/{token}")
}

fn row(name: &str, value: &str) -> Markup {
    html! { dt { (name) } dd { (value) } }
}

/// A link to the PDF.
fn paper(token: &str, text: &str) -> Markup {
    html! { p { a href={ (address(token)) "/pdf" } { (text) } } }
}

fn side(party: Party) -> &'static str {
    match party {
        Party::Business => "the business, who orders and pays",
        Party::Creator => "the creator, who creates and delivers",
    }
}

/// What is asked of whoever holds the link, and the form by which they sign. `fault` is what was wrong with what they sent.
pub(super) fn to_sign(token: &str, seen: &Seen, fault: Option<&Error>) -> Response {
    let (body, text) = (&seen.body, &seen.text);
    let what = if seen.is_amendment { "an amendment to a contract" } else { "a contract" };
    let amount = text.total().in_full();
    let page_body = html! {
        @if let Some(fault) = fault { (complaint(fault)) }
        section.card {
            dl {
                (row("Asked by", &text.business.name))
                (row("Creator", &text.creator.name))
                (row("For", &format!("{} ({})", text.campaign, text.campaign_code)))
                (row("Paid in all", &amount))
                (row("You sign as", side(body.party)))
                (row("Good until", &moment(body.expires_at)))
            }
        }
        @if let Some(note) = &text.note { section.card { h2 { "Why it is amended" } p { (note) } } }
        (deliverables(seen))
        (payments(seen))
        (terms(seen))
        section.card {
            h2 { "The whole contract" }
            (paper(token, "Read it as PDF"))
            p.soft { "What you sign is this text and no other. Its SHA-256: " code { (body.document_hash) } }
        }
        @if body.can_sign { (form(token, seen)) } @else { (turn(seen)) }
    };
    let title = format!("{} asks you to sign {what}", text.business.name);
    match fault {
        Some(fault) => page_of(http_base::error::status_and_code(fault.kind()).0, &title, &page_body),
        None => page(&title, &page_body),
    }
}

fn complaint(fault: &Error) -> Markup {
    let lines = fault.faults().iter().map(|fault| {
        let field = match fault.loc.last().map(String::as_str) {
            Some("name") => "Your name",
            Some("agreed") => "The box below",
            _ => "The form",
        };
        format!("{field} {}", fault.message)
    });
    html! {
        section class="card bad" role="alert" {
            h2 { "It is not signed yet" }
            @if fault.faults().is_empty() { p { (fault.message()) } } @else { ul { @for line in lines { li { (line) } } } }
        }
    }
}

fn list(title: &str, lines: &[String]) -> Markup {
    let more = lines.len().saturating_sub(LINES);
    html! {
        @if !lines.is_empty() {
            section.card {
                h2 { (title) }
                ol {
                    @for line in lines.iter().take(LINES) { li { (line) } }
                    @if more > 0 { li { "and " (more) " more: see the PDF" } }
                }
            }
        }
    }
}

fn deliverables(seen: &Seen) -> Markup {
    let lines = seen.text.deliverables.iter().map(|one| {
        let until = one.deadline.map(|at| format!(", by {}", day(Timestamp::from_micros(at)))).unwrap_or_default();
        let asked =
            if one.requirements.is_empty() { String::new() } else { format!(": {}", one.requirements.join("; ")) };
        format!("{} × {}{until}{asked}", one.quantity, words(&one.kind))
    });
    list("What is delivered", &lines.map(|line| short(&line)).collect::<Vec<_>>())
}

fn payments(seen: &Seen) -> Markup {
    let text = &seen.text;
    let lines = text
        .schedule
        .iter()
        .map(|line| format!("{}: {}, {}", text.money(line.amount).in_full(), words(&line.milestone), due(line)));
    list("What is paid when", &lines.map(|line| short(&line)).collect::<Vec<_>>())
}

fn terms(seen: &Seen) -> Markup {
    let said = seen.text.terms.iter().filter(|(name, value)| *name != "deliverables" && !value.is_null());
    let said: Vec<_> = said.take(LINES).collect();
    html! {
        @if !said.is_empty() {
            section.card { h2 { "Terms" } dl { @for (name, value) in said { (row(&words(name), &short(&in_words(value)))) } } }
        }
    }
}

fn in_words(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(told).collect::<Vec<_>>().join("; "),
        other => told(other),
    }
}

fn short(text: &str) -> String {
    if text.chars().count() <= TERM {
        return text.to_owned();
    }
    format!("{}… (see the PDF)", text.chars().take(TERM).collect::<String>())
}

fn form(token: &str, seen: &Seen) -> Markup {
    html! {
        section.card {
            h2 { "Sign" }
            form method="post" action=(address(token)) {
                input type="hidden" name="document_hash" value=(seen.body.document_hash);
                label { "Your full name" input type="text" name="name" required maxlength="200" autocomplete="name"; }
                label.check {
                    input type="checkbox" name="agreed" value="yes" required;
                    span {
                        "I have read the contract, I agree to it, and I sign it with my name as " (side(seen.body.party)) "."
                    }
                }
                button type="submit" { "Sign the contract" }
            }
            p.soft {
                "With your signature we keep when it was given, the address it was mailed to, and from which network address and \
                 program it came. If you did not expect this, close the page: nothing is signed by doing nothing."
            }
        }
    }
}

fn turn(seen: &Seen) -> Markup {
    let first = match seen.body.party {
        Party::Business => "creator",
        Party::Creator => "business",
    };
    html! {
        section.card { h2 { "Not yet" } p { "The " (first) " signs first. You will get a mail when it is your turn." } }
    }
}

/// It is signed.
pub(super) fn signed(token: &str, seen: &Seen) -> Response {
    let own = seen.body.signatures.iter().find(|one| one.party() == seen.body.party);
    let signer = own.and_then(|one| one.name()).unwrap_or("you");
    let both = seen.body.signatures.len() > 1;
    let next = match (both, seen.body.status, seen.body.party) {
        (true, Status::Signed, _) => "Both sides have signed: it is in force.",
        (_, _, Party::Creator) => "The business has not signed yet. It is in force when both sides have.",
        (_, _, Party::Business) => "The creator has not signed yet. It is in force when both sides have.",
    };
    let other = match seen.body.party {
        Party::Business => &seen.text.creator.name,
        Party::Creator => &seen.text.business.name,
    };
    let html = html! {
        section.card {
            p { "Thank you. " (signer) " has signed “" (seen.text.campaign) "” with " (other) "." }
            p { (next) }
            (paper(token, "Keep a copy (PDF)"))
            p.soft {
                "This link shows the PDF until " (moment(seen.body.expires_at)) ". SHA-256 of what was signed: "
                code { (seen.body.document_hash) }
            }
        }
    };
    page("Signed", &html)
}

/// A link by which nothing can be signed: what to do. With `copy`, what it was about may still be read.
pub(super) fn not_good(token: &str, (status, kind): (StatusCode, Kind), message: &str, copy: bool) -> Response {
    let (title, what) = match kind {
        Kind::NotFound => (
            "This link is not known",
            "Its address may have been cut off on the way: open it from the mail once more, or copy the whole of it. If that does not \
             help, ask whoever wrote to you to send the contract again.",
        ),
        Kind::Conflict if copy => ("This link has been used", "There is nothing more to do here."),
        Kind::Conflict => (
            "This link is not good any more",
            "If you have several mails about the contract, use the newest one. Else ask whoever wrote to you to send it again.",
        ),
        _ => ("That did not work", "Try again in a moment; if it stays so, tell whoever wrote to you."),
    };
    let html = html! {
        section.card {
            @if kind != Kind::NotFound { p { (message.trim_end_matches('.')) "." } }
            p { (what) }
            @if copy { (paper(token, "Read what it was about (PDF)")) }
        }
    };
    page_of(status, title, &html)
}
