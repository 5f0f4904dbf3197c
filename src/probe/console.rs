//! Whether a console's output contains texts.

use base64::Engine as _;
use serde_json::{Value, json};

use super::found::Outcome;

/// What an answer to GetConsoleOutput says of the texts that are looked for.
pub(crate) fn contains(answer: &Value, wanted: &Value) -> Value {
    let encoded: String =
        answer["Output"].as_str().unwrap_or_default().split_ascii_whitespace().collect();
    let Ok(output) = base64::engine::general_purpose::STANDARD.decode(&encoded) else {
        return Outcome::because("lacks", "the output is not in Base64").value();
    };
    let wanted: Vec<&Value> = match wanted {
        Value::Array(several) => several.iter().collect(),
        one => vec![one],
    };
    let is_there = |text: &&Value| {
        let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
        memchr::memmem::find(&output, text.as_bytes()).is_some()
    };
    let missing: Vec<&Value> = wanted.into_iter().filter(|text| !is_there(text)).collect();
    let word = if missing.is_empty() { "contains" } else { "lacks" };
    Outcome::new(word).with("Bytes", output.len()).with("Missing", json!(missing)).value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_in_what_is_encoded() {
        // "boot\nlogin: \n"
        let answer = json!({"InstanceId": "i-1", "Output": "Ym9vdApsb2dp\nbjogCg=="});
        assert_eq!(
            contains(&answer, &json!(["boot", "login:"])),
            json!({"Outcome": "contains", "Bytes": 13, "Missing": []})
        );
        assert_eq!(contains(&answer, &json!(["boot", "panic"]))["Missing"], json!(["panic"]));
        assert_eq!(contains(&answer, &json!("panic"))["Outcome"], "lacks");
        assert_eq!(contains(&json!({}), &json!("boot"))["Outcome"], "lacks", "nothing yet");
        assert_eq!(contains(&json!({"Output": "boot"}), &json!("boot"))["Outcome"], "lacks");
        assert_eq!(
            contains(&json!({"Output": "?"}), &json!("boot"))["Why"],
            "the output is not in Base64"
        );
    }
}
