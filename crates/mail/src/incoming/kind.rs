//! What a mail is, by its parts and headers.

use super::addresses::of_text;
use super::machine::{Headers, is_automatic_subject, is_bounce_subject, is_daemon, is_nobody};
use super::mime::{Read, classify, thread_ids};
use super::{Failure, What};
use super::{bounce, notice, prose};

/// How plainly a text speaks of a mail that did not get there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
enum Says {
    Nothing,
    /// If a mail server wrote it.
    Perhaps,
    Failure,
}

/// What only reports say.
const FAILURE: &[&str] = &[
    "could not be delivered",
    "couldn't be delivered",
    "could not deliver",
    "was not delivered",
    "wasn't delivered",
    "not be delivered",
    "undeliverable",
    "delivery failed",
    "delivery has failed",
    "failed to deliver",
    "unable to deliver",
    "wasn't able to deliver",
    "delivery to the following",
    "had permanent fatal errors",
    "had delivery errors",
    "did not reach the following",
    "did not reach some or all",
    "returned to you",
    "user unknown",
    "transcript of session follows",
    "invalid user address",
    "you are not a member of this mailing list",
    "duplicated message-id in",
    "nicht zugestellt",
    "konnte nicht zustellen",
    "no se pudo entregar",
    "no se ha podido entregar",
    "n'a pas pu \u{ea}tre remis",
    "n'a pas pu etre remis",
    "n'a pas pu \u{ea}tre distribu",
    "non \u{e8} stato possibile",
    "non e stato possibile",
    "n\u{e3}o p\u{f4}de ser entregue",
    "niet worden bezorgd",
    // Could not be sent, could not be delivered, could not be handed over.
    "\u{9001}\u{4fe1}\u{3067}\u{304d}\u{307e}\u{305b}\u{3093}",
    "\u{914d}\u{4fe1}\u{3067}\u{304d}\u{307e}\u{305b}\u{3093}",
    "\u{914d}\u{9001}\u{3067}\u{304d}\u{307e}\u{305b}\u{3093}",
    "\u{914d}\u{5c4a}\u{3067}\u{304d}\u{307e}\u{305b}\u{3093}",
];

/// What reports say, and people as well.
const PERHAPS: &[&str] = &[
    "permanent error",
    "permanent failure",
    "fatal error",
    "mailbox",
    "following address",
    "failed address",
    "did not reach",
    "n'a pas pu",
    "550 ",
    "554 ",
    "552 ",
];

impl Read {
    pub(super) fn what(&mut self, headers: &Headers, from: Option<&str>, subject: &str) -> What {
        if let Some(found) = self.complaint(headers, from, subject) {
            return found;
        }
        if (headers.get("x-amz-sns-message-id").is_some() || from.is_none_or(is_nobody))
            && let Some(notice) = notice::of_text(&self.all)
        {
            self.returned_ids.extend(notice.about);
            return notice.what;
        }
        let kind = headers.get("content-type").unwrap_or_default().to_ascii_lowercase();
        if self.disposition || kind.contains("disposition-notification") {
            return What::Receipt;
        }
        let failed: Vec<String> = headers
            .all("x-failed-recipients")
            .flat_map(|value| of_text(value).into_iter().map(|(_, address)| address))
            .collect();
        let from_server = from.is_none_or(is_daemon) || !failed.is_empty();
        let is_empty_path = headers.has_empty_return_path();
        let from_nobody = from.is_some_and(is_nobody);
        let from_machine = from_server
            || is_empty_path
            || from_nobody
            || kind.starts_with("multipart/report")
            || headers.sign().is_some();
        let is_automatic = is_automatic_subject(subject);
        let is_subject = is_bounce_subject(subject) && !is_automatic;
        // Some servers wrap the report of another; but what came back may itself have carried an old one.
        let fields = if self.status.trim().is_empty() { &self.inner_status } else { &self.status };
        // A person may attach a report.
        let has_status = from_machine && !fields.trim().is_empty();
        let status = if has_status || (from_server && self.all.contains("Final-Recipient:")) {
            format!("{fields}\n\n{}", if has_status { "" } else { self.all.as_str() })
        } else {
            String::new()
        };
        let told = (!status.is_empty()).then(|| bounce::of_fields(&status, &self.all)).flatten();
        if let Some(told) = told {
            if told.failures.iter().any(|failure| failure.address.is_some()) {
                return What::Bounce(told.failures);
            }
            if !told.failures.is_empty() {
                return What::Bounce(self.with_address(told.failures, headers, from, &failed));
            }
            return What::Receipt;
        }
        let said = self.says();
        let is_list = headers.get("x-mlserver").is_some() || headers.get("x-ml-name").is_some();
        let is_sure = from_server || is_empty_path || self.returned || said == Says::Failure;
        let by_subject = from_machine && (is_sure || (said == Says::Perhaps && from_nobody));
        // Whoever is away may send our mail back as well.
        let is_bounce = !failed.is_empty()
            || (is_subject && by_subject)
            || (from_server && (self.returned || said > Says::Nothing) && !is_automatic)
            || (from_nobody && self.returned && said == Says::Failure && !is_automatic)
            || (is_list && said == Says::Failure);
        if is_bounce {
            let found = self.told_in_text(headers, from, &failed);
            if found.iter().any(|failure| failure.address.is_some() || failure.status.is_some()) {
                self.ids_in_text();
                return What::Bounce(found);
            }
        }
        classify(headers, from, subject)
    }

