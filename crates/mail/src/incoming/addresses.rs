//! Addresses as they are compared. A domain has two spellings, `bücher.example` and `xn--bcher-kva.example`, which are the same.

/// An address as mail servers want it: the domain in ASCII. What cannot be written so stays as it is.
pub fn to_ascii(address: &str) -> String {
    let Some((local, domain)) = address.trim().rsplit_once('@') else { return address.trim().to_owned() };
    if domain.is_ascii() {
        return format!("{local}@{domain}");
    }
    idna::domain_to_ascii(domain).map_or_else(|_| address.trim().to_owned(), |domain| format!("{local}@{domain}"))
}

/// How addresses are compared: lower case, the domain in ASCII.
pub fn key(address: &str) -> String {
    to_ascii(address).to_lowercase()
}

/// Every way in which an address may have been written down: for what was stored before, and by others.
pub fn spellings(address: &str) -> Vec<String> {
    let ascii = key(address);
    let mut all = vec![ascii.clone(), address.trim().to_lowercase()];
    if let Some((local, domain)) = ascii.rsplit_once('@')
        && domain.contains("xn--")
    {
        all.push(format!("{local}@{}", idna::domain_to_unicode(domain).0));
    }
    all.sort();
    all.dedup();
    all
}

/// Every address in a text, with where it begins.
pub(super) fn of_text(text: &str) -> Vec<(usize, String)> {
    let bytes = text.as_bytes();
    let local = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte) || byte >= 0x80;
    let domain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-' || byte >= 0x80;
    let mut found = Vec::new();
    let mut from = 0;
    for (at, _) in text.match_indices('@') {
        let begin = if at > from && bytes[at - 1] == b'"' {
            // A local part may be quoted: `"mia sol"@example.com`.
            (from..at - 1).rev().take(64).find(|at| bytes[*at] == b'"')
        } else {
            (from..at).rev().take(64).take_while(|at| local(bytes[*at])).last()
        };
        let length = bytes[at + 1..].iter().take(255).take_while(|byte| domain(**byte)).count();
        from = at + 1 + length;
        let Some(begin) = begin else { continue };
        let (Some(left), Some(right)) = (text.get(begin..at), text.get(at + 1..from)) else { continue };
        let is_encoded = left.starts_with("=?");
        let left = if is_encoded { left } else { left.trim_start_matches(['.', '\'', '=', '/', '`', '*']) };
        let left = left.rsplit_once("mailto:").map_or(left, |(_, left)| left);
        let right = right.trim_end_matches(['.', '-']);
        if !left.is_empty() && right.len() > 1 {
            found.push((begin, format!("{left}@{right}")));
        }
    }
    found
}
