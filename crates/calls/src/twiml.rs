//! TwiML: what Twilio is told to do.

use std::fmt::Write as _;

use mind::dialogue::Lang;

/// What is to be done after something was said.
pub(crate) enum Then<'a> {
    /// Listen, and send what was heard here; what is half heard goes there.
    Listen {
        /// Where what was heard goes.
        gather: &'a str,
        /// Where what is half heard goes.
        partial: &'a str,
        /// Which model listens.
        model: &'a str,
    },
    /// Put the call through to this number.
    Dial(&'a str),
    /// Hang up.
    HangUp,
}

fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en-US",
        Lang::Es => "es-US",
    }
}

/// Text that cannot be mistaken for markup; what XML cannot hold is left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\t' | '\n' | '\r' => safe.push(' '),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => safe.push(c),
        }
    }
    safe
}

/// Hangs up without a word.
pub(crate) fn hang_up() -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Hangup/></Response>".into()
}

/// Says something, and then does something.
pub(crate) fn say(text: &str, lang: Lang, then: &Then<'_>) -> String {
    if text.trim().is_empty() && matches!(then, Then::HangUp) {
        return hang_up();
    }
    let spoken = format!("<Say language=\"{}\">{}</Say>", code(lang), escaped(text));
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>");
    // Writing to a String cannot fail.
    let _ = match then {
        // A time in seconds: "auto" is not valid together with a model.
        Then::Listen { gather, partial, model } => write!(
            xml,
            "<Gather input=\"speech dtmf\" numDigits=\"1\" action=\"{}\" method=\"POST\" language=\"{}\" speechModel=\"{}\" \
             speechTimeout=\"2\" timeout=\"6\" actionOnEmptyResult=\"true\" partialResultCallback=\"{}\" \
             partialResultCallbackMethod=\"POST\">{spoken}</Gather>",
            escaped(gather),
            code(lang),
            escaped(model),
            escaped(partial),
        ),
        Then::Dial(number) => write!(xml, "{spoken}<Dial timeout=\"25\">{}</Dial>", escaped(number)),
        Then::HangUp => write!(xml, "{spoken}<Hangup/>"),
    };
    xml.push_str("</Response>");
    xml
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LISTEN: Then<'_> = Then::Listen {
        gather: "https://a.example/gather?turn=1&x=2",
        partial: "https://a.example/partial",
        model: "phone_call",
    };

    #[test]
    fn markup_in_what_is_said_is_text() {
        let xml = say("Tom & \"Jerry\" <Hangup/> it's\u{1} €", Lang::Es, &LISTEN);
        assert!(xml.contains(
            "<Say language=\"es-US\">Tom &amp; &quot;Jerry&quot; &lt;Hangup/&gt; it&apos;s €</Say></Gather></Response>"
        ));
        assert!(xml.contains("action=\"https://a.example/gather?turn=1&amp;x=2\""));
        assert!(xml.contains("speechModel=\"phone_call\"") && xml.contains("speechTimeout=\"2\""));
        assert!(say("Bye", Lang::En, &Then::HangUp).ends_with("<Say language=\"en-US\">Bye</Say><Hangup/></Response>"));
        assert!(
            say("Wait", Lang::En, &Then::Dial("+15551234567")).contains("<Dial timeout=\"25\">+15551234567</Dial>")
        );
    }

    proptest! {
        #[test]
        fn whatever_is_said_the_elements_are_ours(text in "\\PC*[a-z]") {
            let xml = say(&text, Lang::En, &Then::HangUp);
            // Response, Say and Hangup, opened and closed, and the head: nothing else begins an element.
            prop_assert_eq!(xml.matches('<').count(), 6);
            let inside = &xml[xml.find("US\">").unwrap() + 4..xml.find("</Say>").unwrap()];
            let named = ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;"];
            prop_assert!(inside.match_indices('&').all(|(at, _)| named.iter().any(|name| inside[at..].starts_with(name))));
        }
    }
}
