//! The position of a stream, which is the id of its events.

use std::fmt;

use db::Position;

/// The position of a stream: the number of the last feed entry that it received, and the position in the event log of the last conversation event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Seen {
    pub(super) feed: i64,
    pub(super) log: Position,
}

impl Seen {
    /// Parses an id. Returns nothing for an id of another server.
    pub(super) fn parse(id: &str) -> Option<Self> {
        let mut numbers = id.trim().split('.').map(|number| number.parse::<i64>().ok().filter(|number| *number >= 0));
        let (feed, xact, seq) = (numbers.next()??, numbers.next()??, numbers.next()??);
        numbers.next().is_none().then_some(Self { feed, log: Position { xact, seq } })
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.feed, self.log.xact, self.log.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_written() {
        let seen = Seen { feed: 7, log: Position { xact: 1_234, seq: i64::MAX } };
        assert_eq!(Seen::parse(&seen.to_string()), Some(seen));
        for foreign in ["", "7", "7.1", "7.1.x", "-7.1.2", "7.1.2.3", "99999999999999999999.1.2"] {
            assert_eq!(Seen::parse(foreign), None, "{foreign}");
        }
    }
}
