//! Answers from `POST {base}/chat/completions`.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use kernel::{Error, Result};
use ports::Llm;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::LlmSettings;
use crate::answer::json_in;
use crate::fault::Cause;
use crate::json::Http;

/// A language model behind OpenAI's protocol.
#[derive(Debug)]
pub struct OpenAiLlm {
    http: Http,
    name: String,
    /// Reasoning models refuse a temperature, some servers a response format: what was refused once is left out from then on.
    no_temperature: AtomicBool,
    no_format: AtomicBool,
}

impl OpenAiLlm {
    /// A language model as the settings say. [`kernel::Kind::Invalid`] when the address or the key cannot be one; nothing
    /// is asked of the network yet.
    pub fn new(settings: &LlmSettings) -> Result<Self> {
        let http = super::http(&settings.base_url, &settings.api_key, &settings.model, &settings.limits)?;
        let name = format!("openai:{}", settings.model);
        Ok(Self { http, name, no_temperature: AtomicBool::new(false), no_format: AtomicBool::new(false) })
    }

    fn request(&self, instructions: &str, prompt: &str) -> Value {
        let mut request = json!({
            "model": self.http.who().model,
            "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": prompt}],
        });
        if !self.no_temperature.load(Ordering::Relaxed) {
            request["temperature"] = json!(0);
        }
        if !self.no_format.load(Ordering::Relaxed) {
            request["response_format"] = json!({"type": "json_object"});
        }
        request
    }

    /// Is the refusal of this field news? Then it is left out from now on.
    fn leave_out(&self, cause: &Cause) -> bool {
        let Cause::Refused(refusal) = cause else { return false };
        if !matches!(refusal.status, 400 | 422) {
            return false;
        }
        match refusal.param.as_deref() {
            Some("temperature") => !self.no_temperature.swap(true, Ordering::Relaxed),
            Some(param) if param.starts_with("response_format") => !self.no_format.swap(true, Ordering::Relaxed),
            _ => false,
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    refusal: Option<String>,
}

#[async_trait]
impl Llm for OpenAiLlm {
    fn name(&self) -> &str {
        &self.name
    }

    async fn answer_json(&self, instructions: &str, prompt: &str) -> Result<String> {
        let deadline = self.http.deadline();
        let instructions = asking_for_json(instructions);
        let who = self.http.who();
        let answer = loop {
            let body = serde_json::to_vec(&self.request(&instructions, prompt)).map_err(Error::internal)?;
            match self.http.post(self.http.url(["chat", "completions"]), &body, deadline).await {
                Ok(answer) => break answer,
                Err(failure) if self.leave_out(&failure.cause) => {}
                Err(failure) => return Err(failure.tell(who)),
            }
        };
        let parsed: Answer =
            ports::json::parse(&answer).map_err(|fault| who.unreadable(&fault.to_string(), &answer))?;
        let Some(choice) = parsed.choices.into_iter().next() else {
            return Err(who.unreadable("there is no choice in it", &answer));
        };
        if let Some(refusal) = choice.message.refusal.filter(|refusal| !refusal.is_empty()) {
            return Err(who.error("declined to answer: put it in other words", &refusal));
        }
        let reason = choice.finish_reason.unwrap_or_default();
        let text = choice.message.content.unwrap_or_default();
        match json_in(&text) {
            Some(json) => Ok(json.to_owned()),
            None if reason == "length" => Err(who.error("cut its answer off: ask for a shorter one", &text)),
            None => Err(who.error("did not answer with JSON: try another model", &format!("{reason}: {text}"))),
        }
    }
}

/// OpenAI takes its JSON mode only where the messages speak of JSON.
fn asking_for_json(instructions: &str) -> String {
    if instructions.to_ascii_lowercase().contains("json") {
        instructions.to_owned()
    } else {
        format!("{instructions}\nAnswer with one JSON object.").trim_start().to_owned()
    }
}
