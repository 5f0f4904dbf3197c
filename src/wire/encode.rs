//! From input members to Query parameters, as AWS's SDKs write them.
//!
//! The rules are those of the `ec2` protocol of AWS's model: structures and lists are flattened
//! with dots, lists count from 1, booleans are `true` and `false`, blobs are Base64.

use base64::Engine as _;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::Encoding;
use crate::model::{Action, Model, ShapeId, ShapeKind, suggest};

/// Everything but RFC 3986's unreserved characters is escaped, as in AWS's SDKs.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Why an input cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The model has no such member.
    #[error("no member `{member}` in {owner}{}", did_you_mean(suggestion))]
    UnknownMember {
        /// The structure it was given to.
        owner: String,
        /// The name that was given.
        member: String,
        /// What was probably meant.
        suggestion: Option<String>,
    },
    /// The value's form does not fit the member's.
    #[error("{path} has to be {expected}")]
    WrongForm {
        /// The member.
        path: String,
        /// What was expected.
        expected: &'static str,
    },
}

fn did_you_mean(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map(|s| format!("; did you mean `{s}`?")).unwrap_or_default()
}

/// The parameters of a call in the order AWS's SDKs send them: `Action`, `Version`, then members in
/// the model's order. `token` makes a value for each idempotency token that the input does not
/// give and `omit` does not name.
///
/// # Errors
/// A member is unknown, or a value's form does not fit.
pub fn encode(
    model: &Model,
    action: &Action,
    input: &Value,
    omit: &[String],
    mut token: impl FnMut() -> String,
) -> Result<Vec<(String, String)>, EncodeError> {
    let mut encoder = Encoder {
        model,
        parameters: vec![
            ("Action".to_owned(), action.name.clone()),
            ("Version".to_owned(), model.api_version().to_owned()),
        ],
    };
    let empty = Value::Object(Default::default());
    let input = if input.is_null() { &empty } else { input };
    match action.input {
        Some(shape) => {
            encoder.structure(&action.name, shape, "", input)?;
            encoder.tokens(shape, input, omit, &mut token);
        }
        None => encoder.no_members(&action.name, input)?,
    }
    Ok(encoder.parameters)
}

struct Encoder<'m> {
    model: &'m Model,
    parameters: Vec<(String, String)>,
}

impl Encoder<'_> {
    fn no_members(&self, owner: &str, input: &Value) -> Result<(), EncodeError> {
        match input.as_object().and_then(|map| map.keys().next()) {
            Some(member) => Err(EncodeError::UnknownMember {
                owner: owner.to_owned(),
                member: member.clone(),
                suggestion: None,
            }),
            None => Ok(()),
        }
    }

    fn structure(
        &mut self,
        owner: &str,
        shape: ShapeId,
        prefix: &str,
        value: &Value,
    ) -> Result<(), EncodeError> {
        let ShapeKind::Structure(structure) = &self.model.shape(shape).kind else {
            return self.no_members(owner, value);
        };
        let Some(map) = value.as_object() else {
            return Err(EncodeError::WrongForm { path: owner.to_owned(), expected: "a map" });
        };
        if let Some(unknown) = map.keys().find(|name| structure.member(name).is_none()) {
            let names = structure.members.iter().map(|m| m.name.as_str());
            return Err(EncodeError::UnknownMember {
                owner: owner.to_owned(),
                member: unknown.clone(),
                suggestion: suggest(unknown, names).map(str::to_owned),
            });
        }
        for member in &structure.members {
            if let Some(value) = map.get(&member.name).filter(|v| !v.is_null()) {
                let name = format!("{prefix}{}", member.query_name());
                self.value(&format!("{owner}.{}", member.name), member.shape, &name, value)?;
            }
        }
        Ok(())
    }

    fn value(
        &mut self,
        path: &str,
        shape: ShapeId,
        name: &str,
        value: &Value,
    ) -> Result<(), EncodeError> {
        match (&self.model.shape(shape).kind, value) {
            (ShapeKind::Structure(_), _) => self.structure(path, shape, &format!("{name}."), value),
            (ShapeKind::List(list), Value::Array(items)) => {
                for (n, item) in items.iter().enumerate() {
                    let name = format!("{name}.{}", n + 1);
                    self.value(&format!("{path}[{n}]"), list.item, &name, item)?;
                }
                Ok(())
            }
            (ShapeKind::List(_), _) => {
                Err(EncodeError::WrongForm { path: path.to_owned(), expected: "a list" })
            }
            (_, Value::Array(_) | Value::Object(_)) => {
                Err(EncodeError::WrongForm { path: path.to_owned(), expected: "a single value" })
            }
            (kind, Value::String(text)) => {
                let text = match kind {
                    ShapeKind::Blob => base64::engine::general_purpose::STANDARD.encode(text),
                    _ => text.clone(),
                };
                self.parameters.push((name.to_owned(), text));
                Ok(())
            }
            (_, scalar) => {
                self.parameters.push((name.to_owned(), scalar.to_string()));
                Ok(())
            }
        }
    }

    /// Idempotency tokens of the top level: the only ones that SDKs fill in.
    fn tokens(
        &mut self,
        shape: ShapeId,
        input: &Value,
        omit: &[String],
        token: &mut impl FnMut() -> String,
    ) {
        let ShapeKind::Structure(structure) = &self.model.shape(shape).kind else { return };
        for member in structure.members.iter().filter(|m| m.idempotency_token) {
            if input.get(&member.name).is_none() && !omit.contains(&member.name) {
                self.parameters.push((member.query_name().into_owned(), token()));
            }
        }
    }
}

