//! Twilio: phone calls that ask us what to say.

mod signature;

use std::fmt;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use kernel::{Error, Result, Timestamp, Variables};
use ports::calls::{Audio, CallInfo, CallStatus, NewCall, Placed, Telephony, Unplaced};
use ports::json;
use ports::webhook::Scheme;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde::Deserialize;

use self::signature::TwilioScheme;
use crate::calling::{Fault, Wire, patience};
use crate::fault::Who;
use crate::http::secret_header;
use crate::{Limits, Secret};

/// Where Twilio is, unless a setting says otherwise.
const BASE: &str = "https://api.twilio.com/2010-04-01";
/// How many calls of a list are read.
const LISTED: &str = "50";

/// The settings of Twilio.
#[derive(Clone, Debug)]
pub struct TwilioSettings {
    /// `TWILIO_BASE_URL`.
    pub base_url: String,
    /// `TWILIO_ACCOUNT_SID`.
    pub account_sid: String,
    /// `TWILIO_AUTH_TOKEN`.
    pub auth_token: Secret,
    /// `TWILIO_NUMBER`: who rings.
    pub number: String,
    /// The time and size limits.
    pub limits: Limits,
}

impl TwilioSettings {
    /// Reads the variables: nothing if there is neither an account nor a token. All three of account, token and number are
    /// needed.
    pub fn read(from: &mut Variables<'_>) -> Option<Self> {
        let base_url = from.web_address("TWILIO_BASE_URL").unwrap_or_else(|| BASE.into());
        let number = from.text("TWILIO_NUMBER");
        let (account_sid, token) = match (from.text("TWILIO_ACCOUNT_SID"), from.text("TWILIO_AUTH_TOKEN")) {
            (None, None) => return None,
            (Some(account), Some(token)) => (account, token),
            (None, Some(_)) => {
                from.fault("TWILIO_ACCOUNT_SID", "is missing, and TWILIO_AUTH_TOKEN is given: set both or none");
                return None;
            }
            (Some(_), None) => {
                from.fault("TWILIO_AUTH_TOKEN", "is missing, and TWILIO_ACCOUNT_SID is given: set both or none");
                return None;
            }
        };
        if !account_sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            from.fault("TWILIO_ACCOUNT_SID", "must be the account's SID, which begins with AC");
        }
        let Some(number) = number else {
            from.fault("TWILIO_NUMBER", "is missing: set the number that rings, as +15551234567");
            return None;
        };
        if !is_number(&number) {
            from.fault("TWILIO_NUMBER", format!("must be a number such as +15551234567, not {number}"));
        }
        Some(Self { base_url, account_sid, auth_token: Secret::from(token), number, limits: patience() })
    }
}

fn is_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
    })
}

/// Twilio's telephony.
pub struct Twilio {
    wire: Wire,
    settings: TwilioSettings,
    scheme: TwilioScheme,
}

impl fmt::Debug for Twilio {
    /// The settings alone: what signs holds a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Twilio").field("settings", &self.settings).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Call {
    sid: String,
    #[serde(default, deserialize_with = "json::lenient")]
    status: String,
    #[serde(default, deserialize_with = "json::whole")]
    duration: Option<u64>,
    #[serde(default, deserialize_with = "json::text")]
    direction: Option<String>,
    #[serde(default, deserialize_with = "json::text")]
    from: Option<String>,
    #[serde(default, deserialize_with = "json::text")]
    to: Option<String>,
    #[serde(default, deserialize_with = "json::text")]
    date_created: Option<String>,
}

#[derive(Deserialize)]
struct Calls {
    calls: Vec<Call>,
}

impl From<Call> for CallInfo {
    fn from(call: Call) -> Self {
        let created = call.date_created.and_then(|date| jiff::fmt::rfc2822::parse(&date).ok());
        Self {
            sid: call.sid,
            // A word that is new to us is of a call that goes on: nothing is given up because of it.
            status: CallStatus::parse(&call.status).unwrap_or(CallStatus::InProgress),
            duration_seconds: call.duration,
            direction: call.direction,
            from: call.from,
            to: call.to,
            created_at: created.map(|date| Timestamp::from_micros(date.timestamp().as_microsecond())),
        }
    }
}

impl Twilio {
    /// Twilio as the settings say. [`kernel::Kind::Invalid`] when the address or the token cannot be one; nothing is asked of the
    /// network yet.
    pub fn new(settings: TwilioSettings) -> Result<Self> {
        let who = Who {
            name: "Twilio",
            key_setting: "TWILIO_AUTH_TOKEN",
            address_setting: "TWILIO_BASE_URL",
            key: settings.auth_token.clone(),
            model: String::new(),
        };
        let credentials = format!("{}:{}", settings.account_sid, settings.auth_token.reveal());
        let encoded = BASE64_STANDARD.encode(credentials);
        let header = secret_header(&format!("Basic {encoded}"), who.key_setting)?;
        let headers = HeaderMap::from_iter([(AUTHORIZATION, header)]);
        let wire = Wire::new(&settings.base_url, who, &headers, settings.limits.clone())?.hiding(encoded.into());
        let scheme = TwilioScheme::new(settings.auth_token.clone());
        Ok(Self { wire, settings, scheme })
    }

