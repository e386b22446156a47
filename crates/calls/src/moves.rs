//! What becomes of a call, written once into its row and the entry of the log.

use db::{Json, Tx};
use kernel::{Clock, Result, Scope, time};
use mind::dialogue::{Brief, Interest, Line, Refusal, Report, Talk, Who, is_voicemail};
use outreach::store::suppressions::{self, Suppression};
use outreach::store::{CallEvent, follow_ups, record_call, sequences};
use outreach::{Entry, Suggestion, SuggestionStatus};
use ports::calls::{CallStatus, Conversation, ConversationStatus, Finding};
use serde_json::{Value, json};

use crate::Calls;
use crate::model::{Call, DoNotCall, State};
use crate::store;

/// How often a call that goes on is looked after.
pub(crate) const LOOK: i64 = time::MINUTE;

/// What was learned of a call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    pub(crate) state: Option<State>,
    pub(crate) sid: Option<String>,
    pub(crate) conversation_id: Option<String>,
    pub(crate) duration_seconds: Option<u64>,
    pub(crate) error: Option<String>,
    pub(crate) recording_sid: Option<String>,
    pub(crate) conversation: Option<Conversation>,
    pub(crate) report: Option<(Report, Talk)>,
}

impl Change {
    pub(crate) fn to(state: State) -> Self {
        Self { state: Some(state), ..Self::default() }
    }

    /// What a conversation of an agent tells.
    pub(crate) fn of(conversation: Conversation) -> Self {
        let done = conversation.status == ConversationStatus::Done;
        let state = if done && is_machine(&conversation) {
            State::With(CallStatus::NoAnswer)
        } else {
            conversation.status.into()
        };
        Self {
            state: Some(state),
            sid: conversation.call_sid.clone(),
            conversation_id: Some(conversation.id.clone()),
            duration_seconds: conversation.duration_seconds,
            conversation: Some(conversation),
            ..Self::default()
        }
    }
}

/// Writes a change of a call that was taken. Tells whether anything is new: what comes twice, or late, changes nothing.
pub(crate) async fn apply(calls: &Calls, tx: &mut Tx, call: &mut Call, change: Change) -> Result<bool> {
    let (clock, scope) = (calls.app().clock(), Scope::system());
    let now = clock.now();
    let mut new = false;
    let moved = change.state.filter(|next| call.status.moves_to(*next));
    if let Some(next) = moved {
        call.status = next;
        new = true;
    }
    for (known, told) in [
        (&mut call.call_sid, change.sid),
        (&mut call.conversation_id, change.conversation_id),
        (&mut call.error, change.error),
        (&mut call.recording_sid, change.recording_sid),
    ] {
        if known.is_none() && told.is_some() {
            *known = told;
            new = true;
        }
    }
    // A conversation that is less far than what we know is an old page of it.
    let conversation = change.conversation.filter(|told| match &call.conversation {
        Some(Json(known)) => {
            told != known
                && !State::from(told.status).moves_to(known.status.into())
                && !(known.analysis.is_some() && told.analysis.is_none())
        }
        None => true,
    });
    new |= conversation.is_some();
    if change.duration_seconds.is_some() && (call.duration_seconds.is_none() || conversation.is_some()) {
        new |= call.duration_seconds != change.duration_seconds;
        call.duration_seconds = change.duration_seconds;
    }
    if !new && change.report.is_none() {
        return Ok(false);
    }
    if let Some(conversation) = &conversation {
        call.conversation = Some(Json(conversation.clone()));
    }
    if call.status.is_over() && call.ended_at.is_none() {
        call.ended_at = Some(now);
    }
    let analysed = call.kind != "agent" || call.conversation.as_ref().is_some_and(|known| known.0.analysis.is_some());
    let waited_enough = now.micros() - call.created_at.micros() > time::DAY;
    let failed = matches!(call.status, State::Lost) || call.status == State::from(ConversationStatus::Failed);
    let done = call.status.is_over() && (analysed || waited_enough || failed);
    call.look_at = (call.rings && !done).then(|| now.plus(LOOK));
    call.updated_at = now;
    store::update(scope, tx, call).await?;
    if let Some(conversation) = &conversation {
        let theirs = conversation.transcript.iter().filter(|line| line.role != "agent");
        obey(tx, clock, call, Refusal::of_turns(theirs.map(|line| line.message.as_str()))).await?;
    }
    if let Some((_, talk)) = &change.report {
        let theirs = talk.lines.iter().filter(|line| line.who == Who::User);
        obey(tx, clock, call, Refusal::of_turns(theirs.map(|line| line.text.as_str()))).await?;
    }
    let Some(outreach_id) = call.outreach_id else { return Ok(true) };
    let Some(mut entry) = outreach::store::take(scope, tx, outreach_id).await? else { return Ok(true) };
    name(&mut entry, call, calls);
    let mut actions = Vec::new();
    if let Some(conversation) = &conversation {
        actions.extend(learn_from_agent(&mut entry, conversation));
    }
    if let Some((report, talk)) = &change.report {
        actions.extend(learn_from_talk(&mut entry, report, talk));
    }
    let event = CallEvent {
        provider: provider(&call.provider),
        provider_id: Some(call.id.to_string()),
        status: call.status.of_entry(),
        by: call.requested_by,
        address: Some(call.to_number.clone()),
        summary: entry.transcript_summary.clone().filter(|_| conversation.is_some() || change.report.is_some()),
        detail: json!({
            "call_sid": call.call_sid, "conversation_id": call.conversation_id, "status": call.status.word(),
            "duration_seconds": call.duration_seconds, "error": call.error, "direction": call.direction,
        }),
    };
    record_call(scope, tx, clock, &mut entry, event).await?;
    follow_ups::create(scope, tx, clock, &entry, &actions).await?;
    Ok(true)
}

