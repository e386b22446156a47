//! What the routes of accounts reach.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use db::{Db, Tx};
use http_base::App;
use http_base::data::Data;
use kernel::{Clock, Error, Kind, Result};
use ports::counters::Counters;

use crate::authenticate::{Sessions, Tokens};
use crate::claims::Signer;
use crate::identity::Vouching;
use crate::passwords::Hasher;
use crate::settings::Settings;
use crate::standing::{Newcomers, Standings};
use crate::{AccountRow, UserBody};

/// What the routes of accounts reach. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    app: App,
    shared: Arc<Shared>,
    data: Arc<Data>,
    standings: Arc<dyn Standings>,
}

/// The part of it that also knows whose a token is: without the application, which itself asks it.
pub struct Shared {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) settings: Settings,
    pub(crate) counters: Arc<dyn Counters>,
    pub(crate) hasher: Hasher,
    pub(crate) signer: Signer,
    pub(crate) tokens: Tokens,
    pub(crate) sessions: Sessions,
    pub(crate) answering: crate::session::Answering,
    pub(crate) keys: crate::keys::Kept,
    pub(crate) vouching: Vouching,
    pub(crate) known_there: crate::identity::supabase::Known,
}

impl FromRef<Accounts> for App {
    fn from_ref(accounts: &Accounts) -> Self {
        accounts.app.clone()
    }
}

impl Accounts {
    /// The application that knows accounts by these tokens, and all that its routes reach.
    pub fn new(app: App, shared: Arc<Shared>) -> Self {
        Self { app, shared, data: Arc::new(crate::data::own()), standings: Arc::new(Newcomers) }
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Time, ids and random bytes.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// The settings of accounts.
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// What counts guesses.
    pub fn counters(&self) -> &dyn Counters {
        &*self.shared.counters
    }

    /// Who hashes passwords.
    pub fn hasher(&self) -> &Hasher {
        &self.shared.hasher
    }

    /// The same, which tells where accounts stand, as `standings` knows it.
    #[must_use]
    pub fn knowing(self, standings: Arc<dyn Standings>) -> Self {
        Self { standings, ..self }
    }

    /// An account as it is told to itself, with where it stands now.
    pub(crate) async fn told(&self, tx: &mut Tx, account: &AccountRow) -> Result<UserBody> {
        Ok(UserBody::new(account, self.standings.of(tx, account.id).await?))
    }

    /// The same, which tells people what others keep of them, too, and has it taken away.
    #[must_use]
    pub fn telling(&self, others: &Data) -> Self {
        Self { data: Arc::new(self.data.as_ref().clone().and(others)), ..self.clone() }
    }

    /// What exports tell, and erasures take away.
    pub(crate) fn data(&self) -> &Data {
        &self.data
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn signer(&self) -> &Signer {
        &self.shared.signer
    }
}

impl Shared {
    /// Puts it together; it is there before the application, which is [given it](http_base::app::Builder::authenticated_by). Without a key in the
    /// settings tokens are signed with a random one: they are good in this process only.
    pub fn new(
        db: Db,
        clock: Clock,
        settings: Settings,
        counters: Arc<dyn Counters>,
        vouching: Vouching,
    ) -> Result<Arc<Self>> {
        let secret = settings.secret.clone().unwrap_or_else(|| crate::secrets::random(&clock, ""));
        Ok(Arc::new(Self {
            db,
            hasher: Hasher::start(&settings, &clock)?,
            signer: Signer::new(&secret, settings.algorithm, settings.access_minutes),
            tokens: Tokens::new(settings.kept_sessions, Duration::from_mins(settings.access_minutes.into())),
            sessions: Sessions::new(settings.kept_sessions),
            answering: crate::session::Answering::default(),
            keys: crate::keys::Kept::new(settings.kept_sessions),
            known_there: crate::identity::supabase::Known::default(),
            vouching,
            clock,
            settings,
            counters,
        }))
    }

    /// The storage.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Time, ids and random bytes.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}

/// A token that is no good, whatever the reason: which it was is nobody's business.
pub(crate) fn refused() -> Error {
    Error::new(Kind::Unauthenticated, "The token is not valid; log in again for a new one")
}