/// Puts parameters in place of those of the same name, or behind all others; null leaves one out.
pub(crate) fn replace(parameters: &mut Vec<(String, String)>, by: &Map<String, Value>) {
    for (name, value) in by {
        let at = parameters.iter().position(|(known, _)| known == name);
        parameters.retain(|(known, _)| known != name);
        let value = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        parameters.insert(at.unwrap_or(parameters.len()), (name.clone(), value));
    }
}

/// Whether one of the parameters is the token by which AWS knows a request that it gets twice.
pub(crate) fn has_token(model: &Model, action: &Action, parameters: &[(String, String)]) -> bool {
    let Some(shape) = action.input else { return false };
    let ShapeKind::Structure(structure) = &model.shape(shape).kind else { return false };
    let mut tokens = structure.members.iter().filter(|m| m.idempotency_token);
    tokens.any(|token| parameters.iter().any(|(name, _)| *name == token.query_name()))
}

/// Parameters as the body of a form.
pub fn encode_form(parameters: &[(String, String)], encoding: Encoding) -> String {
    let escape = |text: &str| match encoding {
        Encoding::Usual => utf8_percent_encode(text, ESCAPED).to_string(),
        Encoding::Plus => utf8_percent_encode(text, ESCAPED).to_string().replace("%20", "+"),
        Encoding::Everything => text.bytes().map(|byte| format!("%{byte:02X}")).collect(),
    };
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parameters(action: &str, input: Value, omit: &[&str]) -> Result<String, EncodeError> {
        let model = Model::ec2();
        let action = model.action(action).expect("known");
        let omit: Vec<String> = omit.iter().map(|&o| o.to_owned()).collect();
        let all = encode(model, action, &input, &omit, || "TOKEN".to_owned())?;
        Ok(encode_form(&all, Encoding::Usual))
    }

    /// What botocore sends for the same call (`Stubber`, botocore 1.44), up to the order.
    #[test]
    fn as_an_sdk_sends_it() {
        assert_eq!(
            parameters(
                "DescribeInstances",
                json!({"Filters": [{"Name": "tag:Näme", "Values": ["a b+~%", "c"]}], "MaxResults": 5}),
                &[]
            ),
            Ok("Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=tag%3AN%C3%A4me\
                &Filter.1.Value.1=a%20b%2B~%25&Filter.1.Value.2=c&MaxResults=5"
                .to_owned())
        );
        assert_eq!(
            parameters("CreateRouteTable", json!({"VpcId": "vpc-1"}), &[]),
            Ok("Action=CreateRouteTable&Version=2016-11-15&VpcId=vpc-1&ClientToken=TOKEN".into())
        );
        assert_eq!(
            parameters("CreateRouteTable", json!({"VpcId": "vpc-1"}), &["ClientToken"]),
            Ok("Action=CreateRouteTable&Version=2016-11-15&VpcId=vpc-1".into())
        );
        assert_eq!(
            parameters(
                "ImportKeyPair",
                json!({"KeyName": "k", "PublicKeyMaterial": "ssh-rsa A"}),
                &[]
            ),
            Ok("Action=ImportKeyPair&Version=2016-11-15&KeyName=k&PublicKeyMaterial=c3NoLXJzYSBB"
                .into())
        );
        assert_eq!(
            parameters(
                "RunInstances",
                json!({"MinCount": 1, "MaxCount": 1, "EbsOptimized": false, "SecurityGroupIds": ["sg-1"],
                       "BlockDeviceMappings": [{"Ebs": {"VolumeSize": 1}}]}),
                &["ClientToken"]
            ),
            Ok("Action=RunInstances&Version=2016-11-15&BlockDeviceMapping.1.Ebs.VolumeSize=1\
                &MaxCount=1&MinCount=1&SecurityGroupId.1=sg-1&EbsOptimized=false"
                .into())
        );
    }

    #[test]
    fn tokens_are_known() {
        let model = Model::ec2();
        let has = |name: &str, input: Value, omit: &[&str]| {
            let action = model.action(name).expect("known");
            let omit: Vec<String> = omit.iter().map(|&o| o.to_owned()).collect();
            let all = encode(model, action, &input, &omit, || "TOKEN".to_owned()).expect("fits");
            has_token(model, action, &all)
        };
        assert!(has("RunInstances", json!({}), &[]));
        assert!(has("RunInstances", json!({"ClientToken": "mine"}), &["ClientToken"]));
        assert!(!has("RunInstances", json!({}), &["ClientToken"]));
        assert!(!has("CreateVpc", json!({}), &[]), "it takes none");
    }

    #[test]
    fn in_another_manner() {
        let mut all =
            vec![("Action".to_owned(), "A".to_owned()), ("K".to_owned(), "a b".to_owned())];
        assert_eq!(encode_form(&all, Encoding::Plus), "Action=A&K=a+b");
        assert_eq!(encode_form(&all[1..], Encoding::Everything), "%4B=%61%20%62");
        let by = json!({"Action": "B", "K": null, "New.1": 3});
        replace(&mut all, by.as_object().expect("a map"));
        assert_eq!(encode_form(&all, Encoding::Usual), "Action=B&New.1=3");
    }

    #[test]
    fn refused() {
        let error = parameters("DescribeVpcs", json!({"Filterz": []}), &[]).expect_err("unknown");
        assert_eq!(
            error.to_string(),
            "no member `Filterz` in DescribeVpcs; did you mean `Filters`?"
        );
        let error =
            parameters("DescribeVpcs", json!({"VpcIds": "vpc-1"}), &[]).expect_err("no list");
        assert_eq!(error.to_string(), "DescribeVpcs.VpcIds has to be a list");
    }
}
