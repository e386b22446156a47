//! A server whose clock stands in the past, and the coach who works with it.

use std::collections::HashMap;
use std::sync::Arc;

use audience::BadgeId;
use axum::http::Method;
use jobs::Registry;
use kernel::{Clock, Error, Result, Timestamp, UserType, WorkspaceId, time};
use ports::messaging::Messengers;
use ports::messaging::standin::{Provider, StandIn};
use reading::isolated::Readers;
use samples::coach::{BADGES, Coach, Document};
use serde_json::{Value, json};

use super::COACH;
use crate::build::Server;
use crate::demo_market::{self, PASSWORD};
use crate::demo_receiver::Deliveries;
use crate::demo_told::{Person, Told};
use crate::settings::Settings;

/// What members see of the coach.
const NAME: &str = "ana_moreno";
/// WhatsApp's names for the coach's account, of no account that there is.
pub(super) const BUSINESS: &str = "102290129340398";
pub(super) const NUMBER: &str = "106540352242922";

/// What the coach subscribes to.
const TOLD: [&str; 6] =
    ["user.created", "user.updated", "program.enrolled", "program.completed", "message.received", "escalation.created"];

/// A channel of the coach.
pub(super) struct Channel {
    pub(super) id: String,
    /// What its provider, or the website, proves itself with.
    pub(super) secret: String,
}

/// The coach's channels, one of each type.
pub(super) struct Channels {
    pub(super) web: Channel,
    pub(super) whatsapp: Channel,
    pub(super) telegram: Channel,
    pub(super) mobile: Channel,
}

/// The past, as it is told.
pub(super) struct Past {
    pub(super) server: Server,
    pub(super) clock: Clock,
    pub(super) told: Told,
    pub(super) coach: Person,
    /// Whose audience it is.
    pub(super) hub: WorkspaceId,
    /// The paths of the bases.
    pub(super) bases: Vec<String>,
    pub(super) badges: Vec<BadgeId>,
    /// The ids of the programs.
    pub(super) programs: Vec<String>,
    channels: Option<Channels>,
    pub(super) whatsapp: Arc<StandIn>,
    /// Of how many of the stand-in's messages it was told that they arrived.
    pub(super) arrived: usize,
    /// The tokens of members who chat on the website and in the app.
    pub(super) visitors: HashMap<usize, String>,
    /// What members wrote last: by which number, and in which words.
    pub(super) last: HashMap<usize, (u32, &'static str)>,
    /// How many messages were written.
    pub(super) count: u32,
    jobs: Registry,
    /// Once the coach has subscribed.
    deliveries: Option<Deliveries>,
}

impl Past {
    /// A server at this moment over the database of another one, with the coach logged in.
    pub(super) async fn open(server: &Server, settings: &Settings, begins: Timestamp) -> Result<Self> {
        let mut seed = [0; 8];
        Clock::system().fill(&mut seed);
        let clock = Clock::mock(begins, u64::from_le_bytes(seed));
        let stand_in = |provider| Arc::new(StandIn::new(provider));
        let whatsapp = stand_in(Provider::WhatsApp);
        let messengers = Messengers {
            whatsapp: whatsapp.clone(),
            telegram: stand_in(Provider::Telegram),
            mobile: stand_in(Provider::Firebase),
        };
        let mut settings = Settings {
            // The samples' files are ours: no process of its own has to read them.
            readers: Readers::in_this_process(),
            secrets: server.secrets.clone(),
            // Nobody else is asked, whatever keys there are: answers are quotes, and the demo starts at once.
            openai_key: None,
            google_key: None,
            redis_url: None,
            ..settings.clone()
        };
        // The coach logs in once for all of it.
        settings.accounts.access_minutes = 366 * 24 * 60;
        (settings.accounts.refresh_days, settings.accounts.session_days) = (366, 366);
        let (db, mode) = (server.app.db().clone(), server.app.mode());
        let server = Server::with(db, mode, &settings, clock.clone(), messengers).await?;
        let hash = server.accounts.hasher().hash(PASSWORD).await?;
        let account = demo_market::account(&server, (UserType::Creator, COACH, NAME), &hash).await?;
        let told = Told::of(&server, &settings)?;
        let coach = told.log_in(COACH, PASSWORD).await?;
        let mut jobs = knowledge::jobs(&server.knowledge);
        jobs.merge(channels::jobs(&server.channels));
        jobs.merge(programs::jobs(&server.programs));
        jobs.merge(proactive::jobs(&server.proactive));
        Ok(Self {
            hub: WorkspaceId::from_uuid(account.uuid()),
            jobs: jobs.unscheduled(),
            deliveries: None,
            bases: Vec::new(),
            badges: Vec::new(),
            programs: Vec::new(),
            channels: None,
            arrived: 0,
            visitors: HashMap::new(),
            last: HashMap::new(),
            count: 0,
            server,
            clock,
            told,
            coach,
            whatsapp,
        })
    }

    /// Moves the clock on to a moment; it never goes back.
    pub(super) fn forward(&self, at: Timestamp) {
        self.wait((at.micros() - self.clock.now().micros()).max(0));
    }

    /// Lets so many microseconds pass.
    pub(super) fn wait(&self, micros: i64) {
        self.clock.advance(micros);
    }

    /// Has the server do what is to be done.
    pub(super) async fn work(&self) -> Result<()> {
        jobs::run_until_idle(self.server.app.db(), &self.clock, &self.jobs).await?;
        match &self.deliveries {
            Some(deliveries) => deliveries.work().await,
            None => Ok(()),
        }
    }

