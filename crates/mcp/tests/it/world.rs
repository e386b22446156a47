//! A server with campaigns and a door, two businesses, and assistants of either era of the protocol.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use http_base::{App, Routes, layers, openapi};
use kernel::{Clock, UserType, WorkspaceRole};
use mcp::{Mcp, Settings};
use ports::counters::LocalCounters;
use serde_json::{Value, json};
use testkit::{FreshDb, People, Someone};
use tower::ServiceExt as _;

/// The last version with `initialize`, and the first without.
pub(crate) const ERAS: [&str; 2] = ["2025-11-25", "2026-07-28"];

pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) people: People,
    pub(crate) brand: Someone,
    pub(crate) other: Someone,
    pub(crate) viewer: Someone,
    pub(crate) app: App,
    router: Router,
    _fresh: FreshDb,
}

/// What came back over HTTP.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    /// The result of a call that went well as the protocol sees it.
    pub(crate) fn result(&self) -> &Value {
        assert_eq!(self.status, 200, "{}", self.body);
        let result = &self.body["result"];
        assert!(result.is_object(), "{}", self.body);
        result
    }

    /// What a tool answered, and whether it failed.
    pub(crate) fn told(&self) -> (Value, bool) {
        let result = self.result();
        let text = result["content"][0]["text"].as_str().unwrap();
        (serde_json::from_str(text).unwrap(), result["isError"] == true)
    }

    /// What a tool that did not fail answered.
    pub(crate) fn done(&self) -> Value {
        let (told, failed) = self.told();
        assert!(!failed, "{told}");
        told
    }

    /// What a tool that failed said.
    pub(crate) fn failed(&self) -> Value {
        let (told, failed) = self.told();
        assert!(failed, "{told}");
        told
    }
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        Self::set(fresh, Settings::default()).await
    }

    pub(crate) async fn set(fresh: FreshDb, settings: Settings) -> Self {
        let clock = Clock::mock("2026-03-02T09:00:00Z".parse().unwrap(), 7);
        let tables = [
            events::MIGRATIONS,
            jobs::MIGRATIONS,
            delivery::MIGRATIONS,
            http_base::idempotency::MIGRATIONS,
            mail::MIGRATIONS,
            creators::MIGRATIONS,
            campaigns::MIGRATIONS,
            mcp::MIGRATIONS,
            accounts::MIGRATIONS,
        ]
        .concat();
        fresh.db.migrate(&tables, clock.now()).await.unwrap();
        let people = People::default();
        let app = App::builder(fresh.db.clone(), clock.clone())
            .public_url("https://flow.example.com")
            .authenticated_by(Arc::new(people.clone()))
            .build();
        let slices = Routes::new().merge(campaigns::slice(&app).routes);
        let (routes, document, mut policies) = slices.split(openapi::base("1.0.0"));
        let asked = layers::around(routes, policies.clone(), &app, &[]);
        let counters = Arc::new(LocalCounters::new(clock.clone()));
        let door = Mcp::new(app.clone(), counters, settings).router(
            asked,
            &document,
            &[HeaderValue::from_static("https://console.example.com")],
            &mut policies,
        );
        let brand = people.business(&clock);
        let viewer = people.someone(&clock, UserType::Business, brand.account.workspace, WorkspaceRole::Viewer);
        Self {
            other: people.business(&clock),
            viewer,
            brand,
            people,
            clock,
            router: layers::around(door, policies, &app, &[]),
            app,
            _fresh: fresh,
        }
    }

    /// Posts a message with these headers.
    pub(crate) async fn post(&self, headers: &[(&str, &str)], message: &Value) -> Reply {
        let mut request = Request::post("/mcp").body(Body::from(message.to_string())).unwrap();
        let usual = [
            ("host", "flow.example.com"),
            ("content-type", "application/json"),
            ("accept", "application/json, text/event-stream"),
        ];
        for (name, value) in usual.iter().chain(headers) {
            request.headers_mut().insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        let body =
            serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into());
        Reply { status: head.status, headers: head.headers, body }
    }

    /// Somebody's assistant asks by this era of the protocol.
    pub(crate) async fn ask(&self, era: &str, who: &Someone, method: &str, params: Value) -> Reply {
        self.ask_with(era, who, method, params, &[]).await
    }

    /// The same with more headers.
    pub(crate) async fn ask_with(
        &self,
        era: &str,
        who: &Someone,
        method: &str,
        mut params: Value,
        more: &[(&str, &str)],
    ) -> Reply {
        let bearer = format!("Bearer {}", who.token);
        let mut headers = vec![("authorization", bearer.as_str()), ("mcp-protocol-version", era)];
        let name = params["name"].as_str().or(params["uri"].as_str()).unwrap_or_default().to_owned();
        if era == ERAS[1] {
            headers.push(("mcp-method", method));
            if !name.is_empty() {
                headers.push(("mcp-name", &name));
            }
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": era,
                "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": {},
            });
        }
        headers.extend_from_slice(more);
        self.post(&headers, &json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})).await
    }

    /// Somebody's assistant calls a tool.
    pub(crate) async fn call(&self, who: &Someone, tool: &str, arguments: Value) -> Reply {
        self.ask(ERAS[1], who, "tools/call", json!({"name": tool, "arguments": arguments})).await
    }

    /// A campaign of somebody's, drafted by their assistant; answers its id.
    pub(crate) async fn campaign(&self, who: &Someone, about: &str) -> String {
        let body = json!({
            "product_name": "FitBand Pro",
            "brand_name": "TechFit",
            "product_description": about,
            "target_audience": "People who run",
            "key_use_cases": ["running"],
            "campaign_goal": "Awareness",
            "product_niche": "Fitness",
            "total_budget": 25000,
        });
        let drafted = self.call(who, "draft_campaign", body).await.done();
        drafted["data"]["id"].as_str().unwrap_or_else(|| panic!("{drafted}")).to_owned()
    }
}
