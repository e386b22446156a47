//! The pages of a signing link: what is asked, the form, and what came of it. Plain HTML; see [`http_base::page`].

use axum::http::StatusCode;
use axum::response::Response;
use http_base::page::{escape, page, page_of};
use kernel::{Error, Kind, Timestamp};
use serde_json::Value;

use super::links::Seen;
use crate::model::{Party, Status};
use crate::pdf::{day, due, moment, told, words};

/// So much of a term is shown; the PDF has the rest.
const TERM: usize = 400;
/// So many lines of a list are shown.
const LINES: usize = 60;

fn address(token: &str) -> String {
    format!("/api/v1/contracts/sign/{}", escape(token))
}

fn row(name: &str, value: &str) -> String {
    format!("<dt>{}</dt><dd>{}</dd>", escape(name), escape(value))
}

/// A link to the PDF.
fn paper(token: &str, text: &str) -> String {
    format!("<p><a href=\"{}/pdf\">{}</a></p>", address(token), escape(text))
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
    let mut html = Vec::new();
    if let Some(fault) = fault {
        html.push(complaint(fault));
    }
    html.push("<section class=\"card\"><dl>".to_owned());
    html.push(row("Asked by", &text.business.name));
    html.push(row("Creator", &text.creator.name));
    html.push(row("For", &format!("{} ({})", text.campaign, text.campaign_code)));
    html.push(row("Paid in all", &amount));
    html.push(row("You sign as", side(body.party)));
    html.push(row("Good until", &moment(body.expires_at)));
    html.push("</dl></section>".to_owned());
    if let Some(note) = &text.note {
        html.push(format!("<section class=\"card\"><h2>Why it is amended</h2><p>{}</p></section>", escape(note)));
    }
    html.push(deliverables(seen));
    html.push(payments(seen));
    html.push(terms(seen));
    html.push("<section class=\"card\"><h2>The whole contract</h2>".to_owned());
    html.push(paper(token, "Read it as PDF"));
    html.push(format!(
        "<p class=\"soft\">What you sign is this text and no other. Its SHA-256: <code>{}</code></p></section>",
        escape(&body.document_hash)
    ));
    html.push(if body.can_sign { form(token, seen) } else { turn(seen) });
    let html = html.concat();
    let title = format!("{} asks you to sign {what}", text.business.name);
    match fault {
        Some(fault) => page_of(http_base::error::status_and_code(fault.kind()).0, &title, &html),
        None => page(&title, &html),
    }
}

fn complaint(fault: &Error) -> String {
    let told = if fault.faults().is_empty() {
        format!("<p>{}</p>", escape(fault.message()))
    } else {
        let lines = fault.faults().iter().map(|fault| {
            let field = match fault.loc.last().map(String::as_str) {
                Some("name") => "Your name",
                Some("agreed") => "The box below",
                _ => "The form",
            };
            format!("<li>{field} {}</li>", escape(&fault.message))
        });
        format!("<ul>{}</ul>", lines.collect::<Vec<_>>().concat())
    };
    format!("<section class=\"card bad\" role=\"alert\"><h2>It is not signed yet</h2>{told}</section>")
}

fn list(title: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let more = lines.len().saturating_sub(LINES);
    let told = lines.iter().take(LINES).map(|line| format!("<li>{}</li>", escape(line)));
    let rest = (more > 0).then(|| format!("<li>and {more} more: see the PDF</li>"));
    let told = told.chain(rest).collect::<Vec<_>>().concat();
    format!("<section class=\"card\"><h2>{}</h2><ol>{told}</ol></section>", escape(title))
}

fn deliverables(seen: &Seen) -> String {
    let lines = seen.text.deliverables.iter().map(|one| {
        let until = one.deadline.map(|at| format!(", by {}", day(Timestamp::from_micros(at)))).unwrap_or_default();
        let asked =
            if one.requirements.is_empty() { String::new() } else { format!(": {}", one.requirements.join("; ")) };
        format!("{} × {}{until}{asked}", one.quantity, words(&one.kind))
    });
    list("What is delivered", &lines.map(|line| short(&line)).collect::<Vec<_>>())
}

