//! Acts that are shown before they happen: a token that does one act, once, for one person, within ten minutes.
//!
//! What is kept is the hash of the token and a digest of everything that was shown. Whoever asks for another act with it (another tool,
//! other arguments, another account or workspace) asks with another digest, and the token is not found. It is spent by one statement,
//! so that of two calls with it one is refused.

use accounts::secrets;
use db::{Tx, args};
use kernel::{Account, Clock, Id, Result, Timestamp, time};
use serde_json::{Value, json};

/// How long a token may be used.
pub(crate) const VALID: i64 = 10 * time::MINUTE;
/// For how long it is remembered that it was.
const KEPT: i64 = time::DAY;

#[derive(Debug)]
enum ConfirmationMarker {}
type ConfirmationId = Id<ConfirmationMarker>;

/// What a token is for, as one text: the account, the workspace that it works in, the tool and its arguments, keys in order.
pub(crate) fn digest(account: &Account, tool: &str, arguments: &Value) -> String {
    let whole = json!([account.id.to_string(), account.workspace.map(|own| own.to_string()), tool, sorted(arguments)]);
    secrets::hash(&whole.to_string())
}

/// The same value, whatever the order in which its keys were sent.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(all) => json!(["list", all.iter().map(sorted).collect::<Vec<_>>()]),
        Value::Object(fields) => {
            let mut pairs: Vec<_> = fields.iter().collect();
            pairs.sort_by_key(|(name, _)| *name);
            // As pairs, because a map may keep the order in which it was written.
            json!(["map", pairs.into_iter().map(|(name, value)| json!([name, sorted(value)])).collect::<Vec<_>>()])
        }
        other => other.clone(),
    }
}

/// Keeps what was shown, and answers the token and until when it may be used.
pub(crate) async fn offer(tx: &mut Tx, clock: &Clock, account: &Account, digest: &str) -> Result<(String, Timestamp)> {
    let token = secrets::random(clock, "act_");
    let (id, now): (ConfirmationId, _) = (clock.new_id(), clock.now());
    let until = now.plus(VALID);
    let sql = "INSERT INTO mcp_confirmations (id, account_id, token_hash, digest, created_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    tx.execute(sql, args![id, account.id, secrets::hash(&token), digest, now, until]).await?;
    Ok((token, until))
}

/// Uses a token up. False if it is not for this act of this account, has run out, or was used.
pub(crate) async fn spend(tx: &mut Tx, account: &Account, token: &str, digest: &str, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE mcp_confirmations SET used_at = $1 \
               WHERE token_hash = $2 AND account_id = $3 AND digest = $4 AND used_at IS NULL AND expires_at > $1";
    Ok(tx.execute(sql, args![now, secrets::hash(token), account.id, digest]).await? == 1)
}

/// Forgets tokens that nobody can use any more.
pub(crate) async fn purge(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM mcp_confirmations WHERE expires_at < $1", args![now.plus(-KEPT)]).await
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            "[a-z\\[\\],\"]{0,6}".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::hash_map("[a-z]{1,3}", inner, 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    fn reversed(value: &Value) -> Value {
        match value {
            Value::Array(all) => all.iter().map(reversed).collect(),
            Value::Object(fields) => {
                let mut pairs: Vec<_> = fields.iter().map(|(name, value)| (name.clone(), reversed(value))).collect();
                pairs.reverse();
                Value::Object(pairs.into_iter().collect())
            }
            other => other.clone(),
        }
    }

    proptest! {
        #[test]
        fn the_order_of_keys_does_not_matter_and_everything_else_does(one in any_value(), other in any_value()) {
            prop_assert_eq!(sorted(&one), sorted(&reversed(&one)));
            prop_assert_eq!(sorted(&one) == sorted(&other), one == other);
        }
    }
}