    fn url(&self, rest: &[&str], query: &[(&str, &str)]) -> reqwest::Url {
        let path = ["Accounts", self.settings.account_sid.as_str()].into_iter().chain(rest.iter().copied());
        self.wire.url(path, query)
    }
}

/// Names of Twilio's go into addresses: they are letters and digits.
fn is_sid(text: &str) -> bool {
    (2..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The fields of a form, as they are sent.
fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut url = reqwest::Url::parse("form:").ok();
    if let Some(url) = &mut url {
        url.query_pairs_mut().extend_pairs(fields);
    }
    url.as_ref().and_then(reqwest::Url::query).unwrap_or_default().as_bytes().to_vec()
}

const FORM: &str = "application/x-www-form-urlencoded";

#[async_trait]
impl Telephony for Twilio {
    fn name(&self) -> &'static str {
        "twilio"
    }

    fn is_real(&self) -> bool {
        true
    }

    fn number(&self) -> Option<&str> {
        Some(&self.settings.number)
    }

    async fn place(&self, call: &NewCall) -> Result<Placed, Unplaced> {
        let most = call.most_seconds.to_string();
        let mut fields = vec![
            ("To", call.to.as_str()),
            ("From", &self.settings.number),
            ("Url", &call.voice_url),
            ("Method", "POST"),
            ("StatusCallback", &call.status_url),
            ("StatusCallbackMethod", "POST"),
            ("StatusCallbackEvent", "initiated"),
            ("StatusCallbackEvent", "ringing"),
            ("StatusCallbackEvent", "answered"),
            ("StatusCallbackEvent", "completed"),
            ("TimeLimit", &most),
            // Its first webhook says then who answered: a person, or a machine, to which nothing is said.
            ("MachineDetection", "Enable"),
        ];
        if let Some(url) = &call.recording_url {
            fields.extend([
                ("Record", "true"),
                ("RecordingStatusCallback", url.as_str()),
                ("RecordingStatusCallbackMethod", "POST"),
            ]);
        }
        let answer = self.wire.post(self.url(&["Calls.json"], &[]), FORM, form(&fields)).await;
        let answer = answer.map_err(|fault| self.wire.unplaced(fault))?;
        // It was placed; if its name cannot be read, the list has it.
        let call: Call = self.wire.json(&answer).map_err(Unplaced::Unknown)?;
        let info = CallInfo::from(call);
        Ok(Placed { sid: info.sid, status: info.status })
    }

    async fn look(&self, sid: &str) -> Result<Option<CallInfo>> {
        if !is_sid(sid) {
            return Ok(None);
        }
        match self.wire.get(self.url(&["Calls", &format!("{sid}.json")], &[])).await {
            Ok(answer) => self.wire.json::<Call>(&answer).map(|call| Some(call.into())),
            Err(fault) if fault.is_not_found() => Ok(None),
            Err(fault) => Err(self.wire.tell(fault)),
        }
    }

    async fn end(&self, sid: &str) -> Result<()> {
        if !is_sid(sid) {
            return Err(Error::not_found("Call"));
        }
        let body = form(&[("Status", "completed")]);
        match self.wire.post(self.url(&["Calls", &format!("{sid}.json")], &[]), FORM, body).await {
            // 21220: the call is not in progress any more.
            Ok(_) | Err(Fault::Refused { status: 400 | 404, .. }) => Ok(()),
            Err(fault) => Err(self.wire.tell(fault)),
        }
    }

    async fn calls_to(&self, to: &str, since: Timestamp) -> Result<Vec<CallInfo>> {
        let day = since.date();
        let url = self.url(&["Calls.json"], &[("To", to), ("StartTime>", &day), ("PageSize", LISTED)]);
        let answer = self.wire.get(url).await.map_err(|fault| self.wire.tell(fault))?;
        Ok(self.wire.json::<Calls>(&answer)?.calls.into_iter().map(CallInfo::from).collect())
    }

    async fn recording(&self, recording_sid: &str, range: Option<&str>) -> Result<Audio> {
        if !is_sid(recording_sid) {
            return Err(Error::not_found("Recording"));
        }
        match self.wire.sound(self.url(&["Recordings", &format!("{recording_sid}.mp3")], &[]), range).await {
            Ok(audio) => Ok(audio),
            Err(fault) if fault.is_not_found() => Err(Error::not_found("Recording")),
            Err(fault) => Err(self.wire.tell(fault)),
        }
    }

    fn scheme(&self) -> &dyn Scheme {
        &self.scheme
    }
}
