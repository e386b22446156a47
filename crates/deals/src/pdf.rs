//! A contract on paper.

use kernel::{Result, Timestamp};
use paper::{Colour, Column, Mark, Setup, Sheet, Style, Table};
use serde_json::Value;

use crate::model::deliverables::{moment_or_day, plain};
use crate::model::{Document, Due, Line, Method, Party, Status};
use crate::store::{Entry, Signature};

/// What is set on paper.
#[derive(Clone, Debug)]
pub struct Paper {
    /// What is signed, or would be.
    pub document: Document,
    /// The SHA-256 of its bytes.
    pub document_hash: String,
    /// Where the contract stands.
    pub status: Status,
    /// When the last side signed.
    pub signed_at: Option<Timestamp>,
    /// Until when it may be signed.
    pub expires_at: Option<Timestamp>,
    /// The signatures under this text.
    pub signatures: Vec<Signature>,
    /// The contract's trail.
    pub trail: Vec<Entry>,
}

/// What the certificate tells of the trail: all that leads to the signatures, and nothing that comes after them.
const CERTIFIED: [&str; 9] = [
    "sent",
    "amendment_proposed",
    "signature_requested",
    "reminded",
    "viewed",
    "signature",
    "counterpart_attested",
    "signed",
    "amended",
];

const GREY: Style = Style::BODY.coloured(Colour::GREY);

/// `2026-01-15 10:30:05 UTC`.
pub(crate) fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    format!("{} {} UTC", &text[..10], text.get(11..19).unwrap_or_default())
}

/// A name of somebody's JSON in words: `usage_rights` is "Usage rights".
pub(crate) fn words(name: &str) -> String {
    let mut said = String::new();
    for (at, word) in name.split(['_', ' ']).filter(|word| !word.is_empty()).enumerate() {
        if at > 0 {
            said.push(' ');
        }
        match word.to_ascii_lowercase().as_str() {
            "youtube" => said.push_str("YouTube"),
            "tiktok" => said.push_str("TikTok"),
            "instagram" => said.push_str("Instagram"),
            "ugc" => said.push_str("UGC"),
            _ if at == 0 => {
                let mut letters = word.chars();
                said.extend(letters.next().into_iter().flat_map(char::to_uppercase));
                said.push_str(letters.as_str());
            }
            _ => said.push_str(word),
        }
    }
    said
}

/// A value of the terms in words; days as days.
pub(crate) fn told(value: &Value) -> String {
    match (value, moment_or_day(value)) {
        (Value::String(text), Some(at)) if text.len() > 10 => moment(at),
        _ => plain(value),
    }
}

/// Numbers as they are listed: `No. 1, 2 and 4`.
fn numbers(places: &[usize]) -> String {
    let told: Vec<String> = places.iter().map(|place| (place + 1).to_string()).collect();
    match told.split_last() {
        Some((last, [])) => format!("No. {last} is"),
        Some((last, rest)) => format!("No. {} and {last} are", rest.join(", ")),
        None => "everything is".into(),
    }
}

/// When a line of a schedule is due, in words.
pub(crate) fn due(line: &Line) -> String {
    match (line.due_on, line.date()) {
        (Due::Signing, None) => "when both sides have signed".to_owned(),
        (Due::Delivery, None) => format!("when {} delivered and approved", numbers(&line.deliverables)),
        (Due::Delivery, Some(at)) => {
            format!("when {} delivered and approved, not before {}", numbers(&line.deliverables), day(at))
        }
        (_, Some(at)) => day(at),
        (Due::Date, None) => "on a date".to_owned(),
    }
}

impl Paper {
    /// Sets it; the same paper is the same bytes.
    pub fn draw(&self) -> Result<Vec<u8>> {
        let document = &self.document;
        let foot = format!(
            "Contract {} · Version {} · SHA-256 {}…",
            document.contract_id,
            document.version,
            &self.document_hash[..16]
        );
        let title = format!("Collaboration agreement: {} and {}", document.business.name, document.creator.name);
        paper::compose(&Setup { title, foot }, |sheet| {
            self.head(sheet);
            self.parties(sheet);
            self.deliverables(sheet);
            self.payment(sheet);
            self.terms(sheet);
            self.signing(sheet);
            self.certificate(sheet);
        })
    }

