use samples::{Creator, crowd, demo, write_csv, write_jsonl};

const HEADERS: &str = "name,email,platform,followers_count,followers_count_numeric,engagement_rate,niche,language,country,about,\
                       channel_name,avg_views,collaboration_rate,rating,profile_image,location,audience_type,languages,previous_brands";

fn csv_of(creators: Vec<Creator>) -> String {
    let mut file = Vec::new();
    write_csv(creators, &mut file).unwrap();
    String::from_utf8(file).unwrap()
}

#[test]
fn csv_has_the_headers_of_the_model_and_quotes_what_has_to_be() {
    let world = demo(1, crate::demo::now());
    let file = csv_of(world.creators.clone());
    assert_eq!(file.lines().next(), Some(HEADERS));
    assert_eq!(
        file.lines().nth(1).unwrap(),
        "Sarah Johnson,sarah.johnson@example.com,instagram,125K,125000,4.5,fitness,English,US,Certified personal trainer sharing \
         workout routines and healthy lifestyle tips,@sarahjohnsonfit,15000,850.0,4.8,https://example.com/profiles/sarah.jpg,\
         \"Los Angeles, CA\",Fitness Enthusiasts,English,Nike; Adidas; Protein World"
    );
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), world.creators.len());
    for (row, creator) in rows.iter().zip(&world.creators) {
        assert_eq!(
            (&row[0], &row[9], &row[17]),
            (creator.name.as_str(), creator.about.as_str(), creator.languages.join("; ").as_str())
        );
        assert_eq!(row[1].is_empty(), creator.email.is_none());
    }
}

#[test]
fn jsonl_has_the_same_names_and_real_lists() {
    let mut file = Vec::new();
    write_jsonl(crowd(2, 50), &mut file).unwrap();
    let file = String::from_utf8(file).unwrap();
    assert_eq!(file.lines().count(), 50);
    for (line, creator) in file.lines().zip(crowd(2, 50)) {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let names: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
        let mut expected: Vec<_> = HEADERS.split(',').collect();
        expected.sort_unstable();
        assert_eq!(names.len(), expected.len());
        assert!(expected.iter().all(|name| names.contains(name)));
        assert_eq!(value["channel_name"], creator.channel_name);
        assert_eq!(value["languages"].as_array().unwrap().len(), creator.languages.len());
        assert_eq!(value["email"].is_null(), creator.email.is_none());
    }
}
