//! Who does what for the server, by its settings: real providers, or their stand-ins.

use std::sync::Arc;
use std::time::Duration;

use accounts::Vouching;
use creators::LocalEmbedder;
use creators::vectors::Choice;
use http_base::Mode;
use kernel::{Clock, Result};
use payments::{ClosedGateway, MockGateway};
use ports::calls::{Agent, MockAgent, MockTelephony, Telephony};
use ports::counters::{Counters, Quota};
use ports::gateway::Gateway;
use ports::mailer::{Mailer, Outbox};
use ports::messaging::standin::{Provider, StandIn};
use ports::messaging::{Messenger, Messengers};
use ports::metered::Metered;
use ports::outward::{Outward, Rules};
use ports::seal::Keys;
use ports::{Embedder, Llm};
use providers::elevenlabs::ElevenLabs;
use providers::fcm::Fcm;
use providers::oauth::OAuth;
use providers::outward::Guarded;
use providers::redis::RedisCounters;
use providers::smtp::{SmtpMailer, SmtpSettings};
use providers::stripe::StripeGateway;
use providers::supabase::Supabase;
use providers::telegram::Telegram;
use providers::twilio::Twilio;
use providers::whatsapp::WhatsApp;
use providers::{EmbedderSettings, GeminiEmbedder, GeminiLlm, LlmSettings, OpenAiEmbedder, OpenAiLlm};

use crate::settings::{Embeddings, Settings, VectorIndex};

const A_DAY: Duration = Duration::from_hours(24);

/// Who rings, and whose agent talks: without keys nobody, and the demo plays the provider itself.
pub(crate) fn calling(settings: &Settings, mode: Mode) -> Result<(Arc<dyn Telephony>, Arc<dyn Agent>)> {
    let telephony: Arc<dyn Telephony> = match &settings.twilio {
        Some(twilio) => Arc::new(Twilio::new(twilio.clone())?),
        None => Arc::new(MockTelephony { open: matches!(mode, Mode::Demo(_)) }),
    };
    let agent: Arc<dyn Agent> = match &settings.elevenlabs {
        Some(elevenlabs) => Arc::new(ElevenLabs::new(elevenlabs.clone())?),
        None => Arc::new(MockAgent),
    };
    Ok((telephony, agent))
}

/// Who brings messages to people. The demo's people are invented: nobody is written to.
pub(crate) fn messengers(settings: &Settings, mode: Mode, clock: &Clock) -> Result<Messengers> {
    let stand_in = |provider| -> Arc<dyn Messenger> { Arc::new(StandIn::new(provider)) };
    Ok(match mode {
        Mode::Demo(_) => Messengers {
            whatsapp: stand_in(Provider::WhatsApp),
            telegram: stand_in(Provider::Telegram),
            mobile: stand_in(Provider::Firebase),
        },
        Mode::Serve => Messengers {
            whatsapp: Arc::new(WhatsApp::new(&settings.messaging.whatsapp)?),
            telegram: Arc::new(Telegram::new(&settings.messaging.telegram)?),
            mobile: Arc::new(Fcm::new(&settings.messaging.fcm, clock)?),
        },
    })
}

/// Who asks the addresses that users give. Public ones alone; in the demo this machine's as well, so that a receiver can be tried on it.
pub(crate) fn outward(settings: &Settings, mode: Mode) -> Result<Arc<dyn Outward>> {
    let loopback = settings.outward_loopback.unwrap_or(matches!(mode, Mode::Demo(_)));
    Ok(Arc::new(Guarded::new(Rules { loopback })?))
}

/// What secrets are sealed with. Where nothing is set, nothing is kept under `serve`; a demo that was given no key makes one for as long as
/// it runs.
pub(crate) fn secrets(settings: &Settings, mode: Mode) -> Result<Arc<Keys>> {
    match mode {
        Mode::Demo(_) if settings.secrets.is_empty() => {
            Ok(Arc::new(Keys::parse(&Keys::generate()?).map_err(kernel::Error::internal)?))
        }
        _ => Ok(Arc::clone(&settings.secrets)),
    }
}

/// Where vectors are to be compared.
pub(crate) fn vectors(wanted: VectorIndex) -> Choice {
    match wanted {
        VectorIndex::Auto => Choice::Auto,
        VectorIndex::Memory => Choice::Memory,
        VectorIndex::Pgvector => Choice::Pgvector,
    }
}

/// Who carries mails. The demo's people are invented: nothing is ever mailed to them.
pub(crate) fn mailer(settings: &Settings, mode: Mode) -> Result<Arc<dyn Mailer>> {
    Ok(match (&settings.smtp, mode) {
        (Some(smtp), Mode::Serve) => {
            let connections = settings.mail.connections.try_into().unwrap_or(u32::MAX);
            Arc::new(SmtpMailer::new(&SmtpSettings { connections, ..smtp.clone() })?)
        }
        _ => Arc::new(Outbox),
    })
}

