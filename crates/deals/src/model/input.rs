//! What may be written of contracts.

use input::rule::{self, Problem, Rule};
use input::{Fields, Input};
use kernel::money::MOST_MINOR;
use kernel::{Amount, CreatorId, Currency, Error, Fault, Money, Result, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{DeliverableStatus, Party, SigningOrder, Status, deliverables, schedule};

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

fn a_day_or_a_time(what: &str) -> Value {
    json!({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}, {"type": "null"}],
        "description": format!("{what}: a day such as 2030-07-10, or a time in RFC 3339.")})
}

/// What begins with a digit and has a hyphen is taken for a date.
fn a_day_a_time_or_words(what: &str) -> Value {
    json!({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"},
        {"type": "string", "pattern": "^([^0-9]|[^-]*$)"}],
        "description": format!("{what}: a day such as 2030-07-10, a time in RFC 3339, or words such as \"after the launch\".")})
}

fn words_or_list(what: &str) -> Value {
    json!({"type": ["string", "array", "null"], "items": {"type": ["string", "integer"]}, "description": what})
}

fn words_or_object(what: &str) -> Value {
    json!({"type": ["string", "object", "null"], "additionalProperties": true, "description": what})
}

fn a_deliverable() -> Value {
    json!({"anyOf": [{"type": "string", "pattern": r"\S"}, {"type": "object", "required": ["type"], "additionalProperties": true, "properties": {
        "type": {"type": "string", "pattern": r"\S", "maxLength": 200, "description": "What is to be delivered: `youtube_video`, `instagram_reel`, …"},
        "quantity": {"type": "integer", "minimum": 1, "description": "How many of it."},
        "requirements": words_or_list("What is asked of it: a text, or a list of texts."),
        "milestone": {"type": "string", "description": "The line of the payment schedule that pays for it."},
        "deadline": a_day_or_a_time("When it is due")}}]})
}

fn deliverables_schema() -> Value {
    let list = json!({"type": "array", "items": a_deliverable(), "maxItems": deliverables::MOST});
    json!({"anyOf": [list, {"type": "object", "additionalProperties": true}]})
}

fn terms() -> impl Rule<Output = Map<String, Value>> {
    rule::object(TERMS_BYTES).described(|| {
        json!({"type": "object", "additionalProperties": true, "properties": {
            "deliverables": {"type": "array", "items": a_deliverable(), "maxItems": deliverables::MOST},
            "usage_rights": words_or_object("How the content may be used, and for how long."),
            "exclusivity": words_or_object("For whom else the creator may not work meanwhile."),
            "start_date": a_day_a_time_or_words("From when it holds"),
            "end_date": a_day_a_time_or_words("Until when it holds")}})
    })
}

fn listing() -> impl Rule<Output = Value> {
    some_json(|value| value.is_array() || value.is_object(), "a list or an object", deliverables_schema)
}

fn payment_schedule() -> impl Rule<Output = Vec<Value>> {
    let schema = || {
        let item = json!({"type": "object", "additionalProperties": true, "properties": {
            "milestone": {"type": "string", "pattern": r"\S", "maxLength": 200, "description": "What the payment is called."},
            "amount": {"type": "number", "exclusiveMinimum": 0, "maximum": MOST_MINOR / 100, "description": "How much, in the contract's currency."},
            "percentage": {"type": "number", "exclusiveMinimum": 0, "maximum": 100, "description": "Its share of the whole."},
            "due_date": a_day_or_a_time("When it is due"),
            "due_on": {"type": "string", "enum": ["signing", "delivery", "date"], "description": "What makes it due."},
            "deliverables": words_or_list("What it pays for: deliverables by their type, or by their place from 0.")}});
        json!({"type": "array", "items": item, "maxItems": schedule::MOST_LINES})
    };
    some_json(Value::is_array, "a list", schema).map(|list| list.as_array().cloned().unwrap_or_default())
}

