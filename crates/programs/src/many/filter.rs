//! Which members of an audience are meant.

use audience::Channel;
use audience::members::Choice;
use input::Input;
use kernel::{Timestamp, time};
use serde::{Deserialize, Serialize};

/// Whether somebody is active.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "ProgramAudienceActivity", no_column)]
pub(crate) enum Activity {
    /// They did something within the last 30 days, or were added then.
    Active,
    /// They did not.
    Inactive,
}

/// Which members are meant: those of whom everything holds that is given; everybody, if nothing is.
#[derive(Input, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[input(name = "ProgramAudienceFilter")]
pub(crate) struct AudienceFilter {
    /// They came from this channel.
    #[input(word())]
    pub(crate) channel: Option<Channel>,
    /// They are active, or they are not.
    #[input(word())]
    pub(crate) status: Option<Activity>,
    /// They have this tag, whatever its case.
    #[input(text(50))]
    pub(crate) tag: Option<String>,
    /// Words of a name, an external id or an e-mail address, or their beginnings; case and accents do not matter.
    #[input(any_text(200), blank)]
    pub(crate) search: Option<String>,
    /// They have done nothing for so many days, and were added before.
    #[input(whole(1, 3_650))]
    pub(crate) inactive_days: Option<i64>,
}

impl AudienceFilter {
    /// As the audience takes it, at this moment.
    pub(crate) fn choice(&self, now: Timestamp) -> Choice {
        Choice {
            channel: self.channel,
            is_active: self.status.map(|status| status == Activity::Active),
            tag: self.tag.clone(),
            search: self.search.clone(),
            silent_since: self.inactive_days.map(|days| now.plus(-days * time::DAY)),
        }
    }
}
