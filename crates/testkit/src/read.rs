//! Bodies without requests.

use input::{Fields, Input};
use serde_json::Value;

/// What a body says, read as a route reads it: for whoever makes rows by the functions of their owner.
#[track_caller]
pub fn read<T: Input>(body: Value) -> T {
    Fields::of_body(body).and_then(Fields::read).expect("the body has no faults")
}