    fn head(&self, sheet: &mut Sheet) {
        let document = &self.document;
        sheet.title("Collaboration agreement", Style::BODY.sized(21.0).bold().coloured(Colour::ACCENT));
        sheet.skip(2.0);
        let about = format!("{} · Campaign {}", document.campaign, document.campaign_code);
        sheet.paragraph(&about, Style::BODY.sized(11.0), 0.0);
        sheet.paragraph(
            &format!("Contract {} · Version {}", document.contract_id, document.version),
            GREY.sized(8.5),
            0.0,
        );
        let (status, colour) = match self.status {
            Status::Draft => {
                ("Draft: not offered for signing. What is written here may change.".to_owned(), Colour::WARNING)
            }
            Status::Sent => {
                let until = self.expires_at.map(|at| format!(" until {}", moment(at))).unwrap_or_default();
                (format!("Offered for signing{until}. Not in force."), Colour::WARNING)
            }
            Status::Cancelled => ("Cancelled.".to_owned(), Colour::WARNING),
            Status::Expired => ("Expired: it was not signed in time.".to_owned(), Colour::WARNING),
            Status::Signed | Status::Completed => {
                let since = self.signed_at.map(|at| format!(" since {}", moment(at))).unwrap_or_default();
                let over = if self.status == Status::Completed { " Completed." } else { "" };
                (format!("In force{since}.{over}"), Colour::ACCENT)
            }
        };
        sheet.skip(3.0);
        sheet.paragraph(&status, Style::BODY.bold().coloured(colour), 0.0);
        if let Some(note) = &document.note {
            sheet.paragraph(&format!("Amendment: {note}"), Style::BODY, 0.0);
        }
    }

    fn parties(&self, sheet: &mut Sheet) {
        sheet.heading("1  Parties", 70.0);
        let half = (sheet.width() - 24.0) / 2.0;
        let top = sheet.y();
        let mut lowest = top;
        for (at, (role, party, does)) in [
            ("The Business", &self.document.business, "who orders and pays"),
            ("The Creator", &self.document.creator, "who creates and delivers"),
        ]
        .into_iter()
        .enumerate()
        {
            let column = (sheet.left() + at as f32 * (half + 24.0), half);
            let mut y = top;
            y += sheet.place(column, y, &format!("{role}, {does}"), GREY.sized(8.5));
            y += sheet.place_left(column, y, &party.name, Style::BODY.sized(11.0).bold());
            for more in party.known_as.iter().chain(&party.email) {
                y += sheet.place_left(column, y, more, Style::BODY);
            }
            lowest = lowest.max(y);
        }
        sheet.skip(lowest - top + 2.0);
    }

    fn deliverables(&self, sheet: &mut Sheet) {
        let columns = vec![
            Column::number("No.", 3.0),
            Column::text("What", 20.0),
            Column::number("Number", 8.0),
            Column::text("Requirements", 30.0),
            Column::text("Due by", 19.0),
        ];
        let mut table = Table::new(columns);
        for (at, wanted) in self.document.deliverables.iter().enumerate() {
            let due =
                wanted.deadline.map_or_else(|| "no date agreed".to_owned(), |due| day(Timestamp::from_micros(due)));
            let what = match &wanted.milestone {
                Some(milestone) => format!("{}\n({})", words(&wanted.kind), words(milestone)),
                None => words(&wanted.kind),
            };
            let asked = if wanted.requirements.is_empty() { "–".to_owned() } else { wanted.requirements.join("; ") };
            table.rows.push(vec![(at + 1).to_string(), what, wanted.quantity.to_string(), asked, due]);
        }
        if table.rows.is_empty() {
            sheet.heading("2  Deliverables", 30.0);
            sheet.paragraph("No deliverables are listed.", Style::BODY, 0.0);
            return;
        }
        sheet.heading("2  Deliverables", table.beginning(sheet));
        table.set(sheet);
    }

    fn payment(&self, sheet: &mut Sheet) {
        let document = &self.document;
        let columns = vec![
            Column::text("Milestone", 22.0),
            Column::text("Due", 30.0),
            Column::number("Share", 9.0),
            Column::number("Amount", 19.5),
        ];
        let mut table = Table::new(columns);
        for line in &document.schedule {
            let due = due(line);
            // In hundredths of a percent, rounded half up; for reading only, the amount counts.
            let share = (i128::from(line.amount.minor()) * 100_000 / i128::from(document.total.max(1)) + 5) / 10;
            let share = format!("{}.{:02} %", share / 100, share % 100);
            table.rows.push(vec![words(&line.milestone), due, share, document.money(line.amount).in_full()]);
        }
        if table.rows.is_empty() {
            sheet.heading("3  Payment", 30.0);
            sheet.paragraph(
                &format!("The Business pays {} in all. No schedule is agreed.", document.total().in_full()),
                Style::BODY,
                0.0,
            );
            return;
        }
        table.rows.push(vec!["In all".into(), String::new(), "100.00 %".into(), document.total().in_full()]);
        table.sum = true;
        let follows = 20.0 + table.beginning(sheet);
        sheet.heading("3  Payment", follows);
        sheet.paragraph(&format!("The Business pays {} in all:", document.total().in_full()), Style::BODY, 0.0);
        sheet.skip(4.0);
        table.set(sheet);
    }

