//! A flow as it is sent: kept word by word, and read.

use input::rule::{Problem as Refusal, Rule};
use serde_json::{Map, Value, json};

use super::flow::{Flow, MOST_BYTES, MOST_EDGES, MOST_NODES};
use super::kind::NodeType;
use super::problems::Problems;

/// A flow, and what is strange about it.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// As it was sent.
    pub sent: Map<String, Value>,
    /// As it is walked.
    pub flow: Flow,
    /// What there is to say of it, and nothing of that an error.
    pub problems: Problems,
}

/// The rule of a field that is a flow.
pub(crate) fn flow() -> impl Rule<Output = Drawn> {
    input::rule::rule(schema, |value, from_text| {
        let sent = input::rule::object(MOST_BYTES).read(value, from_text)?;
        match Flow::read(&sent) {
            Ok((flow, problems)) => Ok(Drawn { sent, flow, problems }),
            Err(problems) => Err(problems.refusal().unwrap_or_else(|| Refusal::new("invalid", "cannot be read"))),
        }
    })
}

fn schema() -> Value {
    let text = json!({"type": "string"});
    let position = json!({"type": "object", "description": "Where a builder shows it; kept as it is",
        "properties": {"x": {"type": "number"}, "y": {"type": "number"}}, "additionalProperties": true});
    let words = NodeType::WORDS.join(", ");
    let node = json!({
        "type": "object",
        "required": ["id", "type"],
        "additionalProperties": true,
        "properties": {
            "id": {"type": "string", "minLength": 1, "maxLength": 100, "description": "Unique in the flow"},
            "type": {"type": "string", "description": format!("One of {words}; also delay, collect_input, escalate")},
            "position": position,
            "data": {"type": "object", "additionalProperties": true,
                "description": "What the type takes: GET /api/v1/programs/node-types has the schema of each"},
        },
    });
    let edge = json!({
        "type": "object",
        "required": ["source", "target"],
        "additionalProperties": true,
        "properties": {
            "id": text,
            "source": {"type": "string", "description": "The node that it leads on from"},
            "sourceHandle": {"type": ["string", "null"], "description": "The exit; without one, every exit that has no edge of its own"},
            "target": {"type": "string", "description": "The node that it leads to"},
        },
    });
    json!({
        "type": "object",
        "required": ["nodes", "edges"],
        "additionalProperties": true,
        "properties": {
            "nodes": {"type": "array", "minItems": 1, "maxItems": MOST_NODES, "items": node,
                "description": "Exactly one of the type start"},
            "edges": {"type": "array", "maxItems": MOST_EDGES, "items": edge, "description": "Between existing nodes"},
        },
        "examples": [{
            "nodes": [
                {"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {}},
                {"id": "message_1", "type": "send_message", "position": {"x": 200, "y": 0},
                    "data": {"message": "Welcome to the program!", "delay_hours": 0}},
            ],
            "edges": [{"id": "e1", "source": "start", "target": "message_1"}],
        }],
    })
}

/// The rule of a field that is the settings: kept as they were sent, if they can be read.
pub(crate) fn settings() -> impl Rule<Output = Map<String, Value>> {
    use crate::rows::ProgramSettings;
    let read = |sent: &Map<String, Value>| {
        input::Fields::of_body(Value::Object(sent.clone())).and_then(input::Fields::read::<ProgramSettings>)
    };
    Settings(read)
}

struct Settings<F>(F);

impl<F: Fn(&Map<String, Value>) -> kernel::Result<crate::rows::ProgramSettings>> Rule for Settings<F> {
    type Output = Map<String, Value>;

    fn read(&self, value: &Value, from_text: bool) -> Result<Self::Output, Refusal> {
        let sent = input::rule::object(16 << 10).read(value, from_text)?;
        let Err(error) = (self.0)(&sent) else { return Ok(sent) };
        let faults = error.faults().iter().map(|fault| {
            let parts = fault.loc.iter().skip(1).rev();
            parts.fold(Refusal::new(fault.kind, fault.message.clone()), |told, part| told.below(part))
        });
        Err(faults.reduce(Refusal::and).unwrap_or_else(|| Refusal::new("invalid", "cannot be read")))
    }

    fn schema(&self, schemas: &mut input::describe::Schemas) -> Value {
        input::rule::nested::<crate::rows::ProgramSettings>().schema(schemas)
    }
}
