//! What may be written of contracts.

use input::rule::{self, Problem, Rule};
use input::{Fields, Input};
use kernel::{Error, Fault, Money, Result, Timestamp};
use payments::{Currency, currency::currency};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{DeliverableStatus, Party, SigningOrder, Status, deliverables, schedule};
use kernel::CreatorId;

/// The largest terms, in bytes of JSON.
const TERMS_BYTES: usize = 200_000;

/// What a contract says: the part that is frozen when it is sent.
#[derive(Clone, PartialEq, Debug)]
pub struct Text {
    /// Its terms.
    pub terms: Map<String, Value>,
    /// Its deliverables, where they are not in the terms.
    pub deliverables: Option<Value>,
    /// What it pays in all.
    pub amount: Money,
    /// In which currency.
    pub currency: Currency,
    /// What is paid when.
    pub schedule: Vec<Value>,
}

/// Some JSON of one of these kinds, up to a size.
fn some_json(fits: fn(&Value) -> bool, wanted: &'static str, schema: fn() -> Value) -> impl Rule<Output = Value> {
    rule::rule(schema, move |value, _| {
        if !fits(value) {
            return Err(Problem::new("wrong_type", format!("must be {wanted}")));
        }
        let told = value.to_string();
        if told.len() > TERMS_BYTES {
            return Err(Problem::new("too_long", format!("must be at most {TERMS_BYTES} bytes of JSON")));
        }
        if told.contains("\\u0000") {
            return Err(Problem::new("not_storable", "must not contain a NUL character"));
        }
        Ok(value.clone())
    })
}

fn list() -> impl Rule<Output = Value> {
    some_json(Value::is_array, "a list", || json!({"type": "array", "items": {"type": "object"}}))
}

fn listing() -> impl Rule<Output = Value> {
    let schema = || json!({"anyOf": [{"type": "array", "items": {"type": "object"}}, {"type": "object"}]});
    some_json(|value| value.is_array() || value.is_object(), "a list or an object", schema)
}

impl Input for Text {
    fn read(fields: &mut Fields) -> Option<Self> {
        let terms = fields.optional("terms", rule::object(TERMS_BYTES));
        let deliverables = fields.optional("deliverables", listing());
        let amount = fields.required_as(&["payment_amount", "total_amount"], rule::amount(false));
        let currency = fields.optional("currency", currency()).unwrap_or(Currency::USD);
        let schedule = fields.optional("payment_schedule", list());
        let terms = terms.unwrap_or_default();
        deliverables::check(fields, &terms, deliverables.as_ref());
        let mut lines = schedule.and_then(|list| list.as_array().cloned()).unwrap_or_default();
        if let Some(amount) = amount {
            if !currency.fits(amount) {
                fields.fault("payment_amount", "wrong_format", format!("must have no decimals in {currency}"));
            }
            let wanted = deliverables::wanted(&terms, deliverables.as_ref());
            lines = schedule::check(fields, &lines, &wanted, amount, currency);
        }
        Some(Self { terms, deliverables, amount: amount?, currency, schedule: lines })
    }
}