    fn terms(&self, sheet: &mut Sheet) {
        const FIRST: [&str; 4] = ["usage_rights", "exclusivity", "start_date", "end_date"];
        let terms = &self.document.terms;
        let rest = terms.iter().filter(|(name, _)| !FIRST.contains(&name.as_str()) && *name != "deliverables");
        let first = FIRST.iter().filter_map(|name| terms.get_key_value(*name));
        let all: Vec<_> = first.chain(rest).filter(|(_, value)| !value.is_null()).collect();
        sheet.heading("4  Terms", 34.0);
        if all.is_empty() {
            sheet.paragraph("No further terms are agreed.", Style::BODY, 0.0);
        }
        for (at, (name, value)) in all.into_iter().enumerate() {
            clause(sheet, &format!("4.{}", at + 1), &words(name), value);
        }
    }

    fn signing(&self, sheet: &mut Sheet) {
        let half = (sheet.width() - 24.0) / 2.0;
        let blocks: Vec<Vec<(String, Style)>> = Party::ALL.iter().map(|party| self.block(*party)).collect();
        let high = |sheet: &Sheet, block: &[(String, Style)]| -> f32 {
            block.iter().map(|(text, style)| sheet.height(text, *style, half - 20.0)).sum()
        };
        let height = blocks.iter().map(|block| high(sheet, block)).fold(90.0, f32::max) + 20.0;
        sheet.heading("5  Signatures", height + 6.0);
        let top = sheet.y();
        for (at, (block, party)) in blocks.iter().zip(Party::ALL).enumerate() {
            let x = sheet.left() + at as f32 * (half + 24.0);
            frame(sheet, (x, top), (half, height));
            let mut y = top + 9.0;
            for (text, style) in block {
                y += sheet.place_left((x + 10.0, half - 20.0), y, text, *style);
            }
            if self.signature(party).is_none() && !matches!(self.status, Status::Cancelled | Status::Expired) {
                let line = top + height - 26.0;
                sheet.mark(Mark::Rule((x + 10.0, line), (x + half - 10.0, line), 0.6, Colour::GREY));
                sheet.place((x + 10.0, half - 20.0), line + 2.0, "Name, date, signature", GREY.sized(7.5));
            }
        }
        sheet.skip(height + 6.0);
    }

    fn signature(&self, party: Party) -> Option<&Signature> {
        self.signatures.iter().find(|signature| signature.party == party)
    }

    fn block(&self, party: Party) -> Vec<(String, Style)> {
        let (role, name) = match party {
            Party::Business => ("For the Business", &self.document.business.name),
            Party::Creator => ("The Creator", &self.document.creator.name),
        };
        let small = Style::BODY.sized(8.5);
        let mut block = vec![(role.to_owned(), GREY.sized(8.5)), (name.clone(), Style::BODY.sized(11.0).bold())];
        let Some(signature) = self.signature(party) else {
            block.push(("Not signed here.".to_owned(), small.coloured(Colour::WARNING)));
            return block;
        };
        if signature.method == Method::Attested {
            let when = moment(signature.signed_at);
            let said = format!(
                "Not signed here. The Business stated on {when} that the Creator has agreed to this text elsewhere."
            );
            block.push((said, small));
            return block;
        }
        if let Some(name) = &signature.signer_name {
            block.push((format!("Signed by {name}"), Style::BODY.bold()));
        }
        let by = match (signature.method, signature.account_id) {
            (Method::Link, _) => {
                let to = signature.signer_email.as_ref().map(|email| format!(" to {email}")).unwrap_or_default();
                format!("Signed electronically by a one-time link that was mailed{to}")
            }
            (Method::Account, Some(account)) => format!("Signed electronically by the account {account}"),
            _ => "Signed by the administrator of a demonstration: not binding".to_owned(),
        };
        block.push((by, small));
        block.push((moment(signature.signed_at), small));
        if let Some(address) = &signature.address {
            block.push((format!("From {address}"), small));
        }
        block.push((format!("SHA-256 of what was signed: {}", signature.document_hash), GREY.sized(7.0)));
        block
    }

