//! What follows from one struct: the reader, the change form, the schema and the parameters of a query.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use input::rule::{self, Rule};
use input::{Description, Fields, Input};
use kernel::{Amount, CreatorId, Platform, Timestamp};
use serde_json::{Map, Value, json};
use utoipa::openapi::path::ParameterIn;
use utoipa::{IntoParams, PartialSchema, ToSchema};

/// Who is asked.
#[derive(Input, Clone, PartialEq, Debug)]
struct Signer {
    /// Where the link goes.
    #[input(email)]
    email: String,
    /// Who it is.
    #[input(text(20))]
    name: Option<String>,
}

/// Everything that a field may be.
#[derive(Input, Debug)]
#[input(change = ThingChanges, name = "NewThing", check = Thing::check)]
struct Thing {
    /// What it is called.
    #[input(text(10), alias = "label", example = "Tea")]
    title: String,
    #[input(any_text(5))]
    note: Option<String>,
    /// What it costs.
    #[input(amount(false))]
    price: Amount,
    #[input(whole(1, 9), default = 3)]
    places: i64,
    #[input(flag, default)]
    urgent: bool,
    #[input(list(3, nested()))]
    signers: Option<Vec<Signer>>,
    #[input(id, name = "creator_id", no_change)]
    creator: CreatorId,
    #[input(list(4, platform()), default)]
    platforms: Vec<Platform>,
    #[input(flatten)]
    span: Span,
    #[input(flatten, change = TagChanges)]
    tags: Tags,
    #[input(number(0.0, 1.0).map(|share| (share * 100.0) as u8))]
    share: Option<u8>,
}

#[derive(Input, Debug)]
#[input(change = TagChanges)]
struct Tags {
    #[input(texts(3, 10), default = vec!["new".to_owned()], clears)]
    tags: Vec<String>,
    /// Whom to ask.
    #[input(email)]
    email: Option<String>,
    /// Read after a field that has the name of its rule.
    #[input(email)]
    second_email: Option<String>,
    /// Why.
    #[input(any_text(10), blank)]
    reason: Option<String>,
}

#[derive(Input, Debug, Clone, Default)]
struct Span {
    /// From when.
    #[input(moment)]
    from: Option<Timestamp>,
}

impl Thing {
    fn check(&self, fields: &mut Fields) {
        if self.urgent && self.note.is_none() {
            fields.fault("note", "missing", "must say why it is urgent");
        }
    }
}

const CREATOR: &str = "0190a000-0000-7000-8000-000000000001";

fn read<T: Input>(body: Value) -> Result<T, Vec<(String, &'static str)>> {
    Fields::of_body(body)
        .and_then(Fields::read)
        .map_err(|error| error.faults().iter().map(|fault| (fault.loc[1..].join("."), fault.kind)).collect())
}

#[test]
fn reads_what_is_right() {
    let thing: Thing = read(json!({"label": " Tea ", "price": 12.5, "creator_id": CREATOR, "share": 0.25,
        "signers": [{"email": "a@b.example", "name": null}], "from": "2026-01-15T10:30:00Z", "else": 1}))
    .unwrap();
    assert_eq!(
        (thing.title.as_str(), thing.price, thing.places, thing.urgent),
        ("Tea", Amount::from_minor(1250), 3, false)
    );
    assert_eq!(thing.signers.unwrap(), [Signer { email: "a@b.example".into(), name: None }]);
    assert_eq!((thing.share, thing.note, thing.platforms), (Some(25), None, vec![]));
    assert_eq!((thing.tags.tags, thing.tags.email, thing.tags.second_email), (vec!["new".to_owned()], None, None));
    assert!(thing.span.from.is_some() && thing.creator.to_string() == CREATOR);
}

