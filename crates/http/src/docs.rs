//! `/openapi.json`, Swagger UI at `/docs` and Redoc at `/redoc`, whole from the binary: no page asks anyone else for anything.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use kernel::Error;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::Config;

use crate::{Answer, Named};

const REDOC_PAGE: &str = include_str!("../assets/redoc/index.html");
const REDOC_SCRIPT: &[u8] = include_bytes!("../assets/redoc/redoc.standalone.js.gz");
const A_DAY: &str = "public, max-age=86400";

#[derive(Clone)]
struct Docs {
    document: Bytes,
    swagger: Arc<Config<'static>>,
}

/// The pages of the documentation, and the document itself.
pub fn router(document: &OpenApi) -> Result<Router, serde_json::Error> {
    let docs = Docs {
        document: serde_json::to_vec(document)?.into(),
        swagger: Arc::new(Config::from("/openapi.json").try_it_out_enabled(true)),
    };
    let pages = Router::new()
        .route("/openapi.json", get(openapi_json))
        .route("/docs", get(swagger_page))
        .route("/docs/{*file}", get(swagger_file))
        .route("/redoc", get(|| async { Html(REDOC_PAGE) }))
        .route("/redoc/redoc.standalone.js", get(redoc_script));
    Ok(pages.with_state(docs))
}

async fn openapi_json(State(docs): State<Docs>) -> Response {
    ([(CONTENT_TYPE, "application/json")], docs.document).into_response()
}

async fn swagger_page(State(docs): State<Docs>) -> Answer<Response> {
    let page = swagger(&docs, "index.html")?;
    // Without its trailing slash the page's own relative addresses would miss.
    let page = String::from_utf8_lossy(&page).replacen("<head>", "<head>\n    <base href=\"/docs/\">", 1);
    Ok(Html(page).into_response())
}

async fn swagger_file(State(docs): State<Docs>, file: Named) -> Answer<Response> {
    let bytes = swagger(&docs, &file.0)?;
    let media_type = match file.0.rsplit('.').next() {
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("png") => "image/png",
        Some("html") => "text/html",
        _ => "application/octet-stream",
    };
    Ok(([(CONTENT_TYPE, media_type), (CACHE_CONTROL, A_DAY)], bytes).into_response())
}

fn swagger(docs: &Docs, file: &str) -> Result<Vec<u8>, Error> {
    let found = utoipa_swagger_ui::serve(file, docs.swagger.clone()).map_err(Error::internal)?;
    found.map(|file| file.bytes.into_owned()).ok_or_else(|| Error::not_found("Page"))
}

async fn redoc_script() -> Response {
    let head = [(CONTENT_TYPE, "text/javascript"), (CONTENT_ENCODING, "gzip"), (CACHE_CONTROL, A_DAY)];
    (head, REDOC_SCRIPT).into_response()
}
