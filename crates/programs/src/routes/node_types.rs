//! The types of nodes, for whoever builds a builder.

use axum::Json;
use http_base::{Answer, Member, Routes, routes};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::Programs;
use crate::model::NodeType;
use crate::model::nodes::{
    AiReplyNode, AwardBadgeNode, ConditionNode, EndNode, EnrollNode, GotoNode, HandoffNode, HttpRequestNode,
    QuestionNode, SendMessageNode, SetAttributeNode, SplitNode, StartNode, TagNode, WaitNode,
};

pub(super) fn router() -> Routes<Programs> {
    Routes::new().with(routes!(list))
}

/// A type of node.
#[derive(Serialize, ToSchema)]
struct ProgramNodeTypeBody {
    /// Its name: a node's `type`.
    #[serde(rename = "type")]
    kind: NodeType,
    /// Other names that are taken for it.
    aliases: Vec<&'static str>,
    /// What it does.
    description: String,
    /// What its `data` takes: a JSON Schema (2020-12), with everything that it refers to in `$defs`.
    #[schema(value_type = Object)]
    schema: Value,
    /// By which exits one leaves it: the `sourceHandle` of an edge. Without one, an edge stands for every exit that has none of its own.
    exits: Vec<ProgramNodeExit>,
    /// A node of this type.
    #[schema(value_type = Object)]
    example: Value,
}

/// An exit of a type of node.
#[derive(Serialize, ToSchema)]
struct ProgramNodeExit {
    /// Its name; what stands in angle brackets is the id of a choice or a branch.
    exit: &'static str,
    /// When it is taken.
    description: &'static str,
}

/// All types of nodes.
#[derive(Serialize, ToSchema)]
struct ProgramNodeTypes {
    /// In the order in which a builder may show them.
    node_types: Vec<ProgramNodeTypeBody>,
}

/// List the types of nodes of programs
///
/// What a flow may be made of: the JSON Schema of each type's `data`, its exits, and an example.
#[utoipa::path(get, operation_id = "list_program_node_types", path = "/api/v1/programs/node-types", tag = "Programs",
    responses((status = 200, description = "The types of nodes", body = ProgramNodeTypes)))]
async fn list(_: Member) -> Answer<Json<ProgramNodeTypes>> {
    Ok(Json(ProgramNodeTypes { node_types: NodeType::ALL.into_iter().map(told).collect() }))
}

