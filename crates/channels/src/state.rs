//! What the routes and jobs of channels reach.

use std::sync::{Arc, OnceLock};

use ::ports::counters::Counters;
use ::ports::files::Files;
use ::ports::messaging::{Messenger, Messengers};
use ::ports::seal::Keys;
use axum::extract::FromRef;
use http_base::App;

use crate::Settings;
use crate::members::{Audience, Medium};
use crate::ports::{Answerer, Colleagues, Follower};
use crate::widget::Live;

/// Channels: the application, those whom it asks, and the chats that are open. Cheap to clone.
#[derive(Clone)]
pub struct Channels(Arc<Inner>);

struct Inner {
    app: App,
    parts: Parts,
    settings: Settings,
    live: Live,
    followers: OnceLock<Vec<Arc<dyn Follower>>>,
}

/// Those whom channels ask.
#[derive(Clone)]
pub struct Parts {
    /// Who the members are.
    pub audience: Audience,
    /// Who answers them.
    pub answerer: Arc<dyn Answerer>,
    /// The accounts that work in a hub.
    pub colleagues: Arc<dyn Colleagues>,
    /// Who carries messages.
    pub messengers: Messengers,
    /// What secrets are kept with.
    pub keys: Arc<Keys>,
    /// Where files are kept.
    pub files: Arc<dyn Files>,
    /// Who counts.
    pub counters: Arc<dyn Counters>,
}

impl Channels {
    /// Puts it together.
    pub fn new(app: App, parts: Parts, settings: Settings) -> Self {
        let live = Live::new(settings.streams);
        Self(Arc::new(Inner { app, parts, settings, live, followers: OnceLock::new() }))
    }

    /// Names those who write to members unasked. They need channels themselves, so they are told of later than the other parts; once.
    pub fn followed_by(&self, all: Vec<Arc<dyn Follower>>) {
        let _ = self.0.followers.set(all);
    }

    pub(crate) fn followers(&self) -> &[Arc<dyn Follower>] {
        self.0.followers.get().map_or(&[], Vec::as_slice)
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// How channels behave.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The chats that are open in this process.
    pub fn live(&self) -> &Live {
        &self.0.live
    }

    pub(crate) fn audience(&self) -> &Audience {
        &self.0.parts.audience
    }

    pub(crate) fn answerer(&self) -> &dyn Answerer {
        &*self.0.parts.answerer
    }

    pub(crate) fn colleagues(&self) -> &dyn Colleagues {
        &*self.0.parts.colleagues
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.0.parts.keys
    }

    pub(crate) fn files(&self) -> &dyn Files {
        &*self.0.parts.files
    }

    pub(crate) fn counters(&self) -> &dyn Counters {
        &*self.0.parts.counters
    }

    /// Who carries messages of channels of this type; nobody where there is no provider.
    pub(crate) fn messenger(&self, medium: Medium) -> Option<&Arc<dyn Messenger>> {
        let all = &self.0.parts.messengers;
        match medium {
            Medium::Whatsapp => Some(&all.whatsapp),
            Medium::Telegram => Some(&all.telegram),
            Medium::Mobile => Some(&all.mobile),
            Medium::Web => None,
        }
    }

    /// What that one is called.
    pub(crate) fn carrier(&self, medium: Medium) -> &'static str {
        match (self.messenger(medium), medium) {
            (None, _) => "widget",
            (Some(one), _) if !one.is_real() => "mock",
            (_, Medium::Whatsapp) => "whatsapp",
            (_, Medium::Telegram) => "telegram",
            (..) => "fcm",
        }
    }
}

impl FromRef<Channels> for App {
    fn from_ref(channels: &Channels) -> Self {
        channels.app().clone()
    }
}
