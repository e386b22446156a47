//! Prompts for what people ask for most.

use rmcp::model::{GetPromptResult, Prompt, PromptArgument, PromptMessage, Role};
use serde_json::{Map, Value};

struct Usual {
    name: &'static str,
    title: &'static str,
    about: &'static str,
    /// What has to be said, and what it is.
    arguments: &'static [(&'static str, &'static str)],
    /// What is asked for; `{name}` stands for an argument.
    text: &'static str,
}

const USUAL: &[Usual] = &[
    Usual {
        name: "plan_campaign",
        title: "Plan a campaign",
        about: "From an idea to a draft campaign with a short list of creators.",
        arguments: &[("idea", "The product, for whom it is, and the budget")],
        text: "Plan a campaign for this: {idea}\n\nDraft it with draft_campaign, rank creators for it with filter_creators, explain \
               the best five with explain_match, and propose a short list with what each would cost. Select nobody before I agree.",
    },
    Usual {
        name: "write_outreach",
        title: "Write to a creator",
        about: "An e-mail to a creator, prepared and shown before it is sent.",
        arguments: &[("campaign_id", "The campaign"), ("creator_id", "The creator")],
        text: "Write a short, personal first e-mail to creator {creator_id} for campaign {campaign_id}. Read both first, check with \
               list_outreach that nobody has written already, and show me the mail with prepare_outreach. Send it only when I agree.",
    },
    Usual {
        name: "campaign_report",
        title: "Report on a campaign",
        about: "What came of a campaign, in plain words.",
        arguments: &[("campaign_id", "The campaign")],
        text: "Read the figures of campaign {campaign_id} with campaign_figures. Say what came of it, which creators were worth their \
               fee, and what to do differently. Name the figures that you rely on, and say which are missing.",
    },
    Usual {
        name: "review_submission",
        title: "Review a submission",
        about: "Handed-in content against its brief.",
        arguments: &[("submission_id", "The submission")],
        text: "Read submission {submission_id} with get_submission. Go through its brief point by point, say what is met and what is \
               not, and propose to approve it or what to ask for. Decide nothing before I agree.",
    },
    Usual {
        name: "find_work",
        title: "Find offers that fit",
        about: "Offers for a creator, and an application to the best.",
        arguments: &[("wishes", "Kind of work, platforms, least fee")],
        text: "Find open offers for me that fit this: {wishes}. Compare the best three and draft a message for the one that fits best. \
               Apply only when I agree.",
    },
    Usual {
        name: "coach_morning",
        title: "What waits for me",
        about: "A coach's round: conversations that wait, and questions without an answer.",
        arguments: &[("knowledge_base_id", "The knowledge base")],
        text: "Show me who waits for me with waiting_conversations, and what nobody could answer with unanswered_questions in knowledge \
               base {knowledge_base_id}. Draft an answer to each from the knowledge base, and say where it says nothing. Send none before I agree.",
    },
];

/// All of them.
pub(crate) fn list() -> Vec<Prompt> {
    let told = USUAL.iter().map(|usual| {
        let arguments = usual
            .arguments
            .iter()
            .map(|(name, about)| PromptArgument::new(*name).with_description(*about).with_required(true));
        Prompt::new(usual.name, Some(usual.about), Some(arguments.collect())).with_title(usual.title)
    });
    told.collect()
}

/// One of them, filled in; a fault says what is missing.
pub(crate) fn get(name: &str, arguments: &Map<String, Value>) -> Result<GetPromptResult, String> {
    let usual = USUAL.iter().find(|usual| usual.name == name).ok_or_else(|| format!("There is no prompt {name}"))?;
    let mut text = usual.text.to_owned();
    for (argument, _) in usual.arguments {
        let value = arguments.get(*argument).and_then(Value::as_str).filter(|value| !value.trim().is_empty());
        let value = value.ok_or_else(|| format!("{argument} is missing"))?;
        text = text.replace(&format!("{{{argument}}}"), value);
    }
    Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]).with_description(usual.about))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::TOOLS;

    #[test]
    fn prompts_name_tools_that_are_there_and_use_every_argument() {
        for usual in USUAL {
            for (argument, _) in usual.arguments {
                assert!(usual.text.contains(&format!("{{{argument}}}")), "{}: {argument}", usual.name);
            }
            for word in
                usual.text.split(|c: char| !c.is_ascii_lowercase() && c != '_').filter(|word| word.contains('_'))
            {
                let known = TOOLS.iter().any(|tool| tool.name == word) || word.ends_with("_id");
                assert!(known, "{}: {word}", usual.name);
            }
        }
    }
}