    /// The coach has the demo's receiver told of what happens with the audience.
    pub(super) async fn subscribes(&mut self) -> Result<()> {
        self.deliveries = Some(Deliveries::begin(&self.server, &self.told, &self.coach, &TOLD).await?);
        Ok(())
    }

    /// Has the coach ask for something.
    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.told.post(&self.coach, path, body).await
    }

    /// Has days begin and end where the coach lives.
    pub(super) async fn set_time_zone(&self) -> Result<()> {
        let body = json!({"time_zone": "Europe/Madrid"});
        self.told.ask(Method::PUT, "/api/v1/analytics/settings", Some(&self.coach), &body).await.map(drop)
    }

    /// Makes the bases, still empty.
    pub(super) async fn make_bases(&mut self, world: &Coach) -> Result<()> {
        for base in &world.bases {
            let body = json!({"name": base.name, "description": base.description});
            let made = self.post("/api/v1/knowledge-bases", &body).await?;
            self.bases.push(format!("/api/v1/knowledge-bases/{}", text(&made, "id")?));
        }
        Ok(())
    }

    /// Uploads a document, and has it read.
    pub(super) async fn upload(&self, base: usize, document: &Document) -> Result<()> {
        let mut fields = vec![
            ("title", document.title.to_owned()),
            ("dated", document.dated.to_string()),
            ("metadata", json!({"source": "sample data of the demo"}).to_string()),
        ];
        fields.extend(document.stale_after.map(|day| ("stale_after", day.to_string())));
        let path = format!("{}/documents", self.bases[base]);
        self.told.upload(&self.coach, &path, &fields, (document.file_name, document.text)).await?;
        self.wait(time::SECOND);
        self.work().await
    }

    /// Makes a channel of each type; stand-ins say that they work.
    pub(super) async fn make_channels(&mut self) -> Result<()> {
        let random = || accounts::secrets::random(&Clock::system(), "");
        let (app_secret, key) = (random(), random());
        let web = json!({"widget_color": "#0f766e", "widget_title": "Ana Moreno", "assistant_name": "Ana's assistant", "person_name": "Ana",
            "time_zone": "Europe/Madrid", "starters": ["What does the twelve-week programme cost?", "Can I do it at home?",
            "¿Cuántos días a la semana tengo que correr?"],
            "welcome_message": "Hello! Ask about the programmes, prices, training and injuries, in English o en español."});
        let whatsapp = json!({"phone_number": "+442079460123", "phone_number_id": NUMBER, "business_account_id": BUSINESS,
            "access_token": random(), "webhook_verify_token": random(), "app_secret": app_secret,
            "time_zone": "Europe/Madrid", "reopening_template": "we_have_an_answer:en_GB"});
        let telegram = json!({"bot_token": format!("700410000:{key}"), "time_zone": "Europe/Madrid"});
        let mobile = json!({"time_zone": "Europe/Madrid"});
        let mobile = self.make_channel("mobile", "Ana's app", mobile).await?;
        let telegram = self.make_channel("telegram", "Telegram bot", telegram).await?;
        let whatsapp = Channel { secret: app_secret, ..self.make_channel("whatsapp", "WhatsApp", whatsapp).await? };
        let web = self.make_channel("web", "Website chat", web).await?;
        self.work().await?;
        let telegram = Channel { secret: self.hook_secret(&telegram).await?, ..telegram };
        self.channels = Some(Channels { web, whatsapp, telegram, mobile });
        Ok(())
    }

    async fn make_channel(&self, kind: &str, name: &str, configuration: Value) -> Result<Channel> {
        let body = json!({"channel_type": kind, "channel_name": name, "configuration": configuration});
        let made = self.post("/api/v1/channels", &body).await?;
        let secret = made["identity_secret"].as_str().unwrap_or_default().to_owned();
        Ok(Channel { id: text(&made, "id")?, secret })
    }

    /// What Telegram proves itself with: only Telegram is told it.
    async fn hook_secret(&self, channel: &Channel) -> Result<String> {
        use channels::channels::configuration::HOOK_SECRET;
        let id = channel.id.parse().map_err(Error::internal)?;
        let found = channels::channels::store::by_id(&mut self.server.app.db().read().await?, id).await?;
        found.ok_or_else(|| Error::not_found("Channel"))?.needed(&self.server.secrets, HOOK_SECRET)
    }

    /// The channels, once they are made.
    pub(super) fn channels(&self) -> Result<&Channels> {
        self.channels.as_ref().ok_or_else(|| Error::internal("the demo's channels are not made yet"))
    }

    /// Makes what members may earn.
    pub(super) async fn make_badges(&mut self) -> Result<()> {
        for badge in BADGES {
            let body = json!({"name": badge.name, "description": badge.description});
            let made = self.post("/api/v1/badges", &body).await?;
            self.badges.push(text(&made, "id")?.parse().map_err(Error::internal)?);
        }
        Ok(())
    }

    /// Logs the coach out, who was logged in for longer than anybody is.
    pub(super) async fn close(self) -> Result<()> {
        self.work().await?;
        self.told.ask(Method::POST, "/api/v1/auth/logout", Some(&self.coach), &json!({})).await.map(drop)
    }
}

/// A text of an answer.
pub(super) fn text(of: &Value, name: &str) -> Result<String> {
    let found = of[name].as_str().map(str::to_owned);
    found.ok_or_else(|| Error::internal(format!("the demo: {name} is missing in {of}")))
}