    /// The Message-IDs of a mail that came back within the text.
    fn ids_in_text(&mut self) {
        let text = bounce::unfolded(&self.all);
        let fields = text.lines().filter_map(|line| line.trim_start_matches(['>', ' ', '\t']).split_once(':'));
        let names = ["message-id", "references", "in-reply-to"];
        let ids = fields.filter(|(name, _)| names.iter().any(|known| known.eq_ignore_ascii_case(name.trim())));
        self.returned_ids.extend(ids.flat_map(|(_, value)| thread_ids(value)).take(200));
    }

    fn told_in_text(&self, headers: &Headers, from: Option<&str>, failed: &[String]) -> Vec<Failure> {
        let mut ours: Vec<String> = from.map(str::to_owned).into_iter().collect();
        for name in ["to", "return-path"] {
            ours.extend(headers.all(name).flat_map(|value| of_text(value).into_iter().map(|(_, address)| address)));
        }
        prose::of_text_report(&self.all, failed, &self.returned_to, &ours)
    }

    /// A report in fields that names nobody: the text may.
    fn with_address(
        &self,
        mut failures: Vec<Failure>,
        headers: &Headers,
        from: Option<&str>,
        failed: &[String],
    ) -> Vec<Failure> {
        let address = self.told_in_text(headers, from, failed).into_iter().find_map(|failure| failure.address);
        for failure in &mut failures {
            failure.address.clone_from(&address);
        }
        failures
    }

    /// How plainly its text speaks of a mail that did not get there.
    fn says(&self) -> Says {
        let front = self.all.get(..self.all.floor_char_boundary(6_000)).unwrap_or_default().to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| front.contains(word));
        if has(FAILURE) {
            Says::Failure
        } else if has(PERHAPS) {
            Says::Perhaps
        } else {
            Says::Nothing
        }
    }

    fn complaint(&self, headers: &Headers, from: Option<&str>, subject: &str) -> Option<What> {
        if headers.get("x-apple-unsubscribe").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            // Apple Mail writes it when somebody presses "Unsubscribe".
            return Some(What::Complaint(from.map(str::to_owned)));
        }
        let report = match &self.feedback {
            Some(report) => report.clone(),
            None if self.returned
                && self.all.contains("Feedback-Type:")
                && (headers.sign().is_some() || from.is_some_and(is_nobody)) =>
            {
                self.all.clone()
            }
            // Hotmail's complaints have no report, only the mail itself.
            None if self.returned
                && from.is_some_and(|from| from.eq_ignore_ascii_case("staff@hotmail.com"))
                && subject.to_lowercase().contains("complaint") =>
            {
                return Some(What::Complaint(self.returned_to.first().cloned()));
            }
            None => {
                let is_statistics = subject.trim_start().to_ascii_lowercase().starts_with("report domain:");
                return (is_statistics && headers.get("content-type").is_some()).then_some(What::Report);
            }
        };
        let field = |name: &str| {
            let lines = report.lines().filter_map(|line| line.split_once(':'));
            lines
                .into_iter()
                .find(|(known, _)| known.trim().eq_ignore_ascii_case(name))
                .map(|(_, value)| value.trim().to_owned())
        };
        let kind = field("Feedback-Type").unwrap_or_default().to_ascii_lowercase();
        if !matches!(
            kind.as_str(),
            "abuse" | "fraud" | "opt-out" | "opt-out-list" | "complaint" | "unsubscribe" | "miscategorized"
        ) {
            return Some(What::Report);
        }
        let named = field("Original-Rcpt-To")
            .or_else(|| field("Removal-Recipient"))
            .and_then(|value| of_text(&value).into_iter().map(|(_, address)| address).next());
        Some(What::Complaint(named.or_else(|| self.returned_to.first().cloned())))
    }
}