/// Who vouches for people. The demo has stand-ins for the providers that are not set up, and keeps its passwords itself.
pub(crate) fn vouching(settings: &Settings, mode: Mode, clock: &Clock) -> Result<Vouching> {
    let oauth = settings.oauth.clone();
    let (oauth, supabase) = match mode {
        Mode::Demo(_) => (OAuth::for_demo(oauth, clock)?, None),
        Mode::Serve => (OAuth::new(oauth, clock)?, settings.supabase.clone()),
    };
    let supabase = supabase.map(|supabase| Supabase::new(supabase, clock)).transpose()?;
    let backend = supabase.map(|supabase| Arc::new(supabase) as Arc<dyn ports::identity::IdentityBackend>);
    Ok(Vouching { log_ins: Some(Arc::new(oauth)), backend })
}

/// Who counts, if not every process for itself: processes that are one service are given one Redis.
pub(crate) fn redis(settings: &Settings, clock: &Clock) -> Result<Option<Arc<RedisCounters>>> {
    let redis = settings.redis_url.as_ref().map(|url| RedisCounters::new(url, clock.clone()).map(Arc::new));
    redis.transpose()
}

/// Who makes the vectors.
fn embedder(settings: &Settings) -> Result<Arc<dyn Embedder>> {
    let key = |key: &Option<String>| key.clone().unwrap_or_default();
    let mut chosen = match settings.embeddings {
        Embeddings::Local => return Ok(Arc::new(LocalEmbedder)),
        Embeddings::OpenAi => EmbedderSettings::openai(key(&settings.openai_key)),
        Embeddings::Gemini => EmbedderSettings::gemini(key(&settings.google_key)),
    };
    if settings.embeddings == Embeddings::OpenAi && settings.openai_key.is_none() {
        chosen = EmbedderSettings::ollama();
    }
    let url = if settings.embeddings == Embeddings::OpenAi { &settings.openai_url } else { &settings.gemini_url };
    if let Some(url) = url {
        chosen.base_url.clone_from(url);
    }
    if let Some(model) = &settings.embedding_model {
        chosen.model.clone_from(model);
    }
    if let Some(dims) = settings.embedding_dims {
        chosen.dims = dims;
    }
    Ok(match settings.embeddings {
        Embeddings::Gemini => Arc::new(GeminiEmbedder::new(chosen)?),
        _ => Arc::new(OpenAiEmbedder::new(chosen)?),
    })
}

/// Who moves the money. The demo moves none; in earnest nobody pretends to, unless that is what was asked for.
pub(crate) fn gateway(settings: &Settings, mode: Mode) -> Result<Arc<dyn Gateway>> {
    Ok(match (&settings.stripe, mode) {
        (Some(stripe), Mode::Serve) => Arc::new(StripeGateway::new(stripe)?),
        (None, Mode::Serve) if !settings.payments_mock => Arc::new(ClosedGateway),
        _ => Arc::new(MockGateway),
    })
}

/// A model that others charge for, so many texts a day.
pub(crate) fn metered_embedder(settings: &Settings, counters: &Arc<dyn Counters>) -> Result<Arc<dyn Embedder>> {
    let model = embedder(settings)?;
    if model.is_local() {
        return Ok(model);
    }
    let quota = Quota { most: settings.embeddings_per_day.div_ceil(10), per: A_DAY };
    Ok(Arc::new(Metered { model, counters: counters.clone(), quota, setting: "EMBEDDINGS_PER_DAY" }))
}

/// The same of language models: so many questions a day.
pub(crate) fn metered_llm(settings: &Settings, counters: &Arc<dyn Counters>) -> Result<Option<Arc<dyn Llm>>> {
    let quota = Quota { most: settings.questions_per_day, per: A_DAY };
    let metered = |model| -> Arc<dyn Llm> {
        Arc::new(Metered { model, counters: counters.clone(), quota, setting: "LLM_QUESTIONS_PER_DAY" })
    };
    Ok(llm(settings)?.map(metered))
}

/// What reads queries first, if there is a key for one.
fn llm(settings: &Settings) -> Result<Option<Arc<dyn Llm>>> {
    if let Some(key) = &settings.openai_key {
        let mut chosen = LlmSettings::openai(key.as_str());
        if let Some(url) = &settings.openai_url {
            chosen.base_url.clone_from(url);
        }
        if let Some(model) = &settings.openai_model {
            chosen.model.clone_from(model);
        }
        return Ok(Some(Arc::new(OpenAiLlm::new(&chosen)?)));
    }
    if let Some(key) = &settings.google_key {
        let mut chosen = LlmSettings::gemini(key.as_str());
        if let Some(url) = &settings.gemini_url {
            chosen.base_url.clone_from(url);
        }
        if let Some(model) = &settings.gemini_model {
            chosen.model.clone_from(model);
        }
        return Ok(Some(Arc::new(GeminiLlm::new(&chosen)?)));
    }
    Ok(None)
}
