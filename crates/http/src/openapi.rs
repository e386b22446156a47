//! The API's own description: what every route shares is added to the finished document, in one pass.

use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContactBuilder, ContentBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder, PathItem, Ref,
    RefOr, Response, ResponseBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use crate::ErrorBody;

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
        .license(Some(License::new("MIT OR Apache-2.0")))
        .build();
    OpenApiBuilder::new().info(info).build()
}

/// Adds what every route shares: the bearer token, and the errors that any of them may answer.
pub fn finish(document: &mut OpenApi) {
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
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            operation.operation_id = Some(operation_id(method, path));
            add_errors(path, operation);
        }
    }
}

/// Name, status and description of the errors that routes share.
const ERRORS: &[(&str, &str, &str)] = &[
    ("BadRequest", "400", "The request cannot be read: malformed JSON, text that is not UTF-8"),
    ("Unauthenticated", "401", "A bearer token is wanted, or the one given is not valid"),
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
];

/// Routes that ask for no token.
const PUBLIC: &[&str] = &["/", "/health", "/api/v1/health", "/api/v1/info"];

fn add_errors(path: &str, operation: &mut Operation) {
    let has_body = operation.request_body.is_some();
    let has_parameters = operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty());
    let names_something = operation
        .parameters
        .iter()
        .flatten()
        .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path));
    let public = PUBLIC.contains(&path);
    for (name, status, _) in ERRORS {
        let may_happen = match *status {
            "400" | "422" => has_body || has_parameters,
            "413" | "415" => has_body,
            "401" => !public,
            "404" => names_something,
            "429" => !crate::limits::is_free(path),
            _ => true,
        };
        if may_happen && !operation.responses.responses.contains_key(*status) {
            let reference = Ref::new(format!("#/components/responses/{name}"));
            operation.responses.responses.insert((*status).to_owned(), RefOr::Ref(reference));
        }
    }
    if !public {
        operation.security.get_or_insert_with(|| vec![SecurityRequirement::new("bearer", [""; 0])]);
    }
}

fn error_response(description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody"))).build();
    ResponseBuilder::new().description(description).content("application/json", content).build()
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

/// A name for programs that is nobody else's: `get_api_v1_creators_creator_id`.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    [method].into_iter().chain(words).collect::<Vec<_>>().join("_")
}
