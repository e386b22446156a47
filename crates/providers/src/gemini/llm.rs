//! Answers from `POST {base}/models/{model}:generateContent`.

use async_trait::async_trait;
use kernel::Result;
use ports::Llm;
use serde::Deserialize;
use serde_json::json;

use super::resource;
use crate::LlmSettings;
use crate::answer::json_in;
use crate::json::Http;

/// Google's language model.
#[derive(Debug)]
pub struct GeminiLlm {
    http: Http,
    name: String,
}

impl GeminiLlm {
    /// A language model as the settings say. [`kernel::Kind::Invalid`] when the address or the key cannot be one; nothing
    /// is asked of the network yet.
    pub fn new(settings: &LlmSettings) -> Result<Self> {
        let http = super::http(&settings.base_url, &settings.api_key, &settings.model, &settings.limits)?;
        Ok(Self { http, name: format!("gemini:{}", settings.model) })
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Answer {
    candidates: Vec<Candidate>,
    prompt_feedback: Feedback,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Feedback {
    block_reason: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Candidate {
    content: Content,
    finish_reason: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Content {
    parts: Vec<Part>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Part {
    text: String,
    /// It is what the model thought, not what it answers.
    thought: bool,
}

#[async_trait]
impl Llm for GeminiLlm {
    fn name(&self) -> &str {
        &self.name
    }

    async fn answer_json(&self, instructions: &str, prompt: &str) -> Result<String> {
        let who = self.http.who();
        let mut body = json!({
            "contents": [{"role": "user", "parts": [{"text": prompt}]}],
            "generationConfig": {"responseMimeType": "application/json", "temperature": 0},
        });
        if !instructions.is_empty() {
            body["systemInstruction"] = json!({"parts": [{"text": instructions}]});
        }
        let url = self.http.url(format!("{}:generateContent", resource(&who.model)).split('/'));
        let answer = self
            .http
            .post(url, body.to_string().as_bytes(), self.http.deadline())
            .await
            .map_err(|failure| failure.tell(who))?;
        let parsed: Answer =
            ports::json::parse(&answer).map_err(|fault| who.unreadable(&fault.to_string(), &answer))?;
        let blocked = parsed.prompt_feedback.block_reason;
        let Some(candidate) = parsed.candidates.into_iter().next() else {
            return Err(match blocked {
                Some(reason) => who.error("declined to answer: put it in other words", &reason),
                None => who.unreadable("there is no candidate in it", &answer),
            });
        };
        let said = candidate.content.parts.into_iter().filter(|part| !part.thought);
        let text: String = said.map(|part| part.text).collect();
        if let Some(json) = json_in(&text) {
            return Ok(json.to_owned());
        }
        let reason = candidate.finish_reason.unwrap_or_default();
        let message = match reason.as_str() {
            "MAX_TOKENS" => "cut its answer off: ask for a shorter one",
            "" | "STOP" => "did not answer with JSON: try another model",
            _ => "declined to answer: put it in other words",
        };
        Err(who.error(message, &format!("{reason}: {text}")))
    }
}