/// What a contract says.
#[derive(Clone, Debug, Input)]
#[input(before = check_deliverables, check = ContractText::check)]
pub struct ContractText {
    /// Anything that was agreed. `deliverables`, `usage_rights`, `exclusivity`, `start_date` and `end_date` are understood; the rest is set in
    /// the document as it is.
    #[input(terms(), default, example = {"deliverables": [{"type": "youtube_video", "deadline": "2030-07-10T00:00:00Z",
        "requirements": ["5-8 minutes", "honest review", "CTA included"]}], "usage_rights": "6 months",
        "exclusivity": "tech category for 30 days"})]
    pub terms: Map<String, Value>,
    /// What is to be delivered, if the terms do not say it: a list, or an object of kinds and what is asked of each.
    #[input(listing())]
    pub deliverables: Option<Value>,
    /// What is paid in all: more than 0.
    #[input(amount(false), alias = "total_amount", example = 1200)]
    pub payment_amount: Amount,
    /// The currency, of ISO 4217.
    #[input(currency(), default = Currency::USD)]
    pub currency: Currency,
    /// What is paid when. Amounts sum to `payment_amount`, or percentages to 100. Where `due_on` is not given, a line that deliverables belong to
    /// is due on delivery, one with a date on that date, one whose milestone has "sign" in its name with the last signature, any other on
    /// delivery. To a line belong the `deliverables` that it names, or else those whose own `milestone` is its; on delivery it is due with
    /// the last of those (without any, with the last of all), and never before its date.
    #[input(payment_schedule(), default, example = [{"milestone": "contract_signing", "amount": 400, "percentage": 33},
        {"milestone": "content_delivery", "amount": 800, "percentage": 67}])]
    pub payment_schedule: Vec<Value>,
}

/// Tells the faults of deliverables, also where the amount has faults of its own.
fn check_deliverables(fields: &mut Fields) {
    let terms = fields.raw("terms").and_then(Value::as_object).cloned().unwrap_or_default();
    let deliverables = fields.raw("deliverables").cloned();
    deliverables::check(fields, &terms, deliverables.as_ref());
}

impl ContractText {
    /// The schedule must add up; afterwards every line of it has its amount.
    fn check(&mut self, fields: &mut Fields) {
        if !self.currency.fits(self.payment_amount) {
            fields.fault("payment_amount", "wrong_format", format!("must be a whole number of {}", self.currency));
        }
        let wanted = deliverables::wanted(&self.terms, self.deliverables.as_ref());
        self.payment_schedule =
            schedule::check(fields, &self.payment_schedule, &wanted, self.payment_amount, self.currency);
    }
}

impl From<ContractText> for Text {
    fn from(sent: ContractText) -> Self {
        Self {
            terms: sent.terms,
            deliverables: sent.deliverables,
            amount: Money::new(sent.payment_amount, sent.currency),
            schedule: sent.payment_schedule,
        }
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
        let body = json!({"terms": self.terms, "deliverables": self.deliverables, "payment_amount": self.amount.amount(),
            "currency": self.amount.currency(), "payment_schedule": self.schedule});
        body.as_object().cloned().unwrap_or_default()
    }
}

/// A new contract.
#[derive(Clone, Debug, Input)]
pub struct NewContract {
    /// The campaign: its id or code.
    #[input(text(100), example = "CAMP-001")]
    pub campaign_id: String,
    /// The creator.
    #[input(id, alias = "influencer_id")]
    pub creator_id: CreatorId,
    /// What it says.
    #[input(flatten)]
    pub text: ContractText,
    /// Who signs before whom.
    #[input(word, default = SigningOrder::Any)]
    pub signing_order: SigningOrder,
    /// Until when it may be signed; `CONTRACT_EXPIRY_DAYS` after it is sent if it is not given.
    #[input(moment)]
    pub expires_at: Option<Timestamp>,
}

/// A change of a contract. Fields that are left out, or null, stay as they are; `deliverables: null` takes the list away.
#[derive(Clone, Debug, Input)]
#[input(name = "ContractChanges")]
pub struct Changes {
    /// Where it is to go.
    #[input(word)]
    pub status: Option<Status>,
    /// Who signs before whom.
    #[input(word)]
    pub signing_order: Option<SigningOrder>,
    /// Until when it may be signed.
    #[input(moment)]
    pub expires_at: Option<Timestamp>,
    /// Anything that was agreed, as in a new contract.
    #[input(terms())]
    terms: Option<Map<String, Value>>,
    /// What is to be delivered, if the terms do not say it.
    #[input(listing())]
    deliverables: Option<Option<Value>>,
    /// What is paid in all: more than 0.
    #[input(amount(false), alias = "total_amount")]
    payment_amount: Option<Amount>,
    /// The currency, of ISO 4217.
    #[input(rule::currency())]
    currency: Option<Currency>,
    /// What is paid when, as in a new contract.
    #[input(payment_schedule())]
    payment_schedule: Option<Vec<Value>>,
    /// Why: for cancelling and for amendments.
    #[input(any_text(2_000))]
    pub note: Option<String>,
}

