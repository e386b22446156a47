//! The API's own description: what every route shares is added to the finished document, in one pass.

mod properties;
mod tags;

use std::collections::HashSet;

use axum::http::Method;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, SchemaType, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContactBuilder, Content, ContentBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder,
    PathItem, Ref, RefOr, Response, ResponseBuilder, Schema, Server,
};
use utoipa::{PartialSchema, ToSchema};

use crate::ErrorBody;
use crate::policy::{Policies, Policy, Rate, Takes, Who};

/// The document before any route is in it.
pub fn base(version: &str) -> OpenApi {
    let info = InfoBuilder::new()
        .title("InfluencerFlow")
        .version(version)
        .description(Some(
            "One server for the creator economy: brands find, reach, contract and pay creators; creators find paid work; \
             their audiences are coached.\n\nEvery error has one body (`ErrorBody`). Times are RFC 3339 UTC, ids are UUIDs \
             (version 7), money is a JSON number with at most two decimals. A trailing slash never matters.",
        ))
        .contact(Some(ContactBuilder::new().name(Some("InfluencerFlow")).build()))
        .license(Some(License::builder().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build()))
        .build();
    let here = Server::builder().url("/").description(Some("The server that serves this document.")).build();
    OpenApiBuilder::new().info(info).servers(Some([here])).tags(Some(tags::all())).build()
}

/// Adds what every route shares or what follows from its policy: the bearer token, the errors that it may answer, names for programs, and
/// the descriptions of properties that are called the same everywhere.
pub fn finish(document: &mut OpenApi, policies: &Policies) {
    let components = document.components.get_or_insert_with(|| ComponentsBuilder::new().build());
    let mut schemas = Vec::new();
    <ErrorBody as ToSchema>::schemas(&mut schemas);
    schemas.push(("ErrorBody".to_owned(), ErrorBody::schema()));
    components.schemas.extend(schemas);
    for (name, _, description) in ERRORS {
        components.responses.insert((*name).to_owned(), RefOr::T(error_response(description)));
    }
    let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.security_schemes.insert("bearer".to_owned(), RefOr::T(scheme));
    components.schemas.values_mut().for_each(describe);
    let naming: HashSet<String> =
        components.schemas.iter().filter(|(_, schema)| names_others(schema)).map(|(name, _)| name.clone()).collect();
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            let policy = policies.of(&method_of(method), path);
            no_null(operation);
            operation.operation_id = Some(operation_id(operation.summary.as_deref(), method, path));
            add_errors(policy, operation, &naming);
            add_security(policy.who, operation);
            bodies(operation).for_each(describe);
        }
    }
}

const HTML: &str = "text/html";

/// Name, status and description of the errors that routes share.
const ERRORS: &[(&str, &str, &str)] = &[
    ("BadRequest", "400", "The request cannot be read: malformed JSON, text that is not UTF-8"),
    ("Unauthenticated", "401", "A bearer token is wanted, or the one given is not valid"),
    ("Forbidden", "403", "Not for this kind of account, this role or this key"),
    ("NotFound", "404", "Not there, or not yours"),
    ("TooLarge", "413", "The body is larger than allowed"),
    ("UnsupportedMediaType", "415", "The body is of a type that is not read here"),
    ("Invalid", "422", "Some fields are not as they should be; every fault is told"),
    (
        "RateLimited",
        "429",
        "Too many requests: `Retry-After` says when to come back, `X-RateLimit-*` how many there may be",
    ),
    ("Internal", "500", "A fault of ours; it is logged under the request id"),
    ("Unavailable", "503", "The server cannot do it now; try again a little later"),
    ("TimedOut", "504", "It took too long, or the body came too slowly, and was given up"),
];

/// Errors whose pages a person sees who followed a mailed link: what went wrong with the link, or with what was sent.
const OF_PAGES: &[&str] = &["400", "403", "404", "409", "422"];

