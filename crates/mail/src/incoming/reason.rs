//! What a mail server meant when it said no.

/// What was meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    /// There is no room for it now.
    Full,
    /// It is too large.
    Size,
    /// The account is there, and shut.
    Shut,
    /// It may be tried again.
    Later,
    /// Something about us, or about what we wrote, is not liked.
    Policy,
    /// There is no such place.
    Nowhere,
    /// There is nobody of that name.
    Nobody,
    /// It was refused, and that may mean anything.
    Refused,
}

/// What a server meant, if its words say so.
fn class(said: &str) -> Option<Class> {
    let fits = |words: &[&str]| words.iter().any(|word| said.contains(word));
    PHRASES.iter().find(|(_, words)| fits(words)).map(|(class, _)| *class)
}

/// Is there no such address, or no such domain? Only that is for good. The words go before the figures: servers say 5.1.1 of full
/// mailboxes and 5.7.1 of unknown users.
pub fn is_gone(status: Option<&str>, said: &str) -> bool {
    let said = without_names(&said.to_lowercase()).split_whitespace().collect::<Vec<_>>().join(" ");
    // Some quote what the other server said, below a status of their own.
    let quoted = said.split_once("unknown address error").map(|(_, quoted)| quoted).filter(|quoted| quoted.len() > 8);
    let inner = quoted.and_then(super::bounce::status_of);
    let (status, said) = (inner.as_deref().or(status), quoted.unwrap_or(&said));
    let is_temporary = status.is_some_and(|status| status.starts_with('4'));
    let status = status.unwrap_or_default();
    match class(said) {
        Some(Class::Full | Class::Size | Class::Shut | Class::Later | Class::Policy) => false,
        Some(Class::Nowhere) => !is_temporary,
        // "User unknown" after the whole mail was read is what filters say, too: it counts beside a status that means it, or of `RCPT`.
        Some(Class::Nobody) => {
            let has = |signs: &[&str]| signs.iter().any(|sign| said.contains(sign));
            // Yahoo says so after the mail, and means the address.
            OF_ADDRESSES.contains(&status)
                || said.contains("delivery error: dd")
                || (!is_temporary
                    && !has(OF_DATA)
                    && (has(OF_RCPT)
                        || (!status.ends_with(".2.1") && names_receiver(said))
                        || !super::bounce::has_code(said)))
        }
        Some(Class::Refused) => false,
        None => {
            is_unregistered(said)
                || matches!(status, "5.1.0" | "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.4.4")
        }
    }
}

/// A text with an `@` for each address: what somebody is called says nothing (`spam@filter.example`).
pub(super) fn without_names(said: &str) -> String {
    let mut text = String::with_capacity(said.len());
    let mut from = 0;
    for (at, address) in super::addresses::of_text(said) {
        let begins = said.get(at..).and_then(|rest| rest.find(&address)).map_or(at, |more| at + more);
        text.push_str(said.get(from..begins).unwrap_or_default());
        text.push('@');
        from = begins + address.len();
    }
    text.push_str(said.get(from..).unwrap_or_default());
    text
}

/// Does a refusal name the receiver (`550 Unknown user mia@example.com`)? Then it speaks of the receiver.
fn names_receiver(said: &str) -> bool {
    let reply =
        ["550 ", "553 ", "554 "].iter().filter_map(|code| said.find(code)).min().and_then(|at| said.get(at + 4..));
    let before = reply.map(|reply| &reply[..reply.floor_char_boundary(80)]).and_then(|reply| reply.split_once('@'));
    before.is_some_and(|(before, _)| !before.contains(':') && before.split(' ').count() < 5)
}

/// Symantec's way to say that nobody of that name is registered: `542 mia@example.com Rejected`.
fn is_unregistered(said: &str) -> bool {
    let mut words = said.split_once("542 ").map_or("", |(_, words)| words).split(' ');
    words.next().is_some_and(|word| word.contains('@')) && words.next() == Some("rejected")
}

/// Does the server go on trying?
pub(super) fn is_late(front: &str) -> bool {
    let front = front.to_ascii_lowercase();
    LATE.iter().any(|words| front.contains(words))
}

/// Statuses that speak of the address.
const OF_ADDRESSES: &[&str] =
    &["5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.1", "5.4.4", "4.1.1", "5.1.351", "5.5.0"];

/// Signs that a server spoke of the receiver, and not of a mail that it had read.
const OF_RCPT: &[&str] = &["rcpt", "550 <", "553 <", "554 <", "550: <", "does not like recipient"];

/// Signs that a server had read the mail.
const OF_DATA: &[&str] = &["end of data", "reply to data", "command data", ">>> data", "after data"];

/// What reports say of mails that are still tried.
const LATE: &[&str] = &[
    "will continue",
    "still being tried",
    "not yet been delivered",
    "has been delayed",
    "no action is required",
    "will keep trying",
    "delivery delayed",
    "warning message only",
    "will retry",
    "will be retried",
    "temporarily delayed",
    "not need to resend",
];