fn told(kind: NodeType) -> ProgramNodeTypeBody {
    let (schema, exits, data) = match kind {
        NodeType::Start => {
            (schema::<StartNode>(), ONE, json!({"trigger": "tag", "tag": "challenge", "reentry": "after_end"}))
        }
        NodeType::SendMessage => {
            (schema::<SendMessageNode>(), ONE, json!({"message": "Welcome, {user_name}!", "delay_hours": 0}))
        }
        NodeType::Wait => (
            schema::<WaitNode>(),
            &[("done", "The time is over"), ("replied", "The member wrote; with `cancel_on_reply` alone")][..],
            json!({"days": 1, "until": {"time": "09:00", "weekdays": ["monday", "thursday"]}, "cancel_on_reply": true}),
        ),
        NodeType::Question => (
            schema::<QuestionNode>(),
            &[
                ("answered", "There is an answer"),
                ("choice:<id>", "The answer is this choice; without an edge of its own it goes by `answered`"),
                ("timeout", "Nobody answered in time, or what was answered could not be read too often"),
            ][..],
            json!({"message": "How was your week?", "choices": ["Good", "So so"], "save_to": "profile.week", "timeout_hours": 48}),
        ),
        NodeType::Condition => (
            schema::<ConditionNode>(),
            &[("true", "The rules hold"), ("false", "They do not")][..],
            json!({"rules": [{"field": "tags", "op": "contains", "value": "vip"}], "match": "all"}),
        ),
        NodeType::Split => (
            schema::<SplitNode>(),
            &[("<branch>", "The member was sent this branch: the same run always the same one")][..],
            json!({"branches": [{"id": "a", "weight": 1}, {"id": "b", "weight": 1}]}),
        ),
        NodeType::AiReply => (
            schema::<AiReplyNode>(),
            &[("answered", "There was a sure answer, and it was said"), ("unknown", "There was none")][..],
            json!({"question": "{last_message}", "fallback": "I will ask and come back to you."}),
        ),
        NodeType::SetAttribute => {
            (schema::<SetAttributeNode>(), ONE, json!({"field": "profile.stage", "value": "started"}))
        }
        NodeType::Tag => (schema::<TagNode>(), ONE, json!({"add": ["started"], "remove": ["lead"]})),
        NodeType::AwardBadge => (schema::<AwardBadgeNode>(), ONE, json!({"name": "First Week Complete"})),
        NodeType::Enroll => {
            (schema::<EnrollNode>(), ONE, json!({"program_id": "0190a000-0000-7000-8000-000000000000"}))
        }
        NodeType::Goto => (schema::<GotoNode>(), &[][..], json!({"node": "question_1"})),
        NodeType::HttpRequest => (
            schema::<HttpRequestNode>(),
            &[("ok", "The server answered with a 2xx"), ("failed", "It did not, within ten seconds")][..],
            json!({"url": "https://example.com/hook", "method": "POST", "body": {"name": "{user_name}"}, "save_to": "profile.crm"}),
        ),
        NodeType::Handoff => (
            schema::<HandoffNode>(),
            &[("default", "The person has handed the conversation back")][..],
            json!({"reason": "Wants a call", "message": "One of us will write to you."}),
        ),
        NodeType::End => (schema::<EndNode>(), &[][..], json!({"outcome": "completed"})),
    };
    let aliases = <NodeType as kernel::Words>::ALSO.iter().filter(|(_, of)| *of == kind).map(|(word, _)| *word);
    let description = schema.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
    let exits = exits.iter().map(|(exit, description)| ProgramNodeExit { exit, description }).collect();
    let example = json!({"id": format!("{kind}_1"), "type": kind.word(), "position": {"x": 0, "y": 0}, "data": data});
    ProgramNodeTypeBody { kind, aliases: aliases.collect(), description, schema, exits, example }
}

const ONE: &[(&str, &str)] = &[("default", "It goes on")];

/// The schema of a type's data, which refers to nothing outside of itself.
fn schema<T: ToSchema>() -> Value {
    let mut others: Vec<(String, RefOr<Schema>)> = Vec::new();
    T::schemas(&mut others);
    let mut own = serde_json::to_value(T::schema()).unwrap_or_default();
    let defs: Map<String, Value> =
        others.into_iter().filter_map(|(name, schema)| Some((name, serde_json::to_value(schema).ok()?))).collect();
    if let Value::Object(own) = &mut own {
        own.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
        if !defs.is_empty() {
            own.insert("$defs".into(), Value::Object(defs));
        }
    }
    within(&mut own);
    own
}

/// Has what is referred to stand in `$defs`.
fn within(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(target)) = fields.get_mut("$ref") {
                *target = target.replace("#/components/schemas/", "#/$defs/");
            }
            fields.values_mut().for_each(within);
        }
        Value::Array(items) => items.iter_mut().for_each(within),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Flow;

    #[test]
    fn every_type_has_a_schema_that_stands_alone_and_an_example_that_is_taken() {
        for kind in NodeType::ALL {
            let body = told(kind);
            assert!(!body.description.is_empty(), "{kind}");
            let schema = body.schema.to_string();
            assert!(!schema.contains("#/components"), "{kind}: {schema}");
            for name in schema.split("#/$defs/").skip(1) {
                let name = name.split('"').next().unwrap();
                assert!(body.schema["$defs"].get(name).is_some(), "{kind}: {name} is not there");
            }
            let start = json!({"id": "start", "type": "start"});
            let mut nodes = vec![body.example.clone()];
            if kind != NodeType::Start {
                nodes.push(start);
            }
            if kind == NodeType::Goto {
                nodes.push(json!({"id": "question_1", "type": "end"}));
            }
            let flow = json!({"nodes": nodes, "edges": []});
            let read = Flow::read(flow.as_object().unwrap());
            assert!(read.is_ok(), "{kind}: {read:?}");
        }
    }
}