/// `naming` are the schemas of bodies that name other things by their ids.
fn add_errors(policy: Policy, operation: &mut Operation, naming: &HashSet<String>) {
    let has_body = operation.request_body.is_some() || policy.takes != Takes::Json;
    let has_parameters = operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty());
    let names_something = operation.parameters.iter().flatten().any(|parameter| {
        matches!(parameter, RefOr::T(own) if own.parameter_in == ParameterIn::Path || names_another(&own.name))
    }) || taken(operation).any(|schema| match schema {
        RefOr::Ref(named) => named.ref_location.rsplit('/').next().is_some_and(|name| naming.contains(name)),
        RefOr::T(_) => names_others(schema),
    });
    let has_pages = operation.responses.responses.iter().any(|(status, response)| {
        status.starts_with('2') && matches!(response, RefOr::T(response) if response.content.contains_key(HTML))
    });
    // What counts nobody and asks nobody is the server's own.
    let open = policy.who == Who::Everybody && policy.rate == Rate::Free;
    for (name, status, description) in ERRORS {
        let may_happen = match *status {
            "400" | "422" => has_body || has_parameters,
            "413" | "415" => has_body,
            "401" => !open,
            "403" => policy.who.wants_account(),
            "404" => names_something,
            "429" => policy.rate != Rate::Free,
            _ => true,
        };
        if may_happen && !operation.responses.responses.contains_key(*status) {
            let response = if has_pages && OF_PAGES.contains(status) {
                RefOr::T(error_response(description))
            } else {
                RefOr::Ref(Ref::new(format!("#/components/responses/{name}")))
            };
            operation.responses.responses.insert((*status).to_owned(), response);
        }
    }
    // A route tells what an error of its own means; its body is the one that every error has.
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && matches!(status.as_bytes(), [b'4' | b'5', ..])
            // A range that is not there is told by headers alone, as players expect.
            && status != "416"
        {
            if response.content.is_empty() || has_pages {
                response.content.entry("application/json".to_owned()).or_insert_with(|| RefOr::T(error_content()));
            }
            if has_pages && OF_PAGES.contains(&status.as_str()) {
                response.content.entry(HTML.to_owned()).or_insert_with(|| RefOr::T(page_content()));
            }
        }
    }
}

/// Does a schema have a property that names something else by its id?
fn names_others(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object)) if object.properties.keys().any(|name| names_another(name)))
}

fn names_another(name: &str) -> bool {
    name.ends_with("_id") || name.ends_with("_ids")
}

/// The schemas of what an operation takes.
fn taken(operation: &Operation) -> impl Iterator<Item = &RefOr<Schema>> {
    let body = operation.request_body.iter().filter_map(|body| match body {
        RefOr::T(body) => Some(body.content.values()),
        RefOr::Ref(_) => None,
    });
    body.flatten().filter_map(|content| match content {
        RefOr::T(content) => content.schema.as_ref(),
        RefOr::Ref(_) => None,
    })
}

/// Every operation says whether it wants a token: an empty list is "none". Where an account's token is no use (pages, mailed links,
/// webhooks) none is asked for.
fn add_security(who: Who, operation: &mut Operation) {
    let bearer = SecurityRequirement::new("bearer", [""; 0]);
    let wanted = operation.security.get_or_insert_with(|| match who {
        Who::Everybody => Vec::new(),
        Who::Anyone => vec![SecurityRequirement::default(), bearer],
        _ => vec![bearer],
    });
    if *wanted == [SecurityRequirement::default()] {
        wanted.clear();
    }
}

fn error_response(description: &str) -> Response {
    ResponseBuilder::new().description(description).content("application/json", error_content()).build()
}

fn error_content() -> Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody"))).build()
}

fn page_content() -> Content {
    ContentBuilder::new().schema(Some(String::schema())).build()
}

/// The method of an operation, by its name in the document.
pub(crate) fn method_of(name: &str) -> Method {
    Method::from_bytes(name.to_ascii_uppercase().as_bytes()).unwrap_or_default()
}