#[test]
fn tells_every_fault_at_once_where_it_is() {
    let faults =
        read::<Thing>(json!({"note": "too long", "price": 0, "places": "3", "urgent": true, "creator_id": "x",
        "signers": [{"email": "none", "name": 5}, {}], "platforms": ["myspace"], "from": "then"}))
        .unwrap_err();
    let told: Vec<_> = faults.iter().map(|(place, kind)| (place.as_str(), *kind)).collect();
    assert_eq!(
        told,
        [
            ("title", "missing"),
            ("note", "too_long"),
            ("price", "out_of_range"),
            ("places", "wrong_type"),
            ("signers.0.email", "wrong_format"),
            ("signers.0.name", "wrong_type"),
            ("signers.1.email", "missing"),
            ("creator_id", "wrong_format"),
            ("platforms.0", "unknown_value"),
            ("from", "wrong_format"),
        ]
    );
    // A rule between fields is asked once each of them could be read.
    let faults = read::<Thing>(json!({"title": "Tea", "price": 1, "creator_id": CREATOR, "urgent": true})).unwrap_err();
    assert_eq!(faults, [("note".to_owned(), "missing")]);
}

#[test]
fn a_change_tells_missing_and_null_apart() {
    let changes: ThingChanges = read(json!({"note": null, "places": 5})).unwrap();
    assert_eq!((changes.title, changes.note, changes.places, changes.urgent), (None, Some(None), Some(5), None));
    assert!(changes.price.is_none() && changes.signers.is_none() && changes.share.is_none());
    assert!(changes.platforms.is_none() && changes.span.from.is_none());
    assert_eq!((changes.tags.tags, changes.tags.email), (None, None));
    let changes: ThingChanges = read(json!({"tags": null, "email": null})).unwrap();
    assert_eq!((changes.tags.tags, changes.tags.email), (Some(vec!["new".to_owned()]), Some(None)));
    assert_eq!(read::<ThingChanges>(json!({"reason": " "})).unwrap().tags.reason, Some(None));
    assert_eq!(read::<Tags>(json!({"reason": " "})).unwrap().reason, None);
    assert_eq!(read::<Tags>(json!({"reason": " tea"})).unwrap().reason.as_deref(), Some(" tea"));
    let mut places = 3;
    input::set(&mut places, changes.places);
    input::set(&mut places, Some(4));
    assert_eq!(places, 4);
    let faults = read::<ThingChanges>(json!({"title": null, "places": null, "platforms": null})).unwrap_err();
    assert!(faults.iter().all(|(_, kind)| *kind == "wrong_type") && faults.len() == 3, "{faults:?}");
}

#[test]
fn text_is_read_by_the_same_rules() {
    let pairs = [("title", "Tea"), ("price", "$1,200.50"), ("urgent", "yes"), ("note", "now"), ("creator_id", CREATOR)];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let thing: Thing = Fields::of_text("query", pairs).read().unwrap();
    assert_eq!((thing.price, thing.urgent), (Amount::from_minor(120_050), true));
}

fn schema_of<T: PartialSchema>() -> Value {
    serde_json::to_value(T::schema()).unwrap()
}

#[test]
fn the_schema_says_what_the_reader_does() {
    assert_eq!((Thing::name().as_ref(), ThingChanges::name().as_ref()), ("NewThing", "ThingChanges"));
    let schema = schema_of::<Thing>();
    assert_eq!(schema["description"], "Everything that a field may be.");
    assert_eq!(schema["required"], json!(["title", "price", "creator_id"]));
    let properties = &schema["properties"];
    assert_eq!(
        properties["title"],
        json!({"type": "string", "minLength": 1, "maxLength": 10, "pattern": r"\S", "examples": ["Tea"],
            "description": "What it is called. `label` is taken too."})
    );
    assert_eq!(properties["note"], json!({"type": ["string", "null"], "maxLength": 5}));
    assert_eq!(properties["price"]["exclusiveMinimum"], 0);
    assert_eq!((&properties["places"]["default"], &properties["places"]["maximum"]), (&json!(3), &json!(9)));
    assert_eq!(properties["signers"]["items"], json!({"$ref": "#/components/schemas/Signer"}));
    assert_eq!(properties["platforms"]["items"]["enum"][0], "instagram");
    assert_eq!(properties["from"]["format"], "date-time");
    let change = schema_of::<ThingChanges>();
    assert!(change.get("required").is_none() && change["properties"].get("creator_id").is_none());
    assert_eq!(change["properties"]["title"]["type"], "string");
    let tags = (&properties["tags"], &change["properties"]["tags"]);
    assert_eq!((&tags.0["default"], tags.1.get("default")), (&json!(["new"]), None));
    assert_eq!(tags.1["anyOf"][2], json!({"type": "null"}));
    let mut schemas = Vec::new();
    Thing::schemas(&mut schemas);
    assert_eq!(schemas.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["Signer"]);
}