impl Changes {
    /// What a contract that says this says after the change; nothing if the change is none.
    pub fn over(&self, was: &Text) -> Result<Option<Text>> {
        let mut body = was.body();
        let mut put = |name: &str, value: Option<Value>| value.map(|value| body.insert(name.to_owned(), value));
        put("terms", self.terms.clone().map(Value::Object));
        put("deliverables", self.deliverables.clone().map(Option::unwrap_or_default));
        put("payment_amount", self.payment_amount.map(|amount| json!(amount)));
        put("currency", self.currency.map(|currency| json!(currency)));
        put("payment_schedule", self.payment_schedule.clone().map(Value::Array));
        let text: Text = Fields::of_body(Value::Object(body))?.read::<ContractText>()?.into();
        Ok((text != *was).then_some(text))
    }
}

/// A change proposed for a signed contract, and who is asked to sign it.
#[derive(Clone, Debug, Input)]
#[input(name = "NewAmendment")]
pub struct AmendInput {
    /// What changes.
    #[input(flatten)]
    pub changes: Changes,
    /// Who is asked to sign it.
    #[input(flatten)]
    pub send: SendInput,
}

/// Someone who is asked to sign by mail.
#[derive(Clone, Debug, Serialize, Deserialize, Input)]
#[input(name = "Signer")]
pub struct SignerInput {
    /// The side that they sign for.
    #[input(word)]
    pub party: Party,
    /// Where the link goes.
    #[input(email)]
    pub email: String,
    /// Who it is.
    #[input(text(200))]
    pub name: Option<String>,
}

/// How a contract is sent.
#[derive(Clone, Debug, Input)]
#[input(name = "SendContract", check = SendInput::check)]
pub struct SendInput {
    /// Who is asked by mail, one of each side at most; if nobody is named, the creator at the address that the directory has.
    #[input(list(2, nested()))]
    pub signers: Option<Vec<SignerInput>>,
    /// Who signs before whom: the second is asked when the first one has signed.
    #[input(word)]
    pub signing_order: Option<SigningOrder>,
    /// Until when it may be signed.
    #[input(moment)]
    pub expires_at: Option<Timestamp>,
    /// A message to those who are asked.
    #[input(any_text(2_000))]
    pub message: Option<String>,
}

impl SendInput {
    fn check(&self, fields: &mut Fields) {
        if let Some([one, other]) = self.signers.as_deref()
            && one.party == other.party
        {
            fields.fault("signers", "repeated", "must name each side at most once");
        }
    }
}

/// How one signs.
#[derive(Clone, Debug, Default, Input)]
#[input(name = "SignContract")]
pub struct SignInput {
    /// The name, typed in.
    #[input(text(200), example = "Ana Ferreira")]
    pub name: Option<String>,
    /// For the business: does it state that the creator has agreed elsewhere? If it is not given, it does, unless the creator was asked to
    /// sign by mail.
    #[input(flag)]
    pub attest_counterpart: Option<bool>,
}

/// How a contract is called off.
#[derive(Clone, Debug, Default, Input)]
#[input(name = "CancelContract")]
pub struct Ending {
    /// Why.
    #[input(any_text(2_000))]
    pub reason: Option<String>,
}

/// Where a deliverable may be moved by hand.
const MOVES: &[&str] = &["pending", "submitted", "approved"];

/// A move of a deliverable.
#[derive(Clone, Debug, Input)]
#[input(name = "DeliverableChange")]
pub struct DeliverableMove {
    /// `submitted` (by either side), `approved` or, to send it back, `pending` (by the business).
    #[input(one_of(MOVES).map(|word| DeliverableStatus::parse(word).unwrap_or(DeliverableStatus::Pending)), example = "submitted")]
    pub status: DeliverableStatus,
    /// Where it can be seen.
    #[input(url)]
    pub content_url: Option<String>,
    /// A note with it.
    #[input(any_text(2_000))]
    pub note: Option<String>,
}
