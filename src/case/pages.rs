//! Page after page: what the run asks for next, and what the pages are together.

use serde_json::Value;

use crate::model::{Model, Paginator};

/// The most pages that are asked for: no case makes more than a few things.
pub(crate) const MOST_PAGES: usize = 100;

/// What comes after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    /// The page with this token.
    Page(String),
    /// Nothing: it was the last.
    End,
    /// A token that was given before: it would never end.
    Again(String),
    /// More pages than anybody made things for.
    TooMany,
}

/// How the action pages its results, if it does.
pub(crate) fn paginator(action: &str) -> Option<&'static Paginator> {
    Model::ec2().action(action)?.paginator.as_ref()
}

/// What comes after the last of these answers.
pub(crate) fn next(paginator: &Paginator, pages: &[&Value]) -> Next {
    let token =
        |page: &Value| page[&paginator.output_token].as_str().unwrap_or_default().to_owned();
    let Some((last, earlier)) = pages.split_last() else { return Next::End };
    match token(last) {
        token if token.is_empty() => Next::End,
        again if earlier.iter().any(|page| token(page) == again) => Next::Again(again),
        _ if pages.len() >= MOST_PAGES => Next::TooMany,
        token => Next::Page(token),
    }
}

/// The input for the page with this token.
pub(crate) fn input(paginator: &Paginator, input: &Value, token: &str) -> Value {
    let mut map = input.as_object().cloned().unwrap_or_default();
    map.insert(paginator.input_token.clone(), Value::String(token.to_owned()));
    Value::Object(map)
}

/// All pages as one answer: the lists of results joined, everything else as in the last.
pub(crate) fn joined(paginator: &Paginator, pages: &[&Value]) -> Value {
    let Some((last, earlier)) = pages.split_last() else { return Value::Null };
    let mut all = (*last).clone();
    for key in &paginator.result_keys {
        let lists = earlier.iter().chain([last]).filter_map(|page| page[key].as_array());
        let items: Vec<Value> = lists.flatten().cloned().collect();
        if let Some(map) = all.as_object_mut()
            && (!items.is_empty() || map.contains_key(key))
        {
            map.insert(key.clone(), Value::Array(items));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pages_follow_each_other_until_there_is_no_token() {
        let vpcs = paginator("DescribeVpcs").expect("it has pages");
        let one = json!({"Vpcs": [{"VpcId": "vpc-1"}], "NextToken": "b"});
        let two = json!({"Vpcs": [{"VpcId": "vpc-2"}], "NextToken": ""});
        assert_eq!(next(vpcs, &[&one]), Next::Page("b".into()));
        assert_eq!(next(vpcs, &[&one, &two]), Next::End);
        assert_eq!(next(vpcs, &[&one, &one]), Next::Again("b".into()));
        let many: Vec<Value> =
            (0..MOST_PAGES).map(|n| json!({"NextToken": n.to_string()})).collect();
        assert_eq!(next(vpcs, &many.iter().collect::<Vec<_>>()), Next::TooMany);
        let all = joined(vpcs, &[&one, &two]);
        assert_eq!(all["Vpcs"], json!([{"VpcId": "vpc-1"}, {"VpcId": "vpc-2"}]));
        let asked = input(vpcs, &json!({"MaxResults": 5}), "b");
        assert_eq!(asked, json!({"MaxResults": 5, "NextToken": "b"}));
        assert!(paginator("RunInstances").is_none());
    }
}