/// What servers say, the class that is meant, and the first that fits counts: servers say "user unknown, over quota".
const PHRASES: &[(Class, &[&str])] = &[
    // It goes on: "they may be blacklisted".
    (Class::Nowhere, &["account or domain may not exist"]),
    (
        Class::Full,
        &[
            "mailbox full",
            "mailbox is full",
            "mailbox for user is full",
            "over quota",
            "overquota",
            "quota exceed",
            "exceeded the quota",
            "exceeds quota",
            "quota limit",
            "disk quota",
            "disk full",
            "storage limit",
            "exceeded storage",
            "out of storage",
            "insufficient disk",
            "insufficient system storage",
            "over the allowed quota",
            "user is over",
            "too many messages",
            "mailfolder is full",
            "not enough disk",
            "not enough space",
            "over disk quota",
            "over storage",
            "is over the",
            "over its quota",
            "quota violation",
            "space has been used up",
            "mail data",
            "no space left",
            "exceeded storage allocation",
            "exceeding their quota",
            "exceeding its",
            "full mailbox",
            "boite du destinataire pleine",
            "box is full",
            "maildir over",
            "buzon lleno",
            "casilla llena",
            "postfach ist voll",
            "postfach voll",
            "caixa cheia",
            "casella piena",
            "\u{30e1}\u{30fc}\u{30eb}\u{30dc}\u{30c3}\u{30af}\u{30b9}\u{304c}\u{4e00}\u{676f}",
        ],
    ),
    (
        Class::Size,
        &[
            "maximum size",
            "too large",
            "size limit",
            "message size",
            "exceeds the size",
            "larger than",
            "mailbox size limit",
        ],
    ),
    (
        Class::Shut,
        &[
            "account is inactive",
            "mailbox is inactive",
            "inactive mailbox",
            "account inactive",
            "inactive user",
            "suspended",
            "account disabled",
            "account is disabled",
            "mailbox disabled",
            "mailbox is disabled",
            "account has been disabled",
            "account expired",
            "temporarily disabled",
            "temporarily suspended",
            "currently suspended",
            "currently disabled",
            "account that you tried to reach is disabled",
            "mailbox currently suspended",
            "disabled or discontinued",
            "user is terminated",
            "is a deactivated",
            "mailbox is frozen",
            "account is locked",
            "temporary locked",
            "archived recipient",
            "boite du destinataire archivee",
            "user(s) account is",
        ],
    ),
    (
        Class::Later,
        &[
            "greylist",
            "graylist",
            "try again later",
            "temporarily deferred",
            "temporary failure",
            "too many connections",
            "connection timed out",
            "connection refused",
            "no route to host",
            "network is unreachable",
            "conversation with",
            "timed out while",
            "lost connection",
            "retry timeout exceeded",
            "retry time not reached",
            "mail loop",
            "too many hops",
            "hop count",
            "loops back",
            "queue file write error",
            "couldn't create",
            "lock failure",
            "host not found, try again",
            "malformed or unexpected name server reply",
        ],
    ),
    (
        Class::Policy,
        &[
            "relaying denied",
            "relay access denied",
            "relay denied",
            "relaying not permitted",
            "relay not permitted",
            "not permitted to relay",
            "relay not allowed",
            "relaying is not allowed",
            "unable to relay",
            "we do not relay",
            "rcpthosts",
            "spf",
            "dkim",
            "dmarc",
            "blacklist",
            "blocklist",
            "black list",
            "block list",
            "spamhaus",
            "spamcop",
            "barracuda",
            " rbl",
            "dnsbl",
            "listed at",
            "poor reputation",
            "reverse dns",
            " ptr ",
            "rdns",
            "looks like spam",
            "spam message",
            "considered spam",
            "identified as spam",
            "as spam",
            "spam content",
            "spam score",
            "unsolicited",
            "virus",
            "after mail from",
            "in reply to mail from",
            "my name was rejected",
            "malware",
            "authentication required",
            "sender address rejected",
            "sender rejected",
            "bad sender",
            "unknown sender",
            "sender unknown",
            "domain of sender",
            "sender domain",
            "redundant",
            "open relay",
            "header error",
            "not a member of",
            "are not member",
            "duplicated message-id",
            "not a registered gateway",
        ],
    ),
    (
        Class::Nowhere,
        &[
            "host unknown",
            "domain is not reachable",
            "indicated no smtp service",
            "dns lookup failure",
            "unknown host",
            "host not found",
            "hostname unknown",
            "no such host",
            "no such domain",
            "domain not found",
            "domain unknown",
            "unknown domain",
            "domain does not",
            "domain doesn't",
            "domain is not valid",
            "invalid domain",
            "bad destination host",
            "bad destination system",
            "nxdomain",
            "name or service not known",
            "name service error",
            "unrouteable mail domain",
            "unrouteable domain",
            "no mx",
            "null mx",
            "nullmx",
            "does not accept mail",
            "doesn't accept mail",
            "couldn't find any host",
            "could not find any host",
            "cannot find a mail exchanger",
            "lookup failed",
            "illegal host",
            "domain name not found",
            "domain couldn't be found",
            "no route to domain",
            "domain must exist",
            "all relevant mx records point to non-existent",
            "not accepting network messages",
            "mail receiving disabled",
            "host/domain does not accept",
            "no mx found",
            "mail domain mentioned in email address is unknown",
        ],
    ),
    (
        Class::Nobody,
        &[
            "recipient address rejected: access denied",
            "name is not recognized",
            "not a registered",
            "destinataire invalide",
            "user unknown",
            "unknown user",
            "no such user",
            "no such recipient",
            "no such mailbox",
            "no such address",
            "no such person",
            "no such account",
            "no such local",
            "not such user",
            "user not found",
            "user does not exist",
            "user doesn't exist",
            "user doesnt exist",
            "user not exist",
            "user is unknown",
            "unknown recipient",
            "recipient unknown",
            "recipient not found",
            "recipient was not found",
            "recipientnotfound",
            "recipient does not exist",
            "recipient not exist",
            "recipient no longer",
            "invalid recipient",
            "invalid user",
            "invalid mailbox",
            "invalid address",
            "invalid final delivery user",
            "bad recipient",
            "bad address",
            "bad destination mailbox",
            "no mailbox",
            "mailbox not found",
            "mailbox does not exist",
            "mailbox doesn't exist",
            "mailbox not exist",
            "mailbox unknown",
            "unknown mailbox",
            "mailbox unavailable",
            "mailbox is unavailable or",
            "address does not exist",
            "address doesn't exist",
            "address not found",
            "address unknown",
            "unknown address",
            "address rejected: user",
            "account does not exist",
            "account doesn't exist",
            "account not found",
            "account that you tried to reach does not exist",
            "account is unavailable",
            "no account",
            "does not have an account",
            "doesn't have a",
            "does not have a yahoo",
            "not a valid mailbox",
            "not a valid user",
            "not a valid recipient",
            "is not a valid",
            "is not a known user",
            "not known at this",
            "not our customer",
            "unrouteable address",
            "unroutable address",
            "undeliverable address",
            "undeliverable mailbox",
            "non-existent user",
            "nonexistent",
            "non existent",
            "not listed in",
            "not in our",
            "not in directory",
            "not found in directory",
            "does not exist",
            "doesn't exist",
            "no longer on server",
            "no longer in use",
            "no longer valid",
            "no longer available",
            "no longer active",
            "this address no longer accepts mail",
            "has moved",
            "user not local",
            "not a user",
            "is unknown",
            "no valid recipients",
            "no recipients",
            "deliver to unknown",
            "local user unknown",
            "unknown local",
            "unknown in",
            "recipient address rejected: unknown",
            "ambiguous address",
            "user-unknown",
            "userunknown",
            "error - no",
            "no user",
            "destination server rejected recipients",
            "delivery user",
            "dosn't exist",
            "user missing",
            "account closed",
            "mailaddress is administratively disabled",
            "no one by that name",
            "there is no one",
            "there is no user",
            "name not found",
            "listed in public name",
            "can't be found",
            "wasn't found",
            "could not be found",
            "couldn't be found",
            "cannot be found",
            "unknown account",
            "no mail box",
            "not present in directory",
            "recipient is not accepted",
            "recipient address rejected. (in reply to rcpt",
            "invalid-recipient",
            "no existe dicha",
            "no existe ese",
            "nessun utente",
            "utilisateur inconnu",
            "empfanger unbekannt",
            "empf\u{e4}nger unbekannt",
            "not a local address",
            "recipient not ok",
            "recipient is not local",
            "badrcptto",
            "validrcptto",
            "account unavailable",
            "please check if address is correct",
            "user is not found",
            "address invalid",
            "t have a mailbox",
            "other recipients in the same domain",
            "\u{898b}\u{3064}\u{304b}\u{308a}\u{307e}\u{305b}\u{3093}",
            "\u{30ea}\u{30b9}\u{30c8}\u{306b}\u{3042}\u{308a}\u{307e}\u{305b}\u{3093}",
            "\u{5b9b}\u{5148}\u{4e0d}\u{660e}",
            "\u{5b9b}\u{5148}\u{304c}\u{898b}",
        ],
    ),
    (
        Class::Refused,
        &[
            "access denied",
            "policy",
            "rejected by",
            "refused",
            "blocked",
            "not allowed",
            "not authorized",
            "unauthorized",
            "authentication",
            "prohibited",
            "administrative",
            "denied",
            "content",
            "filter",
            "spam",
            "reputation",
            "rate limit",
            "too many",
            "too fast",
            "restricted",
            "transaction failed",
            "expired",
            "timeout",
            "timed out",
        ],
    ),
];
