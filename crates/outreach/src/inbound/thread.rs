//! What leads a mail that comes in to its entry, when the Message-IDs do not: relays replace them (Amazon SES, Exchange), and people
//! write anew. Each mail of ours carries a signed token twice: in the address that answers go to (`replies+token@…`), and as a
//! Message-ID in `References`, which clients hand on.

use kernel::OutreachId;

use crate::Outreach;
use crate::token::Key;

/// What stands after the `@` of the token in `References`.
const PLACE: &str = "threads.influencerflow.invalid";

/// The Message-ID that names an entry.
pub(crate) fn reference(key: &Key, entry: OutreachId) -> String {
    format!("<{}@{PLACE}>", key.short(entry.uuid()))
}

/// Where answers about an entry go.
pub(crate) fn reply_to(outreach: &Outreach, key: &Key, entry: OutreachId) -> String {
    let settings = outreach.settings();
    if let Some(address) = &settings.reply_address {
        return plus(address, &key.short(entry.uuid()));
    }
    // Whoever reads the sender's own mailbox reads the answers there; the thread is told by References.
    if let Some(sender) = settings.sender.as_deref().filter(|sender| !mail::incoming::is_nobody(sender)) {
        return sender.to_owned();
    }
    let domain =
        settings.sender.as_deref().and_then(|sender| sender.rsplit_once('@')).map(|(_, domain)| domain.to_owned());
    let domain = domain.unwrap_or_else(|| host(outreach.app().public_url()));
    plus(&format!("replies@{domain}"), &key.short(entry.uuid()))
}

fn host(url: &str) -> String {
    let host =
        url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', '?', '#', ':']).next().unwrap_or_default();
    let fits =
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-');
    if fits { host.to_owned() } else { "localhost".to_owned() }
}

fn plus(address: &str, token: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{local}+{token}@{domain}"),
        None => address.to_owned(),
    }
}

/// The entry that one of the tokens of a mail names.
pub(super) fn named(key: &Key, mail: &mail::incoming::Incoming) -> Option<OutreachId> {
    let token = |address: &str| {
        let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
        let token = local.rsplit_once(['+', '=']).map_or(local, |(_, token)| token);
        key.read_short(token.trim_matches(['<', '>']))
    };
    let to = mail.to.iter().find_map(|address| token(address));
    let references = || mail.answers.iter().filter(|id| id.contains(PLACE)).find_map(|id| token(id));
    to.or_else(references).map(OutreachId::from_uuid)
}

#[cfg(test)]
mod tests {
    use mail::incoming::Incoming;

    use super::*;

    #[test]
    fn an_address_and_a_reference_name_the_entry() {
        let key = Key::parse(&"07".repeat(32)).unwrap();
        let id = OutreachId::from_uuid(uuid::Uuid::from_u128(99));
        let address = plus("replies@in.example.com", &key.short(id.uuid()));
        assert!(address.split('@').next().unwrap().len() <= 64, "{address}");
        // Relays change the case of what stands before the `@`.
        for to in [address.clone(), address.to_uppercase()] {
            assert_eq!(named(&key, &Incoming { to: vec!["x@y.example".into(), to], ..Incoming::default() }), Some(id));
        }
        let answers = vec!["<ses@email.amazonses.com>".to_owned(), reference(&key, id)];
        assert_eq!(named(&key, &Incoming { answers, ..Incoming::default() }), Some(id));
        let forged = address.replacen("replies+", "replies+a", 1);
        assert_eq!(named(&key, &Incoming { to: vec![forged], ..Incoming::default() }), None);
    }
}
