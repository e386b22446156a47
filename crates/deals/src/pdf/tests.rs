use kernel::Amount;
use serde_json::json;

use super::*;
use crate::model::deliverables::Wanted;
use crate::model::{Line, PartyText, SigningOrder, hash};

fn paper(business: &str, creator: &str, deliverables: usize, terms: &Value) -> Paper {
    let wanted = |at: usize| Wanted {
        kind: ["youtube_video", "instagram_reel", "tiktok_video", "story"][at % 4].into(),
        quantity: 2,
        requirements: vec!["5-8 minutes".into(), "honest review".into(), "CTA included".into()],
        milestone: None,
        deadline: Some(1_900_000_000_000_000),
    };
    let line = |milestone: &str, amount: i64, due_on: Due| Line {
        milestone: milestone.into(),
        amount: Amount::from_minor(amount),
        due_date: None,
        due_on,
        deliverables: Vec::new(),
    };
    let document = Document {
        contract_id: "0190a000-0000-7000-8000-000000000001".parse().unwrap(),
        version: 1,
        business: PartyText { name: business.into(), email: None, known_as: None },
        creator: PartyText {
            name: creator.into(),
            email: Some("ana@example.com".into()),
            known_as: Some("@ana on instagram".into()),
        },
        campaign_code: "CAMP-007".into(),
        campaign: "Wireless Earbuds Pro".into(),
        currency: "USD".into(),
        total: 120_000,
        terms: terms.as_object().cloned().unwrap_or_default(),
        deliverables: (0..deliverables).map(wanted).collect(),
        schedule: vec![line("contract_signing", 40_000, Due::Signing), line("content_delivery", 80_000, Due::Delivery)],
        signing_order: SigningOrder::Any,
        note: None,
    };
    let (bytes, document_hash) = document.frozen().unwrap();
    assert_eq!(hash(bytes.as_bytes()), document_hash);
    let at = Timestamp::from_micros(1_800_000_000_000_000);
    let contract_id = document.contract_id;
    let signature = |party: Party, method: Method| Signature {
        contract_id,
        version: 1,
        party,
        method,
        account_id: Some("0190a000-0000-7000-8000-000000000002".parse().unwrap()),
        link_id: None,
        signer_name: (method != Method::Attested).then(|| creator.to_owned()),
        signer_email: (method == Method::Link).then(|| "ana@example.com".to_owned()),
        address: Some("203.0.113.7".into()),
        agent: None,
        document_hash: document_hash.clone(),
        signed_at: at,
    };
    let entry = |seq: i64, kind: &str, detail: Value| Entry {
        contract_id,
        seq,
        kind: kind.into(),
        actor: "account:0190a000-0000-7000-8000-000000000002".into(),
        address: Some("203.0.113.7".into()),
        agent: None,
        detail: detail.to_string(),
        at,
        previous_hash: hash(b"before"),
        hash: hash(&seq.to_be_bytes()),
    };
    Paper {
        document_hash: document_hash.clone(),
        document,
        status: Status::Signed,
        signed_at: Some(at),
        expires_at: None,
        signatures: vec![signature(Party::Business, Method::Account), signature(Party::Creator, Method::Link)],
        trail: vec![
            entry(1, "created", json!({})),
            entry(2, "sent", json!({"version": 1})),
            entry(
                3,
                "signature_requested",
                json!({"version": 1, "party": "creator", "email": "ana@example.com", "waits": false}),
            ),
            entry(4, "viewed", json!({"version": 1, "party": "creator"})),
            entry(5, "signature", json!({"version": 1, "party": "creator", "name": creator})),
            entry(6, "signature", json!({"version": 1, "party": "business", "name": "Bo"})),
            entry(7, "signed", json!({"version": 1})),
        ],
    }
}

fn terms() -> Value {
    json!({"usage_rights": "6 months", "exclusivity": "tech category for 30 days", "start_date": "2030-01-01", "end_date": "2030-12-31",
        "governing_law": "Laws of the State of New York", "revisions": 2, "disclosure": ["#ad in the first line", "paid partnership label"],
        "termination": {"notice": "14 days", "in_writing": true}})
}

