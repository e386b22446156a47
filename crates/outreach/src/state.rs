//! What the routes and jobs of outreach reach.

use std::sync::Arc;

use axum::extract::FromRef;
use creators::Directory;
use db::args;
use http_base::App;
use kernel::{Error, Result};
use ports::Llm;
use ports::files::Files;
use ports::webhook::Scheme;
use tokio::sync::OnceCell;

use crate::Settings;
use crate::inbound;
use crate::token::Key;

/// Outreach. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Outreach(Arc<Inner>);

struct Inner {
    directory: Directory,
    files: Arc<dyn Files>,
    llm: Option<Arc<dyn Llm>>,
    settings: Settings,
    key: OnceCell<Key>,
    inbound: Box<dyn Scheme>,
}

impl FromRef<Outreach> for App {
    fn from_ref(outreach: &Outreach) -> Self {
        outreach.app().clone()
    }
}

impl Outreach {
    /// Puts it together: the directory, where recordings are kept, and who reads transcripts if not the local rules alone.
    pub fn new(directory: Directory, files: Arc<dyn Files>, llm: Option<Arc<dyn Llm>>, settings: Settings) -> Self {
        let inbound = inbound::scheme(settings.inbound_secret.as_deref());
        Self(Arc::new(Inner { directory, files, llm, settings, key: OnceCell::new(), inbound }))
    }

    /// The application.
    pub fn app(&self) -> &App {
        self.0.directory.app()
    }

    /// The directory of creators.
    pub fn directory(&self) -> &Directory {
        &self.0.directory
    }

    /// Where recordings are kept.
    pub fn files(&self) -> &Arc<dyn Files> {
        &self.0.files
    }

    /// How it behaves.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Who reads transcripts, if not the local rules alone.
    pub fn llm(&self) -> Option<&Arc<dyn Llm>> {
        self.0.llm.as_ref()
    }

    /// How mail that comes in is signed.
    pub(crate) fn inbound(&self) -> &dyn Scheme {
        &*self.0.inbound
    }

    /// The key that signs links in mails. It is made once and kept in the database, so that every process has the same and links
    /// stay good. Ask before a transaction is begun.
    pub(crate) async fn key(&self) -> Result<&Key> {
        self.0.key.get_or_try_init(|| self.kept_key()).await
    }

    async fn kept_key(&self) -> Result<Key> {
        const NAME: &str = "links";
        const SQL: &str = "SELECT secret FROM outreach_keys WHERE name = $1";
        let app = self.app();
        let kept: Option<String> = app.read().await?.fetch_optional(SQL, args![NAME]).await?;
        if let Some(kept) = kept {
            return Key::parse(&kept).ok_or_else(|| Error::internal("the key for links is no key"));
        }
        let mut secret = [0; 32];
        app.clock().fill(&mut secret);
        let mut tx = app.write().await?;
        let sql =
            "INSERT INTO outreach_keys (name, secret, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
        tx.execute(sql, args![NAME, hex::encode(secret), app.clock().now()]).await?;
        let kept: String = tx.fetch_one(SQL, args![NAME]).await?;
        tx.commit().await?;
        Key::parse(&kept).ok_or_else(|| Error::internal("the key for links is no key"))
    }
}