/// The provider's name as the log wants it.
pub(crate) fn provider(name: &str) -> &'static str {
    match name {
        "twilio" => "twilio",
        "elevenlabs" => "elevenlabs",
        _ => "mock",
    }
}

/// Writes the call's names into the entry.
fn name(entry: &mut Entry, call: &Call, calls: &Calls) {
    if call.kind == "agent" {
        entry.conversation_id = Some(call.conversation_id.clone().unwrap_or_else(|| call.id.to_string()));
    }
    entry.twilio_call_sid = call.call_sid.clone().or(entry.twilio_call_sid.take());
    entry.call_duration_seconds = call.duration_seconds.or(entry.call_duration_seconds);
    let has_audio = call.recording_sid.is_some() || call.conversation.as_ref().is_some_and(|known| known.0.has_audio);
    if has_audio && entry.call_recording_url.is_none() {
        let url = format!("{}/api/v1/voice-call/recordings/{}", calls.app().public_url(), call.id);
        entry.call_recording_url = Some(url);
    }
}

/// A value of a data field as the log keeps it.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Array(items) => items.iter().filter_map(text).collect::<Vec<_>>().join(", "),
        Value::Null | Value::Object(_) => String::new(),
    };
    (!text.is_empty()).then(|| text.chars().take(5_000).collect())
}

/// The words of the log for how interested somebody is.
fn interest(text: &str) -> Option<&'static str> {
    let word = text.trim().to_lowercase().replace([' ', '-'], "_");
    ["very_interested", "interested", "neutral", "not_interested"].into_iter().find(|known| *known == word)
}

/// The first of these fields that is there.
pub(crate) fn found<'a>(from: &'a std::collections::BTreeMap<String, Finding>, names: &[&str]) -> Option<&'a Finding> {
    names.iter().find_map(|name| from.get(*name)).filter(|finding| !finding.value.is_null())
}

/// Was it an answering machine that the agent spoke to? By the provider's own detection, or by what it says first.
fn is_machine(conversation: &Conversation) -> bool {
    let ended = conversation.ended_because.as_deref().unwrap_or_default().to_lowercase();
    let mut theirs = conversation.transcript.iter().filter(|line| line.role != "agent");
    ended.contains("voicemail")
        || ended.contains("machine")
        || theirs.next().is_some_and(|line| is_voicemail(&line.message))
}