#[test]
fn a_query_has_parameters() {
    let parameters = Thing::into_params(|| Some(ParameterIn::Query));
    let told = serde_json::to_value(&parameters).unwrap();
    let of = |name: &str| told.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    assert_eq!((&of("title")["required"], &of("note")["required"]), (&json!(true), &json!(false)));
    assert_eq!(of("title")["description"], "What it is called. `label` is taken too.");
    assert_eq!(of("note")["schema"]["type"], "string");
    assert_eq!((&of("platforms")["style"], &of("platforms")["explode"]), (&json!("form"), &json!(false)));
}

#[test]
fn the_schema_of_every_rule_survives() {
    fn check<T>(rule: &impl Rule<Output = T>) {
        let told = rule.schema(&mut Vec::new());
        for told in [input::describe::nullable(told.clone()), told] {
            let kept = serde_json::to_value(input::describe::finished(told.clone())).unwrap();
            assert_eq!(kept, told);
        }
    }
    check(&rule::text(5));
    check(&rule::any_text(5));
    check(&rule::texts(5, 10));
    check(&rule::text_or_list(5));
    check(&rule::number(0.5, 5.5));
    check(&rule::whole(-5, 5));
    check(&rule::tally());
    check(&rule::short_count());
    check(&rule::amount(true));
    check(&rule::amount(false));
    check(&rule::email());
    check(&rule::url());
    check(&rule::moment());
    check(&rule::id::<CreatorId>());
    check(&rule::platform());
    check(&rule::one_of(&["a", "b"]));
    check(&rule::flag());
    check(&rule::list(3, rule::flag()));
    check::<Map<String, Value>>(&rule::object(5));
    check(&rule::nested::<Signer>());
}

#[test]
fn a_form_may_have_a_file() {
    #[derive(Input)]
    #[input(file = "The recording.")]
    struct Upload {
        /// How long it is.
        #[input(whole(0, 600))]
        minutes: Option<i64>,
    }
    let object = Description::of::<Upload>().object("");
    assert_eq!(object["properties"]["file"]["format"], "binary");
    assert_eq!(object["required"], json!(["file"]));
    assert!(read::<Upload>(json!({})).unwrap().minutes.is_none());
}

#[test]
fn the_file_of_a_form_may_have_a_name_and_be_missing() {
    #[derive(Input)]
    #[input(file = "The recording.", file_name = "recording", file_optional)]
    struct Upload;
    let object = Description::of::<Upload>().object("");
    assert_eq!(object["properties"]["recording"]["format"], "binary");
    assert_eq!(object.get("required"), None);
}

#[test]
fn what_is_ignored_is_not_judged() {
    /// A mail.
    #[derive(Input, Debug)]
    #[input(before = Mail::before)]
    struct Mail {
        #[input(text(10))]
        template: Option<String>,
        #[input(text(10))]
        subject: Option<String>,
    }
    impl Mail {
        fn before(fields: &mut Fields) {
            if fields.has("template") {
                fields.ignore(&["subject"]);
            }
        }
    }
    let mail: Mail = read(json!({"template": "First", "subject": 5})).unwrap();
    assert_eq!((mail.template.as_deref(), mail.subject), (Some("First"), None));
    assert_eq!(read::<Mail>(json!({"subject": 5})).unwrap_err(), [("subject".to_owned(), "wrong_type")]);
}
