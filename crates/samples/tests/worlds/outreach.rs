use std::collections::HashSet;

use samples::{Outreach, World, demo};

use crate::demo::{now, worlds};

fn line<'a>(world: &'a World, code: &str, name: &str) -> &'a Outreach {
    (world.outreach.iter())
        .find(|it| world.campaigns[it.campaign].code == code && world.creators[it.creator].name == name)
        .unwrap_or_else(|| panic!("{name} is not selected for {code}"))
}

#[test]
fn document_bs_log_is_there_as_it_shows_it() {
    let world = demo(3, now());
    for (code, name, call, mail, recorded, day) in [
        ("CAMP-001", "Sarah Johnson", "completed", "sent", true, "2024-01-15"),
        ("CAMP-001", "Tech Mike", "scheduled", "replied", false, "2024-01-14"),
        ("CAMP-002", "Beauty by Emma", "pending", "sent", false, "2024-01-13"),
        ("CAMP-001", "Chef Carlos", "completed", "replied", true, "2024-01-12"),
        ("CAMP-003", "Travel with Lisa", "no_answer", "pending", false, "2024-01-11"),
    ] {
        let entry = line(&world, code, name);
        assert_eq!((entry.call_status, entry.email_status), (call, mail), "{name}");
        assert_eq!(
            (entry.call_recording_url.is_some(), entry.call_transcript.is_some()),
            (recorded, recorded),
            "{name}"
        );
        assert_eq!(entry.last_contact.unwrap().date(), day, "{name}");
    }
    let sarah = line(&world, "CAMP-001", "Sarah Johnson");
    assert_eq!((sarah.call_duration_minutes, sarah.sentiment), (Some(25), Some("positive")));
    assert_eq!(world.outreach.iter().filter(|it| it.call_recording_url.is_some()).count(), 2);
}

#[test]
fn every_selection_counts_once_and_has_its_entry() {
    for world in worlds() {
        let mut counts = vec![0; world.campaigns.len()];
        let mut pairs = HashSet::new();
        for (selection, entry) in world.selections.iter().zip(&world.outreach) {
            assert!(pairs.insert((selection.campaign, selection.creator)), "selected twice");
            assert_eq!((selection.campaign, selection.creator), (entry.campaign, entry.creator));
            counts[selection.campaign] += 1;
            let (campaign, creator) = (&world.campaigns[selection.campaign], &world.creators[selection.creator]);
            assert!(campaign.created_at <= selection.selected_at && selection.selected_at <= now());
            assert!(creator.created_at <= selection.selected_at, "{} was selected before being known", creator.name);
            assert!(!selection.notes.is_empty() && !selection.notes.contains('{'), "{}", selection.notes);
        }
        assert_eq!(world.selections.len(), world.outreach.len());
        let told: Vec<_> = world.campaigns.iter().map(|campaign| campaign.influencer_count).collect();
        assert_eq!(counts, told);
        assert!(counts[3..].iter().all(|&count| count <= 6), "{counts:?}");
    }
}

#[test]
fn every_story_holds_together() {
    const KNOWN: [&[&str]; 4] = [
        &["pending", "scheduled", "completed", "no_answer", "cancelled"],
        &["pending", "sent", "replied", "bounced"],
        &["positive", "neutral", "negative"],
        &["very_interested", "interested", "neutral", "not_interested"],
    ];
    for world in worlds() {
        for entry in &world.outreach {
            let (campaign, creator) = (&world.campaigns[entry.campaign], &world.creators[entry.creator]);
            let story = format!("{} and {}: {entry:#?}", campaign.code, creator.name);
            assert!(KNOWN[0].contains(&entry.call_status) && KNOWN[1].contains(&entry.email_status), "{story}");
            assert!(entry.sentiment.is_none_or(|it| KNOWN[2].contains(&it)), "{story}");
            assert!(entry.interest_level.is_none_or(|it| KNOWN[3].contains(&it)), "{story}");
            assert_eq!(entry.sentiment.is_some(), entry.interest_level.is_some(), "{story}");
            let called = entry.call_status == "completed";
            assert_eq!(called, entry.call_duration_minutes.is_some_and(|minutes| minutes > 0), "{story}");
            assert!(!called || (entry.sentiment.is_some() && entry.next_steps.is_some()), "{story}");
            assert!(called || (entry.call_transcript.is_none() && entry.call_recording_url.is_none()), "{story}");
            assert_eq!(entry.call_transcript.is_some(), entry.transcript_summary.is_some(), "{story}");
            assert_eq!(entry.call_transcript.is_some(), !entry.action_items.is_empty(), "{story}");
            assert_eq!(entry.call_status == "scheduled", entry.scheduled_for.is_some(), "{story}");
            assert!(
                entry.notes.is_some() && entry.created_at <= entry.updated_at && entry.updated_at <= now(),
                "{story}"
            );
            assert_eq!(
                entry.email_status == "pending" && entry.call_status == "pending",
                entry.last_contact.is_none(),
                "{story}"
            );
            assert_eq!(entry.channel.is_some(), entry.last_contact.is_some(), "{story}");
            let told = format!(
                "{:?} {:?} {:?} {:?}",
                entry.call_transcript, entry.notes, entry.next_steps, entry.action_items
            );
            assert!(!told.contains('{') && !told.contains("\"\""), "{story}");
            let by_document_b = entry.last_contact.is_some_and(|at| at.date().as_str() < "2024-05");
            if !by_document_b {
                assert!(entry.last_contact.is_none_or(|at| at >= campaign.created_at), "{story}");
                assert!(entry.scheduled_for.is_none_or(|at| at > now() && campaign.status == "active"), "{story}");
                assert!(campaign.status != "draft" || entry.call_status == "pending", "{story}");
                assert!(entry.call_status == "pending" || entry.email_status != "bounced", "{story}");
            }
        }
    }
}

#[test]
fn calls_are_written_down_in_the_creators_language() {
    let (mut english, mut spanish) = (HashSet::new(), HashSet::new());
    for world in worlds() {
        for entry in &world.outreach {
            let creator = &world.creators[entry.creator];
            if let Some(transcript) = &entry.call_transcript {
                assert!(
                    transcript.lines().count() >= 6 && transcript.lines().all(|line| line.contains(": ")),
                    "{transcript}"
                );
                assert!(
                    transcript.contains(&creator.name)
                        && transcript.contains(&world.campaigns[entry.campaign].brand_name)
                );
                let end = transcript.lines().last().unwrap().split_once(": ").unwrap().1.to_owned();
                if creator.language == "Spanish" {
                    spanish.insert(end)
                } else {
                    english.insert(end)
                };
                assert_eq!(creator.language == "Spanish", transcript.contains('¿'), "{transcript}");
            }
        }
    }
    assert!(english.len() == 7 && spanish.len() == 5, "every dialogue turns up: {english:?} {spanish:?}");
}

#[test]
fn the_present_is_lively() {
    for world in worlds() {
        let with = |of: fn(&Outreach) -> bool| world.outreach.iter().filter(|it| of(it)).count();
        assert!(with(|it| it.call_status == "completed") >= 12);
        assert!(with(|it| it.call_transcript.is_some()) >= 8);
        assert!(with(|it| it.email_status == "replied") >= 20);
        assert!(with(|it| it.last_contact.is_some_and(|at| at > now().plus(-14 * kernel::time::DAY))) >= 3);
    }
    let scheduled =
        worlds().filter(|world| world.outreach.iter().any(|it| it.scheduled_for.is_some_and(|at| at > now()))).count();
    assert!(scheduled > 15, "a call lies ahead in {scheduled} of 25 worlds");
}
