//! Where providers bring mail in.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Signed, Webhook};
use input::Fields;
use kernel::{Error, OutreachId};
use mail::incoming::{self, Incoming};
use ports::webhook::Scheme;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Outreach;
use crate::inbound::{self, InboundMail};

/// The largest mail.
pub(super) const MOST_BYTES: usize = 30 << 20;

/// Where mail comes in.
pub(super) struct MailIn;

impl Webhook<Outreach> for MailIn {
    const MOST_BYTES: usize = MOST_BYTES;

    fn scheme(outreach: &Outreach) -> &dyn Scheme {
        outreach.inbound()
    }
}

/// What became of an email that was received.
#[derive(Serialize, ToSchema)]
#[schema(as = ReceivedEmail)]
pub(super) struct Taken {
    /// What it was: `reply`; `auto_reply`; `receipt` (delivered, relayed or read); `bounced` (there is no such address); `soft_bounce` (it
    /// did not get there for another reason, or not yet); `complaint`; `report` (one that asks for nothing); `duplicate`; or `unknown` if
    /// it answers no email that was sent from here: then it is kept among the unmatched ones.
    #[schema(value_type = inbound::Received, example = "reply")]
    status: &'static str,
    /// The log entry that it belongs to; null if it is not known.
    outreach_id: Option<OutreachId>,
}

/// Receive an email
///
/// For email providers: a reply or a delivery report, as JSON or as the raw message, signed with
/// `X-InfluencerFlow-Signature: t=<seconds>,v1=<hex of HMAC-SHA256 over "t.body" with OUTREACH_INBOUND_SECRET>`. Its log entry is found
/// by the thread (`In-Reply-To`, `References`) or by the token in the address that it was sent to. Only a person's own words count as
/// their answer: what they quote, their signature and what machines write do not. The same Message-ID twice changes nothing.
#[utoipa::path(post, path = "/api/v1/outreach/inbound", tag = "Outreach mail", security(()),
    params(("X-InfluencerFlow-Signature" = String, Header, description = "The signature of the body: `t=<seconds>,v1=<hex>`")),
    request_body(content((InboundMail = "application/json"), (String = "message/rfc822"))),
    responses((status = 200, description = "Received; also if it answers no email that was sent from here", body = Taken),
    (status = 403, description = "Not signed, signed with another secret, or signed too long ago")))]
pub(super) async fn receive(State(outreach): State<Outreach>, request: Signed<MailIn>) -> Answer<Json<Taken>> {
    let mail: Incoming = if request.media_type().to_ascii_lowercase().starts_with("message/rfc822") {
        let parsed = tokio::task::spawn_blocking(move || incoming::parse(&request.body)).await;
        parsed.map_err(Error::internal)??
    } else {
        let parts = Fields::of_body(input::json::parse(&request.body)?)?.read::<InboundMail>()?;
        tokio::task::spawn_blocking(move || Incoming::from(parts)).await.map_err(Error::internal)?
    };
    let (status, outreach_id) = inbound::receive(&outreach, mail).await?;
    Ok(Json(Taken { status: status.word(), outreach_id }))
}
