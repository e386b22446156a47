//! Stripe: charges (PaymentIntents), transfers to connected accounts and their reversals, refunds, and its webhook.
//!
//! Every question that moves money carries the attempt's id as `Idempotency-Key` and as metadata: asked twice it is done once, and what
//! became of it can be found when the answer was lost. See [`ports::gateway`].

mod objects;
mod settings;
mod units;
mod webhook;
mod wire;

pub use settings::StripeSettings;

use async_trait::async_trait;
use kernel::Result;
use ports::gateway::{Event, Fault, Gateway, News, Order, Outcome, What};
use ports::webhook::Scheme;
use serde_json::Value;

use self::wire::Wire;

/// Money through Stripe.
pub struct StripeGateway {
    wire: Wire,
    scheme: Box<dyn Scheme>,
}

type Form = Vec<(&'static str, String)>;

impl StripeGateway {
    /// A gateway as the settings say. [`kernel::Kind::Invalid`] when the address or the key cannot be one; nothing is asked of the network yet.
    pub fn new(settings: &StripeSettings) -> Result<Self> {
        Ok(Self { wire: Wire::new(settings)?, scheme: webhook::scheme(settings.webhook_secret.as_ref()) })
    }

    /// The charge that a PaymentIntent took: transfers name that as their source.
    async fn charge_of(&self, intent: &str) -> Result<Option<String>, Fault> {
        // Nothing has been asked to move yet, so whatever goes wrong here was certainly not done.
        let object = self.wire.get(&["payment_intents", intent], &[]).await.map_err(certain)?;
        Ok(object["latest_charge"].as_str().map(str::to_owned))
    }
}

fn certain(fault: Fault) -> Fault {
    match fault {
        Fault::NotDone(error) | Fault::Unknown(error) => Fault::NotDone(error),
    }
}

fn amount(order: &Order) -> Result<Form, Fault> {
    let units = units::of(order.amount).map_err(Fault::NotDone)?;
    Ok(vec![
        ("amount", units.to_string()),
        ("metadata[attempt]", order.key.clone()),
        ("metadata[payment]", order.payment.clone()),
    ])
}

fn currency(order: &Order) -> String {
    order.amount.currency().code().to_ascii_lowercase()
}

fn charge(order: &Order, method: Option<&str>, customer: Option<&str>) -> Result<Form, Fault> {
    let mut form = amount(order)?;
    form.push(("currency", currency(order)));
    form.push(("transfer_group", order.payment.clone()));
    form.push(("automatic_payment_methods[enabled]", "true".into()));
    if let Some(customer) = customer {
        form.push(("customer", customer.to_owned()));
    }
    let Some(method) = method else { return Ok(form) };
    // Without a page to come back to, only what needs no redirection can be confirmed from here.
    form.push(("automatic_payment_methods[allow_redirects]", "never".into()));
    if method.starts_with("tok_") {
        form.push(("payment_method_data[type]", "card".into()));
        form.push(("payment_method_data[card][token]", method.to_owned()));
    } else {
        form.push(("payment_method", method.to_owned()));
    }
    form.push(("confirm", "true".into()));
    if customer.is_some() {
        form.push(("off_session", "true".into()));
    }
    Ok(form)
}

#[async_trait]
impl Gateway for StripeGateway {
    fn name(&self) -> &'static str {
        "stripe"
    }

    async fn ask(&self, order: &Order) -> Result<Outcome, Fault> {
        let key = &order.key;
        match &order.what {
            What::Charge { method, customer } => {
                let form = charge(order, method.as_deref(), customer.as_deref())?;
                self.wire.post(&["payment_intents"], &form, key, objects::intent).await
            }
            What::Payout { account, charge } => {
                let mut form = amount(order)?;
                form.push(("currency", currency(order)));
                form.push(("destination", account.clone()));
                form.push(("transfer_group", order.payment.clone()));
                if let Some(intent) = charge
                    && let Some(charge) = self.charge_of(intent).await?
                {
                    form.push(("source_transaction", charge));
                }
                self.wire.post(&["transfers"], &form, key, objects::moved).await
            }
            What::TakeBack { transfer } => {
                self.wire.post(&["transfers", transfer, "reversals"], &amount(order)?, key, objects::moved).await
            }
            What::Refund { charge } => {
                let mut form = amount(order)?;
                form.push(("payment_intent", charge.clone()));
                self.wire.post(&["refunds"], &form, key, objects::refund).await
            }
        }
    }

    async fn find(&self, order: &Order) -> Result<Option<Outcome>, Fault> {
        let all = |query: &'static str, value: &str| vec![(query, value.to_owned()), ("limit", "100".to_owned())];
        match (&order.what, &order.reference) {
            (What::Charge { .. }, Some(id)) => {
                let object = self.wire.get(&["payment_intents", id], &[]).await?;
                self.wire.read(&object, objects::intent).map(Some)
            }
            (What::Charge { .. }, None) => {
                let query = format!("metadata['attempt']:'{}'", order.key);
                let found = self.wire.get(&["payment_intents", "search"], &[("query", query)]).await?;
                self.one_of(&found, order, objects::intent)
            }
            (What::Payout { .. }, _) => {
                let found = self.wire.get(&["transfers"], &all("transfer_group", &order.payment)).await?;
                self.one_of(&found, order, objects::moved)
            }
            (What::TakeBack { transfer }, _) => {
                let limit = [("limit", "100".to_owned())];
                let found = self.wire.get(&["transfers", transfer, "reversals"], &limit).await?;
                self.one_of(&found, order, objects::moved)
            }
            (What::Refund { charge }, _) => {
                let found = self.wire.get(&["refunds"], &all("payment_intent", charge)).await?;
                self.one_of(&found, order, objects::refund)
            }
        }
    }

    async fn cancel(&self, order: &Order) -> Result<Option<Outcome>, Fault> {
        if let (What::Charge { .. }, Some(id)) = (&order.what, &order.reference) {
            let form = [("cancellation_reason", "abandoned".to_owned())];
            let key = format!("{}-cancel", order.key);
            // What is not to be cancelled any more is refused, and stands as it stands.
            self.wire.post(&["payment_intents", id, "cancel"], &form, &key, objects::intent).await?;
        }
        self.find(order).await
    }

    async fn refunds(&self, charge: &str) -> Result<Vec<News>, Fault> {
        let query = [("payment_intent", charge.to_owned()), ("limit", "100".to_owned())];
        let found = self.wire.get(&["refunds"], &query).await?;
        Ok(found["data"].as_array().map_or(&[][..], Vec::as_slice).iter().filter_map(objects::refunded).collect())
    }

    fn scheme(&self) -> &dyn Scheme {
        &*self.scheme
    }

    fn event(&self, body: &[u8]) -> Result<Event> {
        webhook::read(body)
    }
}

impl StripeGateway {
    /// What a list says of the order: the object that carries its key.
    fn one_of(&self, list: &Value, order: &Order, read: objects::Read) -> Result<Option<Outcome>, Fault> {
        let objects = list["data"].as_array().map_or(&[][..], Vec::as_slice);
        let ours = objects.iter().find(|object| object["metadata"]["attempt"] == order.key.as_str());
        ours.map(|object| self.wire.read(object, read)).transpose()
    }
}