impl Text {
    /// Refuses deadlines and dates that have passed, but for those that were there before.
    pub fn must_lie_ahead(&self, now: Timestamp, before: Option<&Self>) -> Result<()> {
        let known = before.map_or_else(Vec::new, |text| deliverables::wanted(&text.terms, text.deliverables.as_ref()));
        let in_terms = self.terms.get("deliverables").is_some_and(Value::is_array);
        let mut faults = Vec::new();
        let mut fault = |loc: Vec<String>| {
            let message = "has passed; a new contract asks for what is to come".to_owned();
            faults.push(Fault { loc: [vec!["body".into()], loc].concat(), message, kind: "out_of_range" });
        };
        let wanted = deliverables::wanted(&self.terms, self.deliverables.as_ref());
        for (at, wanted) in wanted.iter().enumerate() {
            let is_new = known.iter().all(|known| known.deadline != wanted.deadline);
            if is_new && wanted.deadline.is_some_and(|deadline| deadline < now.micros()) {
                let place =
                    if in_terms { vec!["terms".into(), "deliverables".into()] } else { vec!["deliverables".into()] };
                fault([place, vec![at.to_string(), "deadline".into()]].concat());
            }
        }
        let end = deliverables::end(&self.terms);
        if end != before.and_then(|text| deliverables::end(&text.terms)) && end.is_some_and(|end| end < now) {
            fault(vec!["terms".into(), "end_date".into()]);
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
    }

    /// As the body that says it.
    pub fn body(&self) -> Map<String, Value> {
        let body = json!({"terms": self.terms, "deliverables": self.deliverables, "payment_amount": self.amount,
            "currency": self.currency, "payment_schedule": self.schedule});
        body.as_object().cloned().unwrap_or_default()
    }
}

/// A new contract.
#[derive(Clone, Debug)]
pub struct NewContract {
    /// For which campaign: its id or code.
    pub campaign: String,
    /// With whom.
    pub creator: CreatorId,
    /// What it says.
    pub text: Text,
    /// Who signs before whom.
    pub order: SigningOrder,
    /// Until when it may be signed.
    pub expires_at: Option<Timestamp>,
}

fn signing_order(fields: &mut Fields) -> Option<SigningOrder> {
    fields.optional("signing_order", rule::one_of(SigningOrder::WORDS)).and_then(SigningOrder::parse)
}

impl Input for NewContract {
    fn read(fields: &mut Fields) -> Option<Self> {
        let campaign = fields.required("campaign_id", rule::text(100));
        let creator = fields.required_as(&["creator_id", "influencer_id"], rule::id());
        let order = signing_order(fields).unwrap_or(SigningOrder::Any);
        let expires_at = fields.optional("expires_at", rule::moment());
        let text = Text::read(fields);
        Some(Self { campaign: campaign?, creator: creator?, text: text?, order, expires_at })
    }
}

/// A change of a contract.
#[derive(Clone, Debug)]
pub struct Changes {
    /// Where it is to go.
    pub status: Option<Status>,
    /// Who signs before whom.
    pub order: Option<SigningOrder>,
    /// Until when it may be signed.
    pub expires_at: Option<Timestamp>,
    /// The fields of its text that were sent.
    sent: Map<String, Value>,
    /// Why, for amendments.
    pub note: Option<String>,
}

const TEXT: [&str; 6] = ["terms", "deliverables", "payment_amount", "total_amount", "currency", "payment_schedule"];

impl Input for Changes {
    fn read(fields: &mut Fields) -> Option<Self> {
        let status = fields.optional("status", rule::one_of(Status::WORDS)).and_then(Status::parse);
        // Read here for their faults, and again over what was when it is known.
        fields.optional("terms", rule::object(TERMS_BYTES));
        fields.optional("deliverables", listing());
        fields.optional_as(&["payment_amount", "total_amount"], rule::amount(false));
        fields.optional("currency", currency());
        fields.optional("payment_schedule", list());
        let sent = TEXT
            .iter()
            .filter(|name| fields.has(name) || (**name == "deliverables" && fields.raw(name).is_some()))
            .filter_map(|name| Some(((*name).to_owned(), fields.raw(name)?.clone())))
            .collect();
        Some(Self {
            status,
            order: signing_order(fields),
            expires_at: fields.optional("expires_at", rule::moment()),
            sent,
            note: fields.optional("note", rule::any_text(2_000)),
        })
    }
}

impl Changes {
    /// What a contract that says this says after the change; nothing if the change is none.
    pub fn over(&self, was: &Text) -> Result<Option<Text>> {
        if self.sent.is_empty() {
            return Ok(None);
        }
        let mut body = was.body();
        for (name, value) in &self.sent {
            let name = if name == "total_amount" { "payment_amount" } else { name };
            body.insert(name.to_owned(), value.clone());
        }
        let text: Text = Fields::of_body(Value::Object(body))?.read()?;
        Ok((text != *was).then_some(text))
    }
}

/// Who is asked to sign by mail.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignerInput {
    /// For which side.
    pub party: Party,
    /// Where the link goes.
    pub email: String,
    /// Who it is.
    pub name: Option<String>,
}

fn signer() -> impl Rule<Output = SignerInput> {
    rule::rule(
        || json!({"type": "object"}),
        |value, from_text| {
            let object = value
                .as_object()
                .ok_or_else(|| Problem::new("wrong_type", "must be an object with party and email"))?;
            let get = |name: &str| object.get(name).unwrap_or(&Value::Null);
            let party = rule::one_of(Party::WORDS).read(get("party"), from_text)?;
            let name = object.get("name").filter(|name| !name.is_null());
            Ok(SignerInput {
                party: Party::parse(party).unwrap_or(Party::Creator),
                email: rule::email().read(get("email"), from_text)?,
                name: name.map(|name| rule::text(200).read(name, from_text)).transpose()?,
            })
        },
    )
}

/// How a contract is sent.
#[derive(Clone, Debug)]
pub struct SendInput {
    /// Who is asked by mail; the creator, at the address of the directory, if nobody is named.
    pub signers: Option<Vec<SignerInput>>,
    /// Who signs before whom.
    pub order: Option<SigningOrder>,
    /// Until when it may be signed.
    pub expires_at: Option<Timestamp>,
    /// A word to those who are asked.
    pub message: Option<String>,
}

impl Input for SendInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let signers = fields.optional("signers", rule::list(2, signer()));
        if let Some([one, other]) = signers.as_deref()
            && one.party == other.party
        {
            fields.fault("signers", "repeated", "must name each side at most once");
        }
        Some(Self {
            signers,
            order: signing_order(fields),
            expires_at: fields.optional("expires_at", rule::moment()),
            message: fields.optional("message", rule::any_text(2_000)),
        })
    }
}

/// How one signs.
#[derive(Clone, Debug, Default)]
pub struct SignInput {
    /// The name, typed in.
    pub name: Option<String>,
    /// Does the workspace state that the other side has agreed elsewhere?
    pub attest_counterpart: Option<bool>,
}

impl Input for SignInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let name = fields.optional("name", rule::text(200));
        Some(Self { name, attest_counterpart: fields.optional("attest_counterpart", rule::flag()) })
    }
}

/// How a contract is called off or completed.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    /// Why.
    pub reason: Option<String>,
}

impl Input for Ending {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self { reason: fields.optional("reason", rule::any_text(2_000)) })
    }
}

/// A move of a deliverable.
#[derive(Clone, Debug)]
pub struct DeliverableMove {
    /// Where to.
    pub status: DeliverableStatus,
    /// Where it can be seen.
    pub content_url: Option<String>,
    /// A word with it.
    pub note: Option<String>,
}

impl Input for DeliverableMove {
    fn read(fields: &mut Fields) -> Option<Self> {
        let status = fields.required("status", rule::one_of(&["pending", "submitted", "approved"]));
        let content_url = fields.optional("content_url", rule::url());
        let note = fields.optional("note", rule::any_text(2_000));
        Some(Self { status: DeliverableStatus::parse(status?)?, content_url, note })
    }
}
