//! Asking for signatures by mail.

use db::Tx;
use kernel::time::DAY;
use kernel::{Clock, Error, Kind, Result, Scope, Timestamp};
use mail::NewMail;
use outreach::store::suppressions;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Act, document};
use crate::model::{Contract, Party, SignerInput, Status};
use crate::store::{self, Link};

/// How often one is reminded.
const REMINDERS: i64 = 3;

/// A token that nobody guesses, and what is kept of it.
fn new_token(clock: &Clock) -> (String, Vec<u8>) {
    let mut bytes = [0; 32];
    clock.fill(&mut bytes);
    let token = hex::encode(bytes);
    let hash = token_hash(&token);
    (token, hash)
}

/// What is kept of a token.
pub(crate) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

fn remind_at(act: &Act<'_>, reminders: i64, expires: Timestamp) -> Option<Timestamp> {
    let days = act.deals.settings().reminder_days;
    let next = act.now.plus(i64::from(days) * DAY);
    (days > 0 && reminders < REMINDERS && next < expires).then_some(next)
}

/// Asks these to sign a text: at once, or when the side that signs first has done so.
pub(crate) async fn ask(
    act: &Act<'_>,
    tx: &mut Tx,
    contract: &Contract,
    version: i64,
    expires: Timestamp,
    signers: &[SignerInput],
    message: Option<&str>,
) -> Result<()> {
    let signatures = store::signatures(tx, contract).await?;
    let has_signed =
        |party: Party| signatures.iter().any(|signature| signature.version == version && signature.party == party);
    for signer in signers {
        must_be_askable(act, tx, contract, &signer.email, message).await?;
        if has_signed(signer.party) {
            return Err(Error::conflict(format!("The {} has signed already", signer.party.word())));
        }
        // Whoever is asked again gets a new link; the old ones are dead.
        store::void_links(tx, contract, version, Some(signer.party), None).await?;
        let now_or_later = contract.signing_order.allows(signer.party, has_signed(signer.party.other())).is_ok();
        let (token, hash) = new_token(act.clock());
        let link = Link {
            id: act.clock().new_id(),
            contract_id: contract.id,
            version,
            party: signer.party,
            name: signer.name.clone(),
            email: signer.email.clone(),
            status: if now_or_later { "open" } else { "waiting" }.into(),
            expires_at: expires,
            created_at: act.now,
            mailed_at: now_or_later.then_some(act.now),
            viewed_at: None,
            reminders: 0,
            remind_at: remind_at(act, 0, expires).filter(|_| now_or_later),
            token_hash: now_or_later.then_some(hash),
        };
        store::add_link(tx, &link).await?;
        let detail = json!({"version": version, "party": link.party, "email": link.email, "link": link.id, "waits": !now_or_later});
        act.record(tx, contract, "signature_requested", &detail).await?;
        if now_or_later {
            send_mail(act, tx, contract, &link, &token, message, false).await?;
        }
    }
    Ok(())
}

/// How long to wait where too many were asked, in seconds.
const TOO_MANY_WAIT: u32 = 3_600;

/// A contract may be sent to whoever is its party, also to who wants no mails; but not with words of one's own, which would be such a mail.
/// And nobody is asked to sign again and again.
async fn must_be_askable(
    act: &Act<'_>,
    tx: &mut Tx,
    contract: &Contract,
    email: &str,
    message: Option<&str>,
) -> Result<()> {
    let (scope, settings, since) = (Scope::system(), act.deals.settings(), act.now.plus(-DAY));
    if message.is_some_and(|message| !message.trim().is_empty())
        && let Some(reason) = suppressions::reason(scope, tx, contract.workspace_id, email).await?
    {
        return Err(Error::conflict(format!(
            "{email} gets no mails of yours ({reason}); the contract can be sent without a message of your own"
        )));
    }
    for (whose, workspace, address, most) in [
        ("that your workspace asked", Some(contract.workspace_id), None, settings.mails_per_day),
        ("that this address was asked", None, Some(email), settings.mails_per_address),
    ] {
        let asked = store::asked_since(scope, tx, workspace, address, since).await?;
        if asked >= most {
            let message = format!(
                "The signatures {whose} for within 24 hours are {asked}, and {most} are allowed; try again in an hour"
            );
            return Err(Error::new(Kind::RateLimited(TOO_MANY_WAIT), message));
        }
    }
    Ok(())
}

