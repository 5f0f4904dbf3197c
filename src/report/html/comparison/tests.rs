//! Tests of the whole page.

use serde_json::{Value, json};

use super::render;
use crate::compare::{About, Kind, Side, compare};
use crate::judge::RunResult;
use crate::report::html::tests::{
    exchange, exchanges_of, no_markup_but_its_own, parsed, poison, read, stored, usual,
};

/// Two clouds: the first has case `a` only.
fn compared(poisoned: bool) -> String {
    let mut first = usual();
    first["cases"].as_array_mut().unwrap().truncate(1);
    let mut second = usual();
    second["run"]["id"] = json!("r2");
    let (mut of_first, mut of_second) = (vec![exchange(2)], vec![exchange(2), exchange(1)]);
    let mut about =
        json!({ "kind": "emulator", "name": "moto", "release": "5", "about": "Says so." });
    if poisoned {
        [&mut first, &mut second].into_iter().for_each(poison);
        of_first.iter_mut().chain(&mut of_second).for_each(poison);
        for key in ["name", "release", "about"] {
            poison(&mut about[key]);
        }
    }
    let (first, second): (RunResult, RunResult) =
        (serde_json::from_value(first).unwrap(), serde_json::from_value(second).unwrap());
    let about: About = serde_json::from_value(about).unwrap();
    assert_eq!(about.kind, Kind::Emulator);
    let sides = [
        Side { label: about.title(), about: Some(about), result: &first },
        Side { label: first.run.target.name.clone(), about: None, result: &second },
    ];
    let (of_first, of_second) = (read(of_first), read(of_second));
    let stored = [stored(&of_first), stored(&of_second)];
    render(&compare(&sides), &[&first, &second], &stored).unwrap()
}

#[test]
fn a_comparison_shows_each_run_and_what_was_not_run() {
    let page = compared(false);
    assert!(page.contains("<title>moto 5 and A cloud: how far from AWS EC2</title>"));
    assert!(page.contains("moto 5 is an emulator, not a cloud."));
    assert!(page.contains(
        "Of 1 case that every run has, 0 behave as on AWS everywhere, 1 pass nowhere.</strong> \
         2 not run everywhere."
    ));
    assert!(page.contains("3 in all: moto 5 ran 1 of them, A cloud ran 3 of them."));
    for (case, run, verdict) in [
        ("a", 1, "fail"),
        ("a", 2, "fail"),
        ("b", 1, "not run"),
        ("c", 1, "not run"),
        ("c", 2, "pass"),
    ] {
        let class = verdict.replace(' ', "-");
        let cell = format!(
            "<a class=\"badge v-{class}\" id=\"case-{case}.{run}\" href=\"#case-{case}.{run}\">{verdict}</a>"
        );
        assert!(page.contains(&cell), "{cell}");
    }
    let cases = parsed(&page, "cases");
    assert_eq!(cases[2]["runs"][0], Value::Null);
    assert_eq!(cases[0]["agreement"], "same");
    assert_eq!(cases[0]["runs"][0]["findings"], cases[0]["runs"][1]["findings"]);
    assert_eq!(cases[0]["runs"][0]["exchanges"], json!([2]));
    assert_eq!(exchanges_of(&page, "exchanges-0").keys().copied().collect::<Vec<_>>(), [2]);
    assert!(page.contains("What changed from moto 5 to A cloud"));
    assert!(page.contains("<b>2</b> <span class=\"word\">added</span>"));
    assert_eq!(compared(false), page);
}

#[test]
fn nothing_from_outside_is_markup_in_a_comparison() {
    let page = compared(true);
    no_markup_but_its_own(&page, 7);
    let in_html = "&lt;script&gt;alert(&#39;&#34;&amp;&#39;)&lt;/script&gt;\\u{202e}␛[2J";
    assert!(page.matches(in_html).count() > 20, "{}", page.matches(in_html).count());
}