/// Writes what a conversation brought out into the entry's named columns. Tells what is left to be done.
fn learn_from_agent(entry: &mut Entry, conversation: &Conversation) -> Vec<String> {
    if !conversation.transcript.is_empty() {
        let lines = conversation.transcript.iter().map(|line| format!("{}: {}", line.role, line.message));
        entry.call_transcript = Some(lines.collect::<Vec<_>>().join("\n"));
        entry.full_transcript = Some(json!(conversation.transcript).to_string());
    }
    let Some(analysis) = &conversation.analysis else { return Vec::new() };
    if is_machine(conversation) {
        // What an agent makes of a machine is no word of a person's.
        entry.call_successful = Some("failure".into());
        entry.transcript_summary = Some("An answering machine answered; nobody was spoken to.".into());
        return vec!["Call again, or write a mail: an answering machine answered".into()];
    }
    let known =
        |text: &Option<String>| text.clone().filter(|word| matches!(word.as_str(), "success" | "failure" | "unknown"));
    entry.call_successful = known(&analysis.call_successful).or(entry.call_successful.take());
    entry.transcript_summary = analysis.summary.clone().or(entry.transcript_summary.take());
    if let Some(finding) = found(&analysis.criteria, &["interest_assessment"]) {
        entry.interest_assessment_result = text(&finding.value);
        entry.interest_assessment_rationale.clone_from(&finding.rationale);
    }
    if let Some(finding) = found(&analysis.criteria, &["communication_quality"]) {
        entry.communication_quality_result = text(&finding.value);
        entry.communication_quality_rationale.clone_from(&finding.rationale);
    }
    if let Some(finding) = found(&analysis.criteria, &["next_steps"]) {
        entry.next_steps = finding.rationale.clone().or(text(&finding.value)).or(entry.next_steps.take());
    }
    let data = |names: &[&str]| found(&analysis.data, names).and_then(|finding| text(&finding.value));
    if let Some(word) = data(&["interest_level"]).as_deref().and_then(interest) {
        entry.interest_level = Some(word.into());
        entry.sentiment = entry.sentiment.take().or_else(|| Some(sentiment(word).into()));
    }
    let actions = data(&["follow_up_actions"]);
    for (column, told) in [
        (&mut entry.collaboration_rate, data(&["collaboration_rate", "rate"])),
        (&mut entry.preferred_content_types, data(&["preferred_content_types", "content_preferences"])),
        (&mut entry.timeline_availability, data(&["timeline_availability", "timeline"])),
        (&mut entry.contact_preferences, data(&["contact_preferences", "contact_info"])),
        (&mut entry.audience_demographics, data(&["audience_demographics"])),
        (&mut entry.brand_restrictions, data(&["brand_restrictions"])),
        (&mut entry.follow_up_actions, actions.clone()),
    ] {
        if told.is_some() {
            *column = told;
        }
    }
    let evidence = |names: &[&str]| found(&analysis.data, names).and_then(|finding| finding.rationale.clone());
    let said = [
        ("collaboration_rate", entry.collaboration_rate.clone(), evidence(&["collaboration_rate", "rate"])),
        ("interest_level", entry.interest_level.clone(), evidence(&["interest_level"])),
        (
            "timeline_availability",
            entry.timeline_availability.clone(),
            evidence(&["timeline_availability", "timeline"]),
        ),
        ("preferred_content_types", entry.preferred_content_types.clone(), evidence(&["preferred_content_types"])),
    ];
    suggest(entry, said);
    actions.into_iter().collect()
}

fn sentiment(interest: &str) -> &'static str {
    match interest {
        "very_interested" => "positive",
        "interested" => "neutral_positive",
        "not_interested" => "neutral_negative",
        _ => "neutral",
    }
}

fn suggest(entry: &mut Entry, said: [(&str, Option<String>, Option<String>); 4]) {
    let fresh = said.into_iter().filter_map(|(field, value, evidence)| {
        Some(Suggestion { field: field.into(), value: value?, evidence, status: SuggestionStatus::Open })
    });
    entry.suggest(fresh.collect());
}

/// A line as the log tells it: of ours also who worded it.
fn told(line: &Line) -> Value {
    let mut told = json!({"role": line.who, "message": line.text});
    if line.who == Who::Agent {
        told["worded_by"] = json!(line.worded_by.as_deref().unwrap_or("local"));
    }
    told
}

