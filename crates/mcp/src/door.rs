//! The door: where assistants come in over HTTP, and what stands behind it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http_base::policy::Policies;
use http_base::{ApiError, App, Mode, Policy};
use kernel::{Error, Kind};
use ports::counters::Counters;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use url::Url;
use utoipa::openapi::OpenApi;

use crate::Settings;
use crate::ask::Guest;
use crate::document::Document;
use crate::handler::Handler;
use crate::tools::{self, Listed};

/// Where the door is.
pub const PATH: &str = "/mcp";
/// The largest request that is read, in bytes.
const REQUEST: usize = 1 << 20;
/// This machine, as a client on it calls it.
const HERE: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// What stands behind the door.
pub(crate) struct Door {
    pub(crate) app: App,
    pub(crate) counters: Arc<dyn Counters>,
    pub(crate) settings: Settings,
    /// The server's own routes, with the layers around them.
    pub(crate) router: Router,
    pub(crate) document: Document,
    pub(crate) tools: Vec<Listed>,
}

impl Door {
    pub(crate) fn new(
        app: App,
        counters: Arc<dyn Counters>,
        settings: Settings,
        router: Router,
        document: &OpenApi,
    ) -> Self {
        let document = Document::read(document);
        let tools = tools::listed(&document);
        Self { app, counters, settings, router, document, tools }
    }

    /// The route. Web pages of these origins may use it as well.
    pub(crate) fn router(self, origins: &[HeaderValue], policies: &mut Policies) -> Router {
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .enforce_origin_validation()
            .with_allowed_origins(self.origins(origins))
            .with_allowed_hosts(self.hosts())
            .with_max_request_body_bytes(REQUEST);
        for method in [Method::POST, Method::GET, Method::DELETE] {
            policies.insert(method, PATH, Policy::default());
        }
        let app = self.app.clone();
        let handler = Handler::new(Arc::new(self));
        let service =
            StreamableHttpService::new(move || Ok(handler.clone()), Arc::new(NeverSessionManager::default()), config);
        Router::new().route_service(PATH, service).route_layer(from_fn_with_state(app, let_in))
    }

    /// The names under which the server may be called: one that is not there may be somebody else's DNS that points here.
    fn hosts(&self) -> Vec<String> {
        let own = Url::parse(self.app.public_url()).ok().and_then(|url| url.host_str().map(str::to_owned));
        HERE.into_iter().map(str::to_owned).chain(own).chain(self.settings.hosts.clone()).collect()
    }

    /// The web pages that may ask: the server's own, those of `CORS_ORIGINS`, and in the demo this machine's.
    fn origins(&self, others: &[HeaderValue]) -> Vec<String> {
        let others = others.iter().filter_map(|origin| origin.to_str().ok()).map(str::to_owned);
        let here = matches!(self.app.mode(), Mode::Demo(_))
            .then(|| ["http://localhost:*", "http://127.0.0.1:*"].map(str::to_owned));
        let listed = others.chain([self.app.public_url().to_owned()]).filter_map(|origin| with_port(&origin));
        listed.chain(here.into_iter().flatten()).collect()
    }
}

/// An origin with its port: without one any would be let in.
fn with_port(origin: &str) -> Option<String> {
    let url = Url::parse(origin).ok()?;
    Some(format!("{}://{}:{}", url.scheme(), url.host_str()?, url.port_or_known_default()?))
}

/// Lets in whoever brings a good token: nobody is an assistant's administrator for want of one, in the demo neither.
async fn let_in(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    let account = match http_base::caller::bearer(&head) {
        Ok(Some(token)) => app.authenticate(token).await.map_err(ApiError::from),
        Ok(None) => {
            let message = "Assistants need a token: send an API key or a bearer token in the Authorization header";
            Err(Error::new(Kind::Unauthenticated, message).into())
        }
        Err(error) => Err(error),
    };
    match account {
        Ok(account) => {
            let guest = Guest::new(account, &head, app.limits().trusted_proxies);
            head.extensions.insert(guest);
            next.run(Request::from_parts(head, body)).await
        }
        Err(error) => error.into_response(),
    }
}
