//! What a node can be.

/// The type of a node. Every spelling that is read is written as the first one where the server names a type by itself; the definition of a
/// flow keeps the words that were sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(no_column, name = "ProgramNodeType")]
pub enum NodeType {
    /// Where everybody begins.
    Start,
    /// Says something to the member.
    #[word("send_message", also = "message")]
    SendMessage,
    /// Lets time pass.
    #[word("wait", also = "delay")]
    Wait,
    /// Asks, and waits for the answer.
    #[word("question", also = "collect_input")]
    Question,
    /// Goes one of two ways by what is known of the member.
    Condition,
    /// Sends parts of the members different ways.
    Split,
    /// Has the assistant answer from what the coach knows.
    AiReply,
    /// Writes something into the member's profile.
    SetAttribute,
    /// Gives tags, and takes them.
    Tag,
    /// Gives a badge.
    AwardBadge,
    /// Enrols the member in another program.
    Enroll,
    /// Goes on at another node.
    Goto,
    /// Asks another server.
    HttpRequest,
    /// Calls a person.
    #[word("handoff", also = "escalate")]
    Handoff,
    /// The program is over.
    End,
}

/// How a run ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, kernel::Words)]
#[words(no_column, name = "ProgramOutcome")]
pub enum Outcome {
    /// The member came through.
    #[default]
    Completed,
    /// The member left before the goal.
    Exited,
}

/// What begins a program by itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, kernel::Words)]
#[words(name = "ProgramTrigger")]
pub enum Trigger {
    /// Nothing: members are enrolled by hand, by rules and in bulk.
    #[default]
    Manual,
    /// Somebody joined the audience.
    MemberCreated,
    /// A member got a tag.
    Tag,
    /// A member completed another program.
    ProgramCompleted,
}

/// May somebody take part once more?
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, kernel::Words)]
#[words(no_column, name = "ProgramReentry")]
pub enum Reentry {
    /// No: once is all.
    #[default]
    Never,
    /// Whenever no run is under way.
    AfterEnd,
    /// At any time: the run that is under way ends then.
    Always,
}

/// What kind of answer a question wants.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, kernel::Words)]
#[words(no_column, name = "ProgramAnswer")]
pub enum AnswerKind {
    /// Any words.
    #[default]
    Text,
    /// A number.
    Number,
    /// One of the choices.
    Choice,
    /// A day.
    Date,
}

/// How the rules of a condition are taken together.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, kernel::Words)]
#[words(no_column, name = "ProgramMatch")]
pub enum Match {
    /// Each of them holds.
    #[default]
    All,
    /// One of them holds.
    Any,
}

/// How a rule of a condition compares.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(no_column, name = "ProgramComparison")]
pub enum Comparison {
    /// It is this, whatever the case.
    #[word("equals", also = "eq", also = "is", also = "==")]
    Equals,
    /// It is not this.
    #[word("not_equals", also = "ne", also = "is_not", also = "!=")]
    NotEquals,
    /// It has this in it: a list an item, a text a part.
    Contains,
    /// It does not have this in it.
    NotContains,
    /// It is more.
    #[word("greater", also = "gt", also = ">")]
    Greater,
    /// It is this or more.
    #[word("at_least", also = "gte", also = ">=")]
    AtLeast,
    /// It is less.
    #[word("less", also = "lt", also = "<")]
    Less,
    /// It is this or less.
    #[word("at_most", also = "lte", also = "<=")]
    AtMost,
    /// It is one of these.
    In,
    /// It is known.
    Exists,
    /// It is not known.
    #[word("missing", also = "not_exists")]
    Missing,
}

/// How another server is asked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, kernel::Words)]
#[words(no_column, name = "ProgramHttpMethod")]
pub enum Method {
    /// To read.
    #[word("GET")]
    Get,
    /// To tell.
    #[default]
    #[word("POST")]
    Post,
    /// To replace.
    #[word("PUT")]
    Put,
    /// To change.
    #[word("PATCH")]
    Patch,
    /// To delete.
    #[word("DELETE")]
    Delete,
}

/// A day of the week.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(no_column, name = "ProgramWeekday")]
pub enum Weekday {
    /// Monday.
    #[word("monday", also = "mon")]
    Monday,
    /// Tuesday.
    #[word("tuesday", also = "tue")]
    Tuesday,
    /// Wednesday.
    #[word("wednesday", also = "wed")]
    Wednesday,
    /// Thursday.
    #[word("thursday", also = "thu")]
    Thursday,
    /// Friday.
    #[word("friday", also = "fri")]
    Friday,
    /// Saturday.
    #[word("saturday", also = "sat")]
    Saturday,
    /// Sunday.
    #[word("sunday", also = "sun")]
    Sunday,
}