/// The same for a talk that we led.
fn learn_from_talk(entry: &mut Entry, report: &Report, talk: &Talk) -> Vec<String> {
    let lines: Vec<Value> = talk.lines.iter().map(told).collect();
    let spoken = talk
        .lines
        .iter()
        .map(|line| format!("{}: {}", if line.who == Who::Agent { "agent" } else { "user" }, line.text));
    entry.call_transcript = Some(spoken.collect::<Vec<_>>().join("\n"));
    entry.full_transcript = Some(Value::Array(lines).to_string());
    entry.call_successful = Some(report.call_successful.into());
    entry.transcript_summary = Some(report.summary.clone());
    entry.communication_quality_result = Some(report.communication.into());
    entry.communication_quality_rationale = Some(report.communication_rationale.clone());
    if let Some(interest) = report.interest {
        entry.interest_level = Some(interest.word().into());
        let result = if interest == Interest::NotInterested { "failure" } else { "success" };
        entry.interest_assessment_result = Some(result.into());
        entry.interest_assessment_rationale.clone_from(&report.interest_rationale);
    }
    for (column, told) in [
        (&mut entry.collaboration_rate, &report.rate),
        (&mut entry.preferred_content_types, &report.content_types),
        (&mut entry.timeline_availability, &report.timeline),
        (&mut entry.contact_preferences, &report.contact_preferences),
        (&mut entry.follow_up_actions, &report.follow_up),
        (&mut entry.next_steps, &report.follow_up),
    ] {
        if told.is_some() {
            column.clone_from(told);
        }
    }
    if let Some(word) = report.sentiment {
        entry.sentiment = Some(word.into());
    }
    // Of pesos there are many: nobody can say how much that is, and the words are in the entry.
    let rate = report.rate_minor.filter(|_| report.rate_currency != Some("pesos")).map(|minor| {
        let amount = kernel::Amount::from_minor(minor).to_number();
        report.rate_currency.map_or_else(|| amount.to_string(), |currency| format!("{amount} {currency}"))
    });
    let said = [
        ("collaboration_rate", rate, report.rate.clone()),
        (
            "interest_level",
            report.interest.map(|interest| interest.word().to_owned()),
            report.interest_rationale.clone(),
        ),
        ("timeline_availability", report.timeline.clone(), None),
        ("preferred_content_types", report.content_types.clone(), None),
    ];
    suggest(entry, said);
    report.follow_up.iter().cloned().collect()
}

/// The person on the phone wants no more calls: nobody on this server calls the number again.
pub(crate) async fn stop_calling(tx: &mut Tx, clock: &Clock, number: &str) -> Result<()> {
    let (scope, now) = (Scope::system(), clock.now());
    let because = "They said so on the phone";
    let new = DoNotCall {
        id: clock.new_id(),
        workspace_id: None,
        phone_number: number.to_owned(),
        reason: because.into(),
        created_at: now,
        created_by: None,
    };
    store::add_do_not_call(scope, tx, &new).await?;
    store::revoke_consents_of(scope, tx, number, because, now).await.map(drop)
}

/// Does what the person at the other end of a call asked for: who is not to be called is called by nobody here, and who is not to be
/// written to gets no mail of the workspace any more.
pub(crate) async fn obey(tx: &mut Tx, clock: &Clock, call: &Call, refusal: Refusal) -> Result<()> {
    let (scope, now) = (Scope::system(), clock.now());
    if refusal.calls {
        stop_calling(tx, clock, &call.to_number).await?;
    }
    let (true, Some(workspace_id), Some(creator)) = (refusal.mails, call.workspace_id, call.creator_id) else {
        return Ok(());
    };
    let creator = creators::store::by_id(scope, tx, creator).await?;
    if let Some(address) = creator.and_then(|creator| creator.email) {
        let suppression = Suppression {
            id: clock.new_id(),
            workspace_id,
            address,
            reason: "unsubscribed".into(),
            note: Some("They said so on the phone".into()),
            created_at: now,
        };
        suppressions::insert(scope, tx, &suppression).await?;
    }
    if let Some(entry) = call.outreach_id {
        sequences::stop_of_entry(scope, tx, entry, "unsubscribed", now).await?;
    }
    Ok(())
}

/// What a talk came to, as a change of its call.
pub(crate) fn ended(talk: &Talk, brief: &Brief) -> Change {
    Change { report: Some((talk.report(brief), talk.clone())), ..Change::default() }
}