/// Every operation of a path, with its method.
pub fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("get", &mut item.get),
        ("post", &mut item.post),
        ("put", &mut item.put),
        ("patch", &mut item.patch),
        ("delete", &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// The schemas of what an operation takes and answers that stand in the operation itself.
fn bodies(operation: &mut Operation) -> impl Iterator<Item = &mut RefOr<Schema>> {
    let answers = operation.responses.responses.values_mut().filter_map(|response| match response {
        RefOr::T(response) => Some(response.content.values_mut()),
        RefOr::Ref(_) => None,
    });
    let taken = operation.request_body.iter_mut().filter_map(|body| match body {
        RefOr::T(body) => Some(body.content.values_mut()),
        RefOr::Ref(_) => None,
    });
    let contents = answers.flatten().chain(taken.flatten());
    contents.filter_map(|content| match content {
        RefOr::T(content) => content.schema.as_mut(),
        RefOr::Ref(_) => None,
    })
}

/// A body that may be missing is told as one that may be null, too; null is no body that is read.
fn no_null(operation: &mut Operation) {
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    for content in body.content.values_mut() {
        let RefOr::T(content) = content else { continue };
        if let Some(RefOr::T(Schema::OneOf(one))) = &mut content.schema {
            one.items.retain(|item| !is_null(item));
            if let [only] = one.items.as_slice() {
                content.schema = Some(only.clone());
            }
        }
    }
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null))
}

/// Gives every property without a description the one that its name has everywhere.
fn describe(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => {
            for (name, property) in &mut object.properties {
                describe(property);
                let meaning = own_comment(property).or_else(|| properties::meaning(name).map(str::to_owned));
                let Some(meaning) = meaning else { continue };
                match property {
                    RefOr::Ref(own) if own.description.is_empty() => own.description = meaning,
                    RefOr::T(own) => {
                        if let Some(own) = description(own) {
                            own.get_or_insert(meaning);
                        }
                    }
                    RefOr::Ref(_) => {}
                }
            }
            if let Some(AdditionalProperties::RefOr(values)) = object.additional_properties.as_deref_mut() {
                describe(values);
            }
        }
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                describe(items);
            }
        }
        Schema::OneOf(one) => one.items.iter_mut().for_each(describe),
        Schema::AllOf(all) => all.items.iter_mut().for_each(describe),
        Schema::AnyOf(any) => any.items.iter_mut().for_each(describe),
        _ => {}
    }
}

/// The comment on a field that may be null and is of a named type: it stands beside the type's name, and belongs to the property.
fn own_comment(property: &RefOr<Schema>) -> Option<String> {
    let RefOr::T(Schema::OneOf(one)) = property else { return None };
    one.items.iter().find_map(|item| match item {
        RefOr::Ref(named) if !named.description.is_empty() => Some(named.description.clone()),
        _ => None,
    })
}

/// Where the description of a property stands.
fn description(property: &mut Schema) -> Option<&mut Option<String>> {
    Some(match property {
        Schema::Object(own) => &mut own.description,
        Schema::Array(own) => &mut own.description,
        Schema::OneOf(own) => &mut own.description,
        Schema::AllOf(own) => &mut own.description,
        Schema::AnyOf(own) => &mut own.description,
        _ => return None,
    })
}

/// A name for programs, from what the operation is called: `list_contracts_of_campaign`. No other may be called the same.
fn operation_id(summary: Option<&str>, method: &str, path: &str) -> String {
    let Some(summary) = summary else {
        let words = path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        return [method].into_iter().chain(words).collect::<Vec<_>>().join("_");
    };
    let plain = summary.to_lowercase().replace("'s", "").replace("e-mail", "email");
    let words = plain.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.filter(|word| !["", "a", "an", "the"].contains(word)).collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_called_what_they_are_called() {
        let id = |summary| operation_id(summary, "get", "/api/v1/t/{code}");
        assert_eq!(id(Some("List the contracts of a campaign")), "list_contracts_of_campaign");
        assert_eq!(id(Some("Read a creator's profile")), "read_creator_profile");
        assert_eq!(id(None), "get_api_v1_t_code");
    }
}
