//! What an application is, and how it moves.

use db::Json;
use input::Input;
use kernel::{
    AccountId, Amount, ApplicationId, CollaborationId, Currency, Error, Money, OfferId, Result, Timestamp, WorkspaceId,
};
use mind::score::Scores;

use super::Figures;
use super::words::{ApplicationStatus, Class};

/// An application, as it is stored. Figures and match are frozen as they stood when the creator applied.
#[derive(Clone, Debug, PartialEq, db::Row)]
#[row(
    table = "applications",
    key(id),
    fixed(
        offer_id,
        offer_version,
        workspace_id,
        business_id,
        creator_id,
        currency,
        proposed_fee,
        class,
        match_niche,
        match_audience,
        match_engagement,
        match_budget,
        rank,
        created_at
    ),
    compare(revision)
)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// The offer.
    pub offer_id: OfferId,
    /// Which version of it the creator applied to.
    pub offer_version: i64,
    /// Of which later version the creator was told.
    pub told_version: i64,
    /// The workspace of the offer.
    pub workspace_id: WorkspaceId,
    /// The account that made the offer.
    pub business_id: AccountId,
    /// Who applied.
    pub creator_id: AccountId,
    /// Counts every change; whoever changes it names the one they read.
    pub revision: i64,
    /// Where it stands.
    pub status: ApplicationStatus,
    /// What the creator says.
    pub message: Option<String>,
    /// Links to what they have made.
    pub media_attachments: Json<Vec<String>>,
    /// What they want for it.
    pub proposed_fee: Option<Amount>,
    /// In the offer's currency.
    pub currency: Currency,
    /// Which class of the requirements they met.
    pub class: Class,
    /// Their figures.
    pub figures: Json<Figures>,
    /// How well they fit, in hundredths of a percent: the niche; nothing where too little was known.
    pub match_niche: Option<u16>,
    /// The audience.
    pub match_audience: Option<u16>,
    /// The engagement.
    pub match_engagement: Option<u16>,
    /// The budget.
    pub match_budget: Option<u16>,
    /// The place among the others, more is better: see [`super::Rank`].
    pub rank: i64,
    /// Is it on the business's short list?
    pub is_shortlisted: bool,
    /// Another fee that the business asked for,
    pub counter_fee: Option<Amount>,
    /// with these words,
    pub counter_message: Option<String>,
    /// to be answered until then.
    pub counter_until: Option<Timestamp>,
    /// What is paid, once it was accepted.
    pub agreed_fee: Option<Amount>,
    /// Why it was rejected.
    pub rejection_reason: Option<String>,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// When that was.
    pub decided_at: Option<Timestamp>,
    /// What it led to.
    pub collaboration_id: Option<CollaborationId>,
    /// When it came.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Another fee that a business asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counter {
    /// How much.
    pub fee: Amount,
    /// Until when the creator may answer.
    pub until: Timestamp,
}

/// What a business does with an application.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(no_column)]
pub enum ReviewAction {
    /// The two work together.
    #[word("accept")]
    Accept,
    /// The business does not want it.
    #[word("reject")]
    Reject,
}

/// An application to an offer.
#[derive(Clone, Debug, Input)]
pub struct NewApplication {
    /// The offer.
    #[input(id)]
    pub offer_id: OfferId,
    /// What you have to say to the business.
    #[input(text(5_000), example = "My followers are highly engaged with fashion content.")]
    pub message: Option<String>,
    /// Links to what you have made. The server never opens them.
    #[input(list(20, url()), default)]
    pub media_attachments: Vec<String>,
    /// What you want for it, in the offer's currency; without it you ask for `budget_min`.
    #[input(amount(false), example = 1500)]
    pub proposed_fee: Option<Amount>,
}

impl Application {
    /// The four scores of the match, if there was enough to tell them.
    pub fn scores(&self) -> Option<Scores> {
        Some(Scores {
            niche_match: self.match_niche?,
            audience_match: self.match_audience?,
            engagement_score: self.match_engagement?,
            budget_fit: self.match_budget?,
        })
    }

    /// The fee that the business asked for, while it may be answered.
    pub fn counter(&self, now: Timestamp) -> Option<Counter> {
        let (fee, until) = (self.counter_fee?, self.counter_until?);
        (self.status == ApplicationStatus::Applied && now < until).then_some(Counter { fee, until })
    }

    /// Is it still to be decided? Else [`kernel::Kind::Conflict`].
    pub fn must_be_open(&self) -> Result<()> {
        match self.status {
            ApplicationStatus::Applied => Ok(()),
            ApplicationStatus::Accepted => Err(Error::conflict("The application is accepted already")),
            ApplicationStatus::Rejected => Err(Error::conflict("The application is rejected already")),
            ApplicationStatus::Withdrawn => Err(Error::conflict("The creator has withdrawn the application")),
        }
    }