/// Pages, as the file counts them.
fn pages(file: &[u8]) -> usize {
    let text = String::from_utf8_lossy(file);
    text.matches("/Type/Page").count() - text.matches("/Type/Pages").count() + text.matches("/Type /Page").count()
        - text.matches("/Type /Pages").count()
}

#[test]
fn the_same_contract_is_the_same_bytes() {
    let file = paper("TechCorp", "Ana Ferreira", 3, &terms()).draw().unwrap();
    assert!(file.starts_with(b"%PDF-") && file.len() > 1024);
    assert_eq!(file, paper("TechCorp", "Ana Ferreira", 3, &terms()).draw().unwrap());
    assert_ne!(file, paper("TechCorp", "Ana Ferreira", 4, &terms()).draw().unwrap());
}

#[test]
fn any_name_and_any_length_can_be_set() {
    for name in [
        "Ελένη Παπαδοπούλου",
        "Наталья Ковалёва",
        "王小明",
        "ليلى حداد",
        "מיכל כהן",
        "Mia 🌸 Martinez",
        "김민준",
        "a\u{0}b\nc",
        "",
        "👩‍🚀",
    ] {
        let file = paper(name, name, 1, &json!({})).draw().unwrap();
        assert!(file.len() > 1024, "{name}");
    }
    let long = json!({"fine_print": "All of this, and more of it. ".repeat(600), "x": "y".repeat(5000), "deep": {"a": {"b": [1, [2, {"c": null}]]}}});
    assert!(pages(&paper("TechCorp", "Ana", 40, &long).draw().unwrap()) > 5);
    assert_eq!(pages(&paper("TechCorp", "Ana", 1, &json!({})).draw().unwrap()), 2);
}

#[test]
fn what_is_not_signed_says_so() {
    let mut draft = paper("TechCorp", "Ana Ferreira", 1, &terms());
    draft.status = Status::Draft;
    draft.signatures.clear();
    let signed = paper("TechCorp", "Ana Ferreira", 1, &terms());
    assert_ne!(draft.draw().unwrap(), signed.draw().unwrap());
    assert!(draft.block(Party::Creator).iter().any(|(text, _)| text == "Not signed here."));
    let mut attested = signed.clone();
    attested.signatures[1].method = Method::Attested;
    assert!(attested.block(Party::Creator).iter().any(|(text, _)| text.contains("stated")));
    assert!(signed.block(Party::Creator).iter().any(|(text, _)| text == "Signed by Ana Ferreira"));
}

/// Words without spaces, addresses, and a schedule of twelve payments.
fn wide() -> Paper {
    let address = "https://drive.example.com/drive/folders/1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789?usp=sharing&resourcekey=0-AbCdEfGh";
    let mut paper = paper(
        "Internationale Markenkommunikationsgesellschaft für Verbraucherelektronik mbH & Co. KGaA",
        "Αλεξάνδρα-Κωνσταντίνα Παπαδοπούλου-Χατζηγεωργίου",
        5,
        &json!({"briefing": address, "usage_rights": format!("6 months; see {address} and {address}"), "word": "Donaudampfschifffahrt".repeat(12),
            "links": [address, address]}),
    );
    let document = &mut paper.document;
    document.deliverables[0].requirements = vec![address.into(), "x".repeat(300)];
    document.deliverables[1].kind = "Verbraucherelektronikproduktvorstellungsvideo".into();
    document.deliverables[2].milestone = Some("Quartalsabschlussveröffentlichung".into());
    document.total = 123_456_789_012;
    document.schedule = (0..12)
        .map(|at| Line {
            milestone: [
                "contract_signing",
                "Quartalsabschlussveröffentlichung",
                "content delivery of everything that is named above, in one go, and then some more words",
                "figures",
            ][at % 4]
                .into(),
            amount: Amount::from_minor(document.total / 12),
            due_date: (at % 3 == 0).then_some(1_900_000_000_000_000),
            due_on: [Due::Signing, Due::Delivery, Due::Date][at % 3],
            deliverables: if at % 2 == 0 { vec![0, 2, 4] } else { vec![] },
        })
        .collect();
    paper
}

