//! Reads each line of standard input as a query.
fn main() {
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let u = mind::understand::parse(&line);
        println!("{line}\n  {}\n  {:?}", u.interpretation(None), u.recommended_filters());
        let json = serde_json::to_value(&u).unwrap_or_default();
        println!("  {}", json["evidence"].as_array().map_or(String::new(), |e| e.iter().map(|e| format!("{}={} ", e["field"], e["words"])).collect()));
    }
}
