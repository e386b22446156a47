//! The stand-ins for WhatsApp and Telegram of the tests, for other people's clients: see tools/messaging-clients.
//!
//! Without an argument it serves both and tells where; with `whatsapp` or `telegram` it reads a webhook's body and tells what we read in it;
//! with `sign SECRET` it tells the header `X-Hub-Signature-256` of a body.

#![expect(clippy::unwrap_used, reason = "a tool that cannot go on has failed")]

#[expect(dead_code, reason = "tests look into it")]
#[path = "../tests/all/messaging/bot_api.rs"]
mod bot_api;
#[expect(dead_code, reason = "tests look into it")]
#[path = "../tests/all/messaging/graph.rs"]
mod graph;

use std::io::Read as _;

use ports::messaging::standin::bodies::hub_signature;
use ports::messaging::{telegram, whatsapp};

fn body() -> Vec<u8> {
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body).unwrap();
    body
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["whatsapp"] => println!("{}", serde_json::to_string(&whatsapp::parse(&body())).unwrap()),
        ["telegram"] => println!("{}", serde_json::to_string(&telegram::parse(&body())).unwrap()),
        ["sign", secret] => println!("{}", hub_signature(secret, &body())),
        _ => {
            let (graph, api) = (graph::Graph::start().await, bot_api::BotApi::start().await);
            let told = serde_json::json!({
                "whatsapp": {"url": graph.url, "token": graph::TOKEN, "number": graph::NUMBER, "business": graph::BUSINESS},
                "telegram": {"url": api.url, "token": bot_api::TOKEN},
            });
            println!("{told}");
            // Until whoever started it closes its input.
            tokio::task::spawn_blocking(body).await.unwrap();
        }
    }
}
