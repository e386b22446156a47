//! Signed bodies for other people's libraries to verify: `tools/webhook-clients/run.sh`.

use kernel::Clock;
use serde_json::json;
use webhooks::model::secret;

fn main() {
    let clock = Clock::system();
    let at = clock.now().micros().div_euclid(kernel::time::SECOND);
    let (generated, older) = (secret::generate(&clock), secret::generate(&clock));
    let plain = "any words — ñ 🏃".to_owned();
    let body = json!({"type": "user.created", "event": "user.created", "data": {"name": "María 🏃‍♀️"}}).to_string();
    let signed = |secrets: &[&String], verified_by: &String, raw: bool| {
        let id = clock.new_id::<()>().to_string();
        let signature = secret::sign(secrets.iter().map(|secret| secret.as_str()), &id, at, &body);
        json!({"secret": verified_by, "raw": raw, "body": body,
            "headers": {"webhook-id": id, "webhook-timestamp": at.to_string(), "webhook-signature": signature}})
    };
    let all = [
        signed(&[&generated], &generated, false),
        signed(&[&generated, &older], &generated, false),
        signed(&[&generated, &older], &older, false),
        signed(&[&plain], &plain, true),
        signed(&[&plain, &generated], &plain, true),
    ];
    println!("{}", json!(all));
}