#[test]
fn a_contract_is_drawn_in_time() {
    let papers =
        [paper("TechCorp", "Ana Ferreira", 3, &terms()), wide(), paper("上海小明科技", "ليلى حداد", 40, &terms())];
    let mut slowest = std::time::Duration::ZERO;
    for paper in &papers {
        // The first one reads the fonts.
        paper.draw().unwrap();
        let best = (0..5).map(|_| {
            let started = std::time::Instant::now();
            paper.draw().unwrap();
            started.elapsed()
        });
        slowest = slowest.max(best.min().unwrap());
    }
    println!("slowest: {slowest:?}");
    // Unoptimised it takes many times longer, and says nothing.
    assert!(cfg!(debug_assertions) || slowest < std::time::Duration::from_millis(50), "{slowest:?}");
}

#[test]
fn lines_say_what_they_wait_for() {
    let line = |due_on: Due, due_date: Option<i64>, deliverables: Vec<usize>| {
        due(&Line { milestone: "x".into(), amount: Amount::from_minor(1), due_date, due_on, deliverables })
    };
    assert_eq!(line(Due::Delivery, None, vec![]), "when everything is delivered and approved");
    assert_eq!(line(Due::Delivery, None, vec![1]), "when No. 2 is delivered and approved");
    assert_eq!(line(Due::Delivery, None, vec![0, 2, 3]), "when No. 1, 3 and 4 are delivered and approved");
    assert!(
        line(Due::Delivery, Some(1_900_000_000_000_000), vec![0])
            .starts_with("when No. 1 is delivered and approved, not before 2030-")
    );
    assert_eq!(line(Due::Signing, None, vec![]), "when both sides have signed");
}

/// Writes the samples that are looked at: `DEALS_SAMPLES=folder cargo test -p deals samples`.
#[test]
fn samples() {
    let Ok(folder) = std::env::var("DEALS_SAMPLES") else { return };
    let long = json!({"usage_rights": "6 months on all owned channels", "confidentiality": "Neither side tells anybody what it learns of the other's business. ".repeat(30),
        "governing_law": "Laws of the State of New York", "أحكام": "هذا العقد سري بين الطرفين ولا يجوز نشره", "约定": "双方应当对本合同的内容保密。未经对方书面同意，不得向第三方披露。".repeat(4)});
    let mut draft = paper("Łódź Café & Söhne GmbH", "Mia 🌸 Martinez", 1, &terms());
    draft.status = Status::Draft;
    draft.signatures.clear();
    let mut attested = paper(
        "TechCorp",
        "Sarah Johnson",
        1,
        &json!({"usage_rights": "6 months", "exclusivity": "tech category for 30 days"}),
    );
    attested.signatures[1].method = Method::Attested;
    for (name, paper) in [
        ("plain", paper("TechCorp", "Ana Ferreira", 3, &terms())),
        ("draft", draft),
        ("attested", attested),
        ("wide", wide()),
        ("long", paper("Παπαδόπουλος Α.Ε.", "Наталья Ковалёва-Северная", 40, &long)),
        (
            "scripts",
            paper(
                "上海小明科技有限公司",
                "ليلى حداد (Layla)",
                2,
                &json!({"שפה": "עברית ו-English", "言語": "日本語のレビュー動画", "언어": "한국어 자막"}),
            ),
        ),
    ] {
        let started = std::time::Instant::now();
        let file = paper.draw().unwrap();
        println!("{name}: {} bytes, {:?}", file.len(), started.elapsed());
        std::fs::write(format!("{folder}/{name}.pdf"), file).unwrap();
    }
}