/// One side has signed: whoever waited for that is asked now.
pub(crate) async fn ask_next(act: &Act<'_>, tx: &mut Tx, contract: &Contract, version: i64) -> Result<()> {
    for link in store::waiting(tx, contract, version).await? {
        if link.status != "waiting" {
            continue;
        }
        let (token, hash) = new_token(act.clock());
        let next = remind_at(act, 0, link.expires_at);
        if store::open_link(tx, &link, hash, next, act.now).await? {
            let detail =
                json!({"version": version, "party": link.party, "email": link.email, "link": link.id, "waits": false});
            act.record(tx, contract, "signature_requested", &detail).await?;
            send_mail(act, tx, contract, &link, &token, None, false).await?;
        }
    }
    Ok(())
}

/// Reminds of a link that was not used: with a link of its own, as the token of the first one is known to nobody but its reader.
pub(crate) async fn remind(act: &Act<'_>, tx: &mut Tx, link: &Link) -> Result<()> {
    let contract = act.lock(tx, link.contract_id).await?;
    let open = match contract.status {
        Status::Sent => link.version == contract.version && contract.must_be_signable(act.now).is_ok(),
        Status::Signed => link.version > contract.version,
        _ => false,
    };
    let ours = store::take_reminder(tx, link, act.now).await?;
    if !open || !ours || link.expires_at <= act.now {
        return Ok(());
    }
    let reminders = link.reminders + 1;
    let (token, hash) = new_token(act.clock());
    let next = Link {
        id: act.clock().new_id(),
        reminders,
        created_at: act.now,
        mailed_at: Some(act.now),
        remind_at: remind_at(act, reminders, link.expires_at),
        token_hash: Some(hash),
        ..link.clone()
    };
    store::add_link(tx, &next).await?;
    let detail = json!({"version": link.version, "party": link.party, "email": link.email, "link": next.id, "reminder": reminders});
    act.record(tx, &contract, "reminded", &detail).await?;
    send_mail(act, tx, &contract, &next, &token, None, true).await
}

/// On one line, without what would end a header.
fn line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(150).collect()
}

async fn send_mail(
    act: &Act<'_>,
    tx: &mut Tx,
    contract: &Contract,
    link: &Link,
    token: &str,
    message: Option<&str>,
    again: bool,
) -> Result<()> {
    let (text, _) = match store::version(tx, contract, link.version).await? {
        Some(version) => (crate::model::Document::thawed(&version.document)?, version.document),
        None => document(tx, contract).await?,
    };
    let greeting = link.name.as_ref().map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {},", line(name)));
    let what = if link.version > contract.version { "an amendment to the contract" } else { "the contract" };
    let amount = format!("{} {:.2}", text.currency, text.total().amount().to_number());
    let word = message.map(|message| format!("{message}\n\n")).unwrap_or_default();
    let body = format!(
        "{greeting}\n\n{} asks you to sign {what} with {} for \"{}\" ({amount}).\n\n{word}\
         Read it and sign it until {} at:\n{}/api/v1/contracts/sign/{token}\n\ntoken={token}\n\n\
         The link is for you alone and good for one signature: whoever has it can sign in your name. \
         If you did not expect this mail, leave it; nothing is signed by doing nothing.\n",
        line(&text.business.name),
        line(&text.creator.name),
        line(&text.campaign),
        link.expires_at.date(),
        act.deals.app().public_url(),
    );
    let subject = if again { "Reminder: a contract waits for your signature" } else { "Please sign" };
    let mail = NewMail {
        workspace: Some(contract.workspace_id),
        to: link.email.clone(),
        subject: format!("{subject}: {} for {}", line(&text.campaign), line(&text.business.name)),
        text: body,
        // Whoever answers writes to the brand, under whose name the mail comes.
        from_name: Some(line(&text.business.name)),
        reply_to: text.business.email.clone(),
        ..NewMail::default()
    };
    mail::queue(tx, act.deals.app(), mail).await.map(drop)
}
