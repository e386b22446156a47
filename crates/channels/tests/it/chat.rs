//! The chat of a website or an app, as its page talks with the server.

use kernel::time;
use serde_json::{Value, json};
use testkit::{Client, Stream};
use uuid::Uuid;

use crate::world::World;

pub(crate) struct Chat {
    pub(crate) path: String,
    pub(crate) client: Client,
    pub(crate) token: String,
}

pub(crate) async fn session(world: &World, channel: &str, body: &Value) -> (u16, Value) {
    let reply = world.anyone.post(&format!("/api/v1/widget/{channel}/session"), body).await;
    (reply.status, reply.json())
}

impl Chat {
    pub(crate) async fn begin(world: &World, channel: &str, body: &Value) -> Self {
        let (status, made) = session(world, channel, body).await;
        assert!(status == 201 || status == 200, "{made}");
        let token = made["token"].as_str().unwrap().to_owned();
        let client = world.anyone.clone().with("authorization", &format!("Bearer {token}"));
        Self { path: format!("/api/v1/widget/{channel}"), client, token }
    }

    pub(crate) async fn write(&self, text: &str) -> Value {
        let reply = self
            .client
            .post(&format!("{}/messages", self.path), &json!({"client_id": Uuid::from_u128(rand(text)), "text": text}))
            .await;
        assert!(reply.status == 201 || reply.status == 200, "{}", reply.text());
        reply.json()
    }

    /// Follows the chat, behind the message of this number if one is given.
    pub(crate) async fn follow(&self, last: Option<&str>) -> Stream {
        self.client.stream(&format!("{}/stream", self.path), last).await.unwrap()
    }

    pub(crate) async fn read(&self) -> Value {
        self.client.get(&format!("{}/messages", self.path)).await.ok()
    }
}

fn rand(text: &str) -> u128 {
    text.bytes().fold(7_u128, |sum, byte| sum.wrapping_mul(31).wrapping_add(u128::from(byte)))
}

pub(crate) async fn web(world: &World) -> (String, String) {
    let made = world
        .channel(
            "web",
            &json!({"welcome_message": "Hello!", "allowed_origins": ["https://shop.example"], "assistant_name": "Sol", "person_name": "Ana"}),
        )
        .await;
    (made["id"].as_str().unwrap().to_owned(), made["identity_secret"].as_str().unwrap().to_owned())
}

pub(crate) fn jwt(secret: &str, user: &str, world: &World) -> Value {
    let exp = world.clock.now().micros() / time::SECOND + 300;
    let claims = json!({"user_id": user, "exp": exp, "name": "Dora"});
    let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
    json!({"jwt": jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()})
}
