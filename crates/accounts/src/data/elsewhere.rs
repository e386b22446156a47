//! Whoever is erased here is taken out of the service that keeps their password, too.

use jobs::{Failure, NewJob, Outcome, Payload, Registry};
use kernel::Result;
use serde::{Deserialize, Serialize};

use crate::Accounts;

/// The kind of job that takes somebody out elsewhere.
const DELETE: &str = "accounts.delete_elsewhere";
/// How often it is tried: over about a day. Then it stays to be seen, and to be replayed.
const ATTEMPTS: u32 = 30;

#[derive(Serialize, Deserialize)]
struct Erased {
    subject: String,
}

/// The job that takes this person out, by the service's own id of them.
pub(super) fn job(subject: &str) -> Result<NewJob> {
    Ok(NewJob::new(DELETE, &Erased { subject: subject.to_owned() })?.dedupe(subject).max_attempts(ATTEMPTS))
}

/// What is done by itself.
pub(super) fn register(registry: &mut Registry, accounts: &Accounts) {
    let own = accounts.clone();
    registry.on(DELETE, move |_, payload| delete(own.clone(), payload));
}

async fn delete(accounts: Accounts, payload: Payload) -> Outcome {
    let Erased { subject } = payload.read()?;
    let Some(backend) = accounts.backend() else {
        return Err(Failure::GiveUp(
            "the service that keeps passwords is not set up any more: delete the user there".into(),
        ));
    };
    backend.delete(&subject).await.map_err(Failure::from)
}
