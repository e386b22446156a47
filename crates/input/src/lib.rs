//! One description of a request: from one struct follow the reader, which tells every fault at once, and the OpenAPI schema.
//!
//! ```
//! use input::{Fields, Input};
//! use serde_json::json;
//!
//! /// A new offer.
//! #[derive(Input, Debug)]
//! #[input(change = OfferChanges)]
//! struct NewOffer {
//!     /// What is asked for, in a line.
//!     #[input(text(200), alias = "name", example = "Instagram post")]
//!     title: String,
//!     /// More of it.
//!     #[input(any_text(2_000))]
//!     note: Option<String>,
//!     /// How many creators are wanted.
//!     #[input(whole(1, 100), default = 1)]
//!     places: i64,
//! }
//!
//! let offer: NewOffer = Fields::of_body(json!({"name": "A post"})).unwrap().read().unwrap();
//! assert_eq!((offer.title.as_str(), offer.note, offer.places), ("A post", None, 1));
//!
//! // The same fields in a change: missing leaves a field as it is, null clears it where it can be cleared.
//! let change: OfferChanges = Fields::of_body(json!({"note": null})).unwrap().read().unwrap();
//! assert_eq!((change.title, change.note, change.places), (None, Some(None), None));
//!
//! let faults = Fields::of_body(json!({"note": 5, "places": 0})).unwrap().read::<NewOffer>().unwrap_err();
//! let told: Vec<&str> = faults.faults().iter().map(|fault| fault.kind).collect();
//! assert_eq!(told, ["missing", "wrong_type", "out_of_range"]);
//! ```
//!
//! # The derive
//!
//! What a field's type says: `T` must be there (unless it has a `default`), `Option<T>` may be missing or null,
//! `Option<Option<T>>` belongs to a change (missing is `None`, null is `Some(None)`). The field's doc comment is its description.
//!
//! | on a field | |
//! |---|---|
//! | the first expression | its rule: a function of [`rule`] (`id`, `text(200)`, `list(10, email())`) or any expression that is a [`rule::Rule`]; a rule of one's own needs a name that [`rule`] does not have |
//! | `alias = "brand"` | another name that is taken as well; faults are told of the first |
//! | `name = "type"` | its name on the wire, if it is not the field's |
//! | `default`, `default = 1` | may be missing or null, and is this then |
//! | `example = "…"` | an example for the documentation |
//! | `missing = "…"` | what is said if it is missing, in place of "is missing" |
//! | `not_null` | an `Option<T>` of a change that cannot be cleared: null is a fault |
//! | `flatten` | another input whose fields stand beside these |
//! | `flatten, change = Name` | the same, with what stands in its place in the change form: the other's own change form |
//! | `blank` | a text that says nothing (it is empty, or only space) stands for null |
//! | `clears` | beside a `default`: in the change form null stands for that |
//! | `no_change` | is not part of the change form |
//!
//! | on the struct | |
//! |---|---|
//! | `change = Name` | makes a second struct, the change form |
//! | `name = "…"` | the schema's name, if it is not the struct's |
//! | `before = path` | `fn(&mut Fields)`, called first |
//! | `check = path` | `fn(&mut Self, &mut Fields)` (or `&Self`), called when every field could be read: rules between fields |
//! | `file = "…"` | a form that also has a part that is a file, with this description |
//! | `file_name = "…"`, `file_optional` | the name of that part, if it is not `file`; it may be missing |
//! | `no_schema` | makes no `ToSchema`: for a struct whose answer is described by utoipa's own derive |

pub mod describe;
mod fields;
pub mod form;
pub mod json;
mod period;
pub mod rule;
pub mod table;

#[doc(hidden)]
pub use serde_json;
#[doc(hidden)]
pub use utoipa;

pub use derive::Input;
pub use describe::Description;
pub use fields::{Fields, Input};
pub use period::Period;

// The derive names this crate.
extern crate self as input;

/// Writes the field of a change over what was: `None` leaves it as it is.
pub fn set<T>(field: &mut T, change: Option<T>) {
    if let Some(value) = change {
        *field = value;
    }
}