    /// The creator takes it back.
    pub fn withdraw(&mut self, now: Timestamp) -> Result<()> {
        if self.status == ApplicationStatus::Accepted {
            let message = "The application is accepted: cancel the collaboration that it led to instead";
            return Err(Error::conflict(message));
        }
        self.must_be_open()?;
        self.end(ApplicationStatus::Withdrawn, Some(self.creator_id), now);
        Ok(())
    }

    /// The business does not want it.
    pub fn reject(&mut self, reason: Option<String>, by: Option<AccountId>, now: Timestamp) -> Result<()> {
        self.must_be_open()?;
        self.rejection_reason = reason;
        self.end(ApplicationStatus::Rejected, by, now);
        Ok(())
    }

    /// The business asks for another fee; a second time instead of the first.
    pub fn ask_for(&mut self, fee: Amount, message: Option<String>, until: Timestamp, now: Timestamp) -> Result<()> {
        self.must_be_open()?;
        if !Money::new(fee, self.currency).is_exact() {
            let message = format!("must be whole: {} has no smaller unit", self.currency);
            return Err(Error::invalid_field("fee", message));
        }
        (self.counter_fee, self.counter_message, self.counter_until) = (Some(fee), message, Some(until));
        self.updated_at = now;
        Ok(())
    }

    /// The fee that the business asked for is off the table: the creator does not take it, or did not answer in time.
    pub fn drop_counter(&mut self, now: Timestamp) {
        (self.counter_fee, self.counter_message, self.counter_until) = (None, None, None);
        self.updated_at = now;
    }

    /// The two agree on a fee.
    pub fn accept(&mut self, fee: Option<Money>, led_to: CollaborationId, by: AccountId, now: Timestamp) -> Result<()> {
        self.must_be_open()?;
        self.agreed_fee = fee.map(Money::amount);
        self.collaboration_id = Some(led_to);
        self.end(ApplicationStatus::Accepted, Some(by), now);
        Ok(())
    }

    fn end(&mut self, status: ApplicationStatus, by: Option<AccountId>, now: Timestamp) {
        self.status = status;
        self.drop_counter(now);
        (self.decided_by, self.decided_at) = (by, Some(now));
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use kernel::Clock;
    use kernel::time::HOUR;
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn application(clock: &Clock) -> Application {
        let now = clock.now();
        Application {
            id: clock.new_id(),
            offer_id: clock.new_id(),
            offer_version: 1,
            told_version: 1,
            workspace_id: clock.new_id(),
            business_id: clock.new_id(),
            creator_id: clock.new_id(),
            revision: 1,
            status: ApplicationStatus::Applied,
            message: None,
            media_attachments: Json(Vec::new()),
            proposed_fee: None,
            currency: Currency::USD,
            class: Class::Regular,
            figures: Json(Figures::none()),
            match_niche: None,
            match_audience: None,
            match_engagement: None,
            match_budget: None,
            rank: 0,
            is_shortlisted: false,
            counter_fee: None,
            counter_message: None,
            counter_until: None,
            agreed_fee: None,
            rejection_reason: None,
            decided_by: None,
            decided_at: None,
            collaboration_id: None,
            created_at: now,
            updated_at: now,
        }
    }

    #[test]
    fn a_counter_may_be_answered_until_it_lapses() {
        let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1);
        let (mut one, now) = (application(&clock), clock.now());
        one.ask_for(Amount::from_minor(5_000), None, now.plus(72 * HOUR), now).unwrap();
        assert!(one.counter(now.plus(72 * HOUR - 1)).is_some() && one.counter(now.plus(72 * HOUR)).is_none());
        one.drop_counter(now);
        assert!(one.counter(now).is_none() && one.status == ApplicationStatus::Applied);
        one.currency = Currency::parse("JPY").unwrap();
        assert_eq!(one.ask_for(Amount::from_minor(5_050), None, now, now).unwrap_err().faults().len(), 1);
    }

    proptest! {
        /// Whatever both do, in whatever order: it is decided once, and what was decided stays.
        #[test]
        fn an_application_is_decided_once(moves in proptest::collection::vec(0_u8..5, 0..30)) {
            let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1);
            let (mut one, now, by) = (application(&clock), clock.now(), clock.new_id());
            let mut decided = 0;
            for what in moves {
                let before = one.clone();
                let done = match what {
                    0 => one.withdraw(now).map(|()| true),
                    1 => one.reject(None, Some(by), now).map(|()| true),
                    2 => one.accept(None, clock.new_id(), by, now).map(|()| true),
                    3 => one.ask_for(Amount::from_minor(100), None, now.plus(1), now).map(|()| false),
                    _ => {
                        if one.must_be_open().is_ok() {
                            one.drop_counter(now);
                        }
                        Ok(false)
                    }
                };
                if let Ok(decides) = done {
                    decided += u32::from(decides);
                } else {
                    prop_assert_eq!(&one, &before);
                }
            }
            prop_assert!(decided <= 1);
            prop_assert_eq!(decided == 1, one.status != ApplicationStatus::Applied);
            prop_assert_eq!(one.status == ApplicationStatus::Accepted, one.collaboration_id.is_some());
            prop_assert!(decided == 0 || one.counter_fee.is_none());
        }
    }
}
