//! The post office itself: who carries mails, and who may hold one back.

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::FromRef;
use db::Tx;
use http_base::App;
use kernel::{Clock, Result};
use lettre::message::Mailbox;
use ports::mailer::Mailer;

use crate::{Leaving, Settings};

/// Whoever may hold a mail back at the last moment: its receiver has asked for no more since it was queued.
#[async_trait]
pub trait Veto: Send + Sync {
    /// Why this mail may not leave; nothing if it may. The connection is for reading.
    async fn veto(&self, tx: &mut Tx, mail: &Leaving) -> Result<Option<String>>;
}

/// The post office. Cheap to clone.
#[derive(Clone)]
pub struct Post(Arc<Inner>);

struct Inner {
    app: App,
    mailer: Arc<dyn Mailer>,
    sender: Mailbox,
    settings: Settings,
    vetoes: Vec<Arc<dyn Veto>>,
}

impl Post {
    /// Opens the post office. Without `SMTP_FROM` mails are from where the server is reached.
    pub fn new(app: App, mailer: Arc<dyn Mailer>, settings: Settings, vetoes: Vec<Arc<dyn Veto>>) -> Self {
        let sender = settings.sender(app.public_url());
        Self(Arc::new(Inner { app, mailer, sender, settings, vetoes }))
    }

    /// Who carries mails: `mail-smtp`, or `mail-outbox` when they are only kept.
    pub fn feature(&self) -> String {
        format!("mail-{}", self.0.mailer.name())
    }

    /// Are mails only kept, and their texts to be read in the outbox?
    pub fn keeps(&self) -> bool {
        self.0.mailer.keeps()
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.0.app.clock()
    }

    pub(crate) fn mailer(&self) -> &dyn Mailer {
        &*self.0.mailer
    }

    pub(crate) fn sender(&self) -> &Mailbox {
        &self.0.sender
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Why this mail may not leave, if anybody says so.
    pub(crate) async fn veto(&self, tx: &mut Tx, mail: &Leaving) -> Result<Option<String>> {
        for veto in &self.0.vetoes {
            if let Some(reason) = veto.veto(tx, mail).await? {
                return Ok(Some(reason));
            }
        }
        Ok(None)
    }
}

impl FromRef<Post> for App {
    fn from_ref(post: &Post) -> Self {
        post.0.app.clone()
    }
}