    fn certificate(&self, sheet: &mut Sheet) {
        if matches!(self.status, Status::Draft) {
            return;
        }
        let columns = vec![
            Column::text("Time", 21.0),
            Column::text("What was done", 20.0),
            Column::text("By", 21.0),
            Column::text("Hash of the entry", 27.0),
        ];
        let mut table = Table::new(columns);
        table.style = Style::BODY.sized(7.3);
        for entry in &self.trail {
            let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
            if !CERTIFIED.contains(&entry.kind.as_str()) || detail["version"] != self.document.version {
                continue;
            }
            let from = entry.address.as_ref().map(|address| format!("\nfrom {address}")).unwrap_or_default();
            table.rows.push(vec![
                moment(entry.at),
                event(&entry.kind, &detail),
                format!("{}{from}", entry.actor),
                entry.hash.clone(),
            ]);
        }
        let said = format!(
            "What was offered for signing is stored as it was, as bytes whose SHA-256 is\n{}\nEvery signature names it. What was done to this \
             contract stands in a trail, each entry with a hash over itself and the entry before it; these are the entries that lead to \
             the signatures:",
            self.document_hash
        );
        let small = Style::BODY.sized(8.5);
        let follows = sheet.height(&said, small, sheet.width()) + 6.0 + table.beginning(sheet);
        sheet.heading("Certificate", follows);
        sheet.paragraph(&said, small, 0.0);
        sheet.skip(5.0);
        table.set(sheet);
    }
}

pub(crate) fn day(at: Timestamp) -> String {
    let text = at.to_string();
    // A day is meant to its end; another hour is told.
    match text.get(11..19) {
        Some("23:59:59" | "00:00:00") | None => at.date(),
        Some(hour) => format!("{} {} UTC", at.date(), &hour[..5]),
    }
}

fn event(kind: &str, detail: &Value) -> String {
    let party = detail["party"].as_str().unwrap_or_default();
    match kind {
        "sent" => "The text was frozen and offered for signing".into(),
        "amendment_proposed" => "The amendment was frozen and offered for signing".into(),
        "signature_requested" if detail["waits"] == true => format!("The {party}'s signature is asked for second"),
        "signature_requested" => format!("The {party} was asked to sign, at {}", plain(&detail["email"])),
        "reminded" => format!("The {party} was reminded, at {}", plain(&detail["email"])),
        "viewed" => format!("The {party} opened the text"),
        "signature" => match detail["name"].as_str() {
            Some(name) => format!("The {party} signed: {name}"),
            None => format!("The {party} signed"),
        },
        "counterpart_attested" => format!("The business stated that the {party} has agreed elsewhere"),
        "signed" | "amended" => "The text came into force".into(),
        other => words(other),
    }
}

/// A numbered clause: its name on the left, what it says beside it.
fn clause(sheet: &mut Sheet, number: &str, name: &str, value: &Value) {
    let label = Style::BODY.bold();
    let indent = 142.0;
    let text = match value {
        Value::Array(items) if items.len() > 1 => {
            items.iter().map(|item| format!("• {}", told(item))).collect::<Vec<_>>().join("\n")
        }
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{}: {}", words(name), told(value)))
            .collect::<Vec<_>>()
            .join("\n"),
        other => told(other),
    };
    let head = sheet.height(name, label, indent - 40.0);
    let body = sheet.height(&text, Style::BODY, sheet.width() - indent);
    sheet.need(head.max(body.min(2.0 * Style::BODY.leading())));
    let (left, y) = (sheet.left(), sheet.y());
    sheet.place((left, 26.0), y, number, GREY);
    sheet.place_left((left + 28.0, indent - 40.0), y, name, label);
    sheet.paragraph(&text, Style::BODY, indent);
    if body < head && sheet.y() > y {
        sheet.skip(head - body);
    }
    sheet.skip(5.0);
}

fn frame(sheet: &mut Sheet, (x, y): (f32, f32), (width, height): (f32, f32)) {
    for (from, to) in [
        ((x, y), (x + width, y)),
        ((x, y + height), (x + width, y + height)),
        ((x, y), (x, y + height)),
        ((x + width, y), (x + width, y + height)),
    ] {
        sheet.mark(Mark::Rule(from, to, 0.6, Colour::RULE));
    }
}

#[cfg(test)]
mod tests;
