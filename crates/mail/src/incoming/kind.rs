//! What a mail is, by its parts and headers.

use super::addresses::of_text;
use super::{bounce, prose};
use super::machine::{Headers, is_automatic_subject, is_bounce_subject, is_daemon, is_nobody};
use super::mime::{Read, classify};
use super::{Failure, What};

impl Read {
    pub(super) fn what(&mut self, headers: &Headers, from: Option<&str>, subject: &str) -> What {
        if let Some(found) = self.complaint(headers, from, subject) {
            return found;
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
        let has_status = !self.status.trim().is_empty();
        let status = if has_status || (from_server && self.all.contains("Final-Recipient:")) {
            format!("{}\n\n{}", self.status, if has_status { "" } else { self.all.as_str() })
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
        let is_empty_path = headers.has_empty_return_path();
        let is_bounce = !failed.is_empty()
            || (is_bounce_subject(subject)
                && (from_server
                    || is_empty_path
                    || self.returned
                    || kind.starts_with("multipart/report")
                    || from.is_some_and(is_nobody)
                    || self.says_bounce()))
            || (from_server && (self.returned || self.says_bounce()) && !is_automatic_subject(subject));
        if is_bounce {
            let found = self.told_in_text(headers, from, &failed);
            if found.iter().any(|failure| failure.address.is_some() || failure.status.is_some()) {
                return What::Bounce(found);
            }
        }
        classify(headers, from, subject)
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

    fn says_bounce(&self) -> bool {
        const WORDS: &[&str] = &[
            "could not be delivered",
            "couldn't be delivered",
            "was not delivered",
            "not be delivered",
            "undeliverable",
            "delivery failed",
            "delivery has failed",
            "failed to deliver",
            "permanent error",
            "permanent failure",
            "fatal error",
            "unable to deliver",
            "user unknown",
            "mailbox",
            "returned to you",
            "delivery to the following",
            "had permanent fatal errors",
            "following address",
            "failed address",
            "did not reach",
            "nicht zugestellt",
            "no se pudo entregar",
            "n'a pas pu",
            "non e stato possibile",
            "550 ",
            "554 ",
            "552 ",
        ];
        let lower = self.all.get(..self.all.floor_char_boundary(6_000)).unwrap_or_default().to_lowercase();
        WORDS.iter().any(|word| lower.contains(word))
    }

    fn complaint(&self, headers: &Headers, from: Option<&str>, subject: &str) -> Option<What> {
        let report = match &self.feedback {
            Some(report) => report.clone(),
            None if self.returned && self.all.contains("Feedback-Type:") => self.all.clone(),
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