fn payments(seen: &Seen) -> String {
    let text = &seen.text;
    let lines = text
        .schedule
        .iter()
        .map(|line| format!("{}: {}, {}", text.money(line.amount).in_full(), words(&line.milestone), due(line)));
    list("What is paid when", &lines.map(|line| short(&line)).collect::<Vec<_>>())
}

fn terms(seen: &Seen) -> String {
    let said: Vec<String> = seen
        .text
        .terms
        .iter()
        .filter(|(name, value)| *name != "deliverables" && !value.is_null())
        .take(LINES)
        .map(|(name, value)| row(&words(name), &short(&in_words(value))))
        .collect();
    if said.is_empty() {
        return String::new();
    }
    format!("<section class=\"card\"><h2>Terms</h2><dl>{}</dl></section>", said.concat())
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

fn form(token: &str, seen: &Seen) -> String {
    format!(
        "<section class=\"card\"><h2>Sign</h2><form method=\"post\" action=\"{}\">\
         <input type=\"hidden\" name=\"document_hash\" value=\"{}\">\
         <label>Your full name<input type=\"text\" name=\"name\" required maxlength=\"200\" autocomplete=\"name\"></label>\
         <label class=\"check\"><input type=\"checkbox\" name=\"agreed\" value=\"yes\" required>\
         <span>I have read the contract, I agree to it, and I sign it with my name as {}.</span></label>\
         <button type=\"submit\">Sign the contract</button></form>\
         <p class=\"soft\">With your signature we keep when it was given, the address it was mailed to, and from which network address and \
         program it came. If you did not expect this, close the page: nothing is signed by doing nothing.</p></section>",
        address(token),
        escape(&seen.body.document_hash),
        side(seen.body.party),
    )
}

fn turn(seen: &Seen) -> String {
    let why = match seen.body.party {
        Party::Business => "The creator signs first. You will get a mail when it is your turn.",
        Party::Creator => "The business signs first. You will get a mail when it is your turn.",
    };
    format!("<section class=\"card\"><h2>Not yet</h2><p>{why}</p></section>")
}

/// It is signed.
pub(super) fn signed(token: &str, seen: &Seen) -> Response {
    let own = seen.body.signatures.iter().find(|one| one.party() == seen.body.party);
    let signer = own.and_then(|one| one.name()).unwrap_or("you").to_owned();
    let both = seen.body.signatures.len() > 1;
    let next = match (both, seen.body.status, seen.body.party) {
        (true, Status::Signed, _) => "Both sides have signed: it is in force.",
        (_, _, Party::Creator) => "The business has not signed yet. It is in force when both sides have.",
        (_, _, Party::Business) => "The creator has not signed yet. It is in force when both sides have.",
    };
    let thanks = format!(
        "<section class=\"card\"><p>Thank you. {} has signed “{}” with {}.</p><p>{next}</p>",
        escape(&signer),
        escape(&seen.text.campaign),
        escape(match seen.body.party {
            Party::Business => &seen.text.creator.name,
            Party::Creator => &seen.text.business.name,
        }),
    );
    let proof = format!(
        "<p class=\"soft\">This link shows the PDF until {}. SHA-256 of what was signed: <code>{}</code></p></section>",
        escape(&moment(seen.body.expires_at)),
        escape(&seen.body.document_hash),
    );
    let html = [thanks, paper(token, "Keep a copy (PDF)"), proof].concat();
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
    let said = if kind == Kind::NotFound {
        String::new()
    } else {
        format!("<p>{}.</p>", escape(message.trim_end_matches('.')))
    };
    let copy = if copy { paper(token, "Read what it was about (PDF)") } else { String::new() };
    let html = format!("<section class=\"card\">{said}<p>{what}</p>{copy}</section>");
    page_of(status, title, &html)
}
