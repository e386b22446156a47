//! `/openapi.json`, Swagger UI at `/docs` and Redoc at `/redoc`, whole from the binary: no page asks anyone else for anything.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use kernel::Error;
use utoipa::openapi::OpenApi;

use crate::assets::Asset;
use crate::policy::Policies;
use crate::{Answer, Named, Policy, Rate};

/// What browsers ask for of every page.
const ICON: Asset = Asset::plain("image/x-icon", include_bytes!("../assets/favicon.ico"));

const REDOC_PAGE: &str = include_str!("../assets/redoc/index.html");
const REDOC_SCRIPT: Asset = Asset::gzip("text/javascript", include_bytes!("../assets/redoc/redoc.standalone.js.gz"));
const REDOC_START: Asset = Asset::plain("text/javascript", include_bytes!("../assets/redoc/redoc-initializer.js"));

const SWAGGER_PAGE: &str = include_str!("../assets/swagger/index.html");
/// What that page loads, by name.
const SWAGGER_FILES: [(&str, Asset); 6] = [
    ("index.html", Asset::plain("text/html", SWAGGER_PAGE.as_bytes())),
    ("swagger-ui.css", Asset::gzip("text/css", include_bytes!("../assets/swagger/swagger-ui.css.gz"))),
    ("swagger-ui-bundle.js", {
        Asset::gzip("text/javascript", include_bytes!("../assets/swagger/swagger-ui-bundle.js.gz"))
    }),
    ("swagger-ui-standalone-preset.js", {
        Asset::gzip("text/javascript", include_bytes!("../assets/swagger/swagger-ui-standalone-preset.js.gz"))
    }),
    ("swagger-initializer.js", {
        Asset::plain("text/javascript", include_bytes!("../assets/swagger/swagger-initializer.js"))
    }),
    ("favicon-32x32.png", Asset::plain("image/png", include_bytes!("../assets/swagger/favicon-32x32.png"))),
];

/// The document alone, written when it is asked for.
pub(crate) fn description(document: OpenApi) -> Router {
    let document = Arc::new(document);
    Router::new().route("/openapi.json", get(|| async move { axum::Json(&*document).into_response() }))
}

/// The pages of the documentation, and the document itself. They are never counted.
pub fn router(document: &OpenApi, policies: &mut Policies) -> Result<Router, serde_json::Error> {
    const PAGES: [&str; 7] = [
        "/openapi.json",
        "/docs",
        "/docs/{*file}",
        "/redoc",
        "/redoc/redoc-initializer.js",
        "/redoc/redoc.standalone.js",
        "/favicon.ico",
    ];
    let document: Bytes = serde_json::to_vec(document)?.into();
    let pages = Router::new()
        .route("/openapi.json", get(openapi_json))
        .route("/docs", get(|| async { Html(SWAGGER_PAGE) }))
        .route("/docs/{*file}", get(swagger_file))
        .route("/redoc", get(|| async { Html(REDOC_PAGE) }))
        .route("/redoc/redoc-initializer.js", get(|asked: HeaderMap| async move { REDOC_START.answer(&asked) }))
        .route("/redoc/redoc.standalone.js", get(|asked: HeaderMap| async move { REDOC_SCRIPT.answer(&asked) }))
        .route("/favicon.ico", get(|asked: HeaderMap| async move { ICON.answer(&asked) }));
    for page in PAGES {
        policies.insert(Method::GET, page, Policy { rate: Rate::Free, ..Policy::default() });
    }
    Ok(pages.with_state(document))
}

async fn openapi_json(State(document): State<Bytes>) -> Response {
    ([(CONTENT_TYPE, "application/json")], document).into_response()
}

async fn swagger_file(file: Named, asked: HeaderMap) -> Answer<Response> {
    let found = SWAGGER_FILES.iter().find(|(name, _)| *name == file.0);
    found.ok_or_else(|| Error::not_found("Page"))?.1.answer(&asked)
}
