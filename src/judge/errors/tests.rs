use super::load::{FILE, fits};
use super::{Applies, ErrorCodes, Possible, check_code};
use crate::assets::Assets;
use crate::judge::{Finding, Severity};
use crate::model::{ErrorExpect, Matcher, Model};

fn codes() -> ErrorCodes {
    ErrorCodes::load(&Assets::Baselines).expect("the bundled codes")
}

#[test]
fn the_bundled_list() {
    let codes = codes();
    assert!(codes.len() > 450, "{}", codes.len());
    assert_eq!(codes.digest().len(), 64);
    assert_eq!(codes.statuses("DryRunOperation"), [412]);
    assert_eq!(codes.statuses("OptInRequired"), [401, 403], "where sources differ, both are kept");
    assert!(codes.statuses("VpcNotFound").is_empty());
    assert!(codes.iter().all(|code| code.meaning.ends_with('.')), "a meaning is a sentence");
}

#[test]
fn whether_aws_would_send_it() {
    let codes = codes();
    let is = |action: &str, code: &str| codes.possible(action, code);
    let meant = |code: &str| Possible::Unknown(Some(code.to_owned()));
    for (action, code) in [
        ("DescribeVpcs", "InvalidVpcID.NotFound"),
        ("CreateSubnet", "InvalidVpcID.NotFound"),
        ("CreateTags", "InvalidVpcID.NotFound"),
        ("DescribeKeyPairs", "AuthFailure"),
        ("AssociateAddress", "InvalidNetworkInterfaceID.NotFound"),
        ("StartInstances", "InsufficientInstanceCapacity"),
        // It starts instances, whose members its own input does not have.
        ("StartInstances", "MaxIOPSLimitExceeded"),
        // A member of an item of a list.
        ("AuthorizeSecurityGroupIngress", "InvalidPrefixListID.NotFound"),
        ("ReleaseAddress", "InvalidIPAddress.InUse"),
        // Nothing is known of an action that AWS's model does not have.
        ("DescribeNothing", "InvalidVpcID.NotFound"),
    ] {
        assert_eq!(is(action, code), Possible::Yes, "{action} {code}");
    }
    for (action, code) in [
        ("DescribeKeyPairs", "InvalidVpcID.NotFound"),
        ("CreateVpc", "InvalidGroup.Duplicate"),
        ("DescribeVpcs", "DependencyViolation"),
        ("CreateSubnet", "InvalidAMIID.NotFound"),
        ("DescribeRegions", "InvalidVolume.NotFound"),
    ] {
        assert_eq!(is(action, code), Possible::OtherAction, "{action} {code}");
    }
    let written = Possible::CaseOnly("InvalidVpcID.NotFound".to_owned());
    assert_eq!(is("DescribeVpcs", "invalidVpcID.notFound"), written);
    // AWS itself writes ID and Id, VPC and Vpc, IP and Ip.
    assert_eq!(is("DescribeVpcs", "InvalidVpcId.NotFound"), meant("InvalidVpcID.NotFound"));
    assert_eq!(is("DescribeVpcs", "InvalidVPCID.NotFound"), meant("InvalidVpcID.NotFound"));
    // OpenStack's own, and the prefix of the old SOAP interface.
    assert_eq!(is("DescribeVpcs", "VpcNotFound"), meant("InvalidVpcID.NotFound"));
    assert_eq!(is("DeleteVolume", "VolumeNotFoundException"), meant("InvalidVolume.NotFound"));
    assert_eq!(is("DescribeVpcs", "Client.AuthFailure"), meant("AuthFailure"));
    assert_eq!(is("RunInstances", "NoResultFound"), Possible::Unknown(None));
    assert_eq!(is("RunInstances", ""), Possible::Unknown(None));
}

/// What AWS was recorded answering must never be called wrong, also not by what was derived.
#[test]
fn what_aws_sent_is_possible() {
    let codes = codes();
    let mut answers = 0;
    for code in codes.iter() {
        for answer in &code.answers {
            let action = answer.action.as_deref().unwrap_or("DescribeNothing");
            // Without the answer itself, which settles it.
            let mut unseen = codes.clone();
            unseen.forget_answers();
            assert_eq!(
                unseen.possible(action, &code.code),
                Possible::Yes,
                "{action} {}",
                code.code
            );
            if let Some(status) = answer.status {
                let found = check_code("step", action, &code.code, status, &codes);
                assert!(found.is_empty(), "{found:#?}");
                answers += 1;
            }
        }
    }
    assert!(answers > 40, "{answers}");
}

/// Actions and codes that AWS's clients print in public logs and notes, gathered after the families
/// were written and not used for them: `An error occurred (CODE) when calling the ACTION operation`.
const SEEN_BY_OTHERS: [(&str, &[&str]); 24] = [
    (
        "RunInstances",
        &[
            "Unsupported",
            "UnauthorizedOperation",
            "AuthFailure",
            "InvalidParameterCombination",
            "InvalidAMIID.NotFound",
            "InvalidInput",
            "ResourceLimitExceeded",
            "RequestExpired",
            "InvalidKeyPair.NotFound",
            "Blocked",
            "InvalidBlockDeviceMapping",
            "UnsupportedHibernationConfiguration",
            "VcpuLimitExceeded",
            "InsufficientInstanceCapacity",
        ],
    ),
    ("CreateSubnet", &["InvalidSubnet.Conflict", "InvalidSubnet.Range", "InvalidParameterValue"]),
    (
        "AttachVolume",
        &["InvalidVolume.ZoneMismatch", "IncorrectState", "InvalidVolume.NotFound", "VolumeInUse"],
    ),
    ("CreateRoute", &["RouteAlreadyExists", "MissingParameter", "InvalidGatewayID.NotFound"]),
    ("AssociateAddress", &["InvalidAllocationID.NotFound", "AuthFailure", "InvalidInstanceID"]),
    ("ModifyInstanceAttribute", &["IncorrectInstanceState", "InvalidParameterCombination"]),
    (
        "StartInstances",
        &[
            "IncorrectInstanceState",
            "InsufficientInstanceCapacity",
            "Unsupported",
            "ResourceCountExceeded",
        ],
    ),
    ("CreateImage", &["InvalidParameterValue"]),
    ("CreateVpcEndpoint", &["InvalidParameter", "InvalidServiceName"]),
    ("CreateNatGateway", &["InvalidSubnet", "NatGatewayLimitExceeded"]),
    ("DeleteVpc", &["DependencyViolation"]),
    ("ModifyVolume", &["VolumeModificationRateExceeded", "InvalidParameterValue"]),
    ("CreateLaunchTemplate", &["InvalidUserData.Malformed"]),
    ("RequestSpotInstances", &["MaxSpotInstanceCountExceeded"]),
    ("CreateTags", &["InvalidID", "InvalidInstanceID.NotFound", "TagPolicyViolation"]),
    ("CreateNetworkInterface", &["InvalidSecurityGroupID.NotFound", "InternalError"]),
    ("CopyImage", &["InvalidRequest"]),
    ("PurchaseReservedInstancesOffering", &["ReservedInstancesLimitExceeded"]),
    ("AuthorizeSecurityGroupIngress", &["InvalidPermission.Duplicate", "InvalidParameterValue"]),
    ("CreateTransitGatewayVpcAttachment", &["DuplicateTransitGatewayAttachment"]),
    ("DeleteTransitGateway", &["IncorrectState"]),
    ("CreateFleet", &["InvalidFleetConfig"]),
    ("ModifyManagedPrefixList", &["PrefixListVersionMismatch", "InvalidParameterCombination"]),
    ("DescribeVpnConnections", &["UnsupportedOperation"]),
];

#[test]
fn what_others_saw_is_possible() {
    let mut codes = codes();
    codes.forget_answers();
    for (action, seen) in SEEN_BY_OTHERS {
        for code in seen {
            assert_eq!(codes.possible(action, code), Possible::Yes, "{action} {code}");
        }
    }
}

/// AWS's own waiters say which codes they meet.
#[test]
fn what_waiters_wait_for_is_possible() {
    let codes = codes();
    let mut seen = 0;
    for waiter in Model::ec2().waiters() {
        for acceptor in &waiter.acceptors {
            if let Matcher::Error { code: ErrorExpect::Code(code) } = &acceptor.matcher {
                let possible = codes.possible(&waiter.operation, code);
                assert_eq!(possible, Possible::Yes, "{} {code}", waiter.operation);
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "{seen}");
}

/// A word that no action has would make every use of the code look wrong.
#[test]
fn every_code_belongs_to_some_action() {
    let codes = codes();
    for code in codes.iter() {
        let actions = Model::ec2().actions();
        let some = actions
            .filter(|action| codes.possible(&action.name, &code.code) == Possible::Yes)
            .any(|action| !["CreateTags", "DeleteTags"].contains(&action.name.as_str()));
        assert!(some, "{}", code.code);
        // Of each family by itself, so that one cannot hide another's misspelling.
        for applies in &code.applies {
            if let Applies::Family(family) = applies {
                let named = |word: &String| {
                    Model::ec2().actions().any(|action| codes.is_named(&action.name, word))
                };
                assert!(codes.family(family).iter().all(named), "a word of @{family} is nowhere");
            }
        }
    }
}

fn found(action: &str, code: &str, status: u16) -> Vec<(String, Severity)> {
    let found = check_code("step", action, code, status, &codes());
    for finding in &found {
        assert!(!finding.evidence.is_empty() && !finding.message.is_empty(), "{finding:#?}");
        for evidence in &finding.evidence {
            assert!(evidence.url.is_some() && !evidence.states.is_empty(), "{finding:#?}");
        }
    }
    found.into_iter().map(|Finding { rule, severity, .. }| (rule, severity)).collect()
}

#[test]
fn findings() {
    use Severity::{Breaking, Cosmetic, Divergent};
    let one = |rule: &str, severity| vec![(format!("model.error-{rule}"), severity)];
    assert_eq!(found("DescribeVpcs", "InvalidVpcID.NotFound", 400), []);
    assert_eq!(found("DescribeVpcs", "VpcNotFound", 400), one("code-unknown", Divergent));
    assert_eq!(found("DescribeVpcs", "InvalidVpcId.NotFound", 400), one("code-unknown", Divergent));
    assert_eq!(found("DescribeVpcs", "invalidvpcid.notfound", 400), one("code-case", Breaking));
    let other = one("code-action", Divergent);
    assert_eq!(found("DescribeKeyPairs", "InvalidVpcID.NotFound", 400), other);
    assert_eq!(found("DescribeVpcs", "DependencyViolation", 400), other);
    let status = one("status", Divergent);
    for (code, wrong) in [
        ("InvalidVpcID.NotFound", 500),
        ("InvalidVpcID.NotFound", 200),
        ("InternalError", 400),
        ("RequestLimitExceeded", 429),
    ] {
        assert_eq!(found("DescribeVpcs", code, wrong), status, "{code} {wrong}");
    }
    // Hardly any client looks at the number within the class.
    assert_eq!(found("DescribeVpcs", "AuthFailure", 403), one("status-number", Cosmetic));
    assert_eq!(found("DescribeVpcs", "AuthFailure", 401), []);
    assert_eq!(found("DescribeVpcs", "Unavailable", 503), []);
    assert_eq!(found("DescribeVpcs", "", 400), []);
    assert!(check_code("s", "DescribeVpcs", "VpcNotFound", 400, &ErrorCodes::default()).is_empty());
    // Both can be wrong at once.
    assert_eq!(found("DescribeKeyPairs", "InvalidVpcID.NotFound", 500).len(), 2);
}

/// An endpoint chooses how long its code is, and must not choose how long judging takes.
#[test]
fn a_huge_code_takes_no_time() {
    let huge = "InvalidVpcID.NotFound".repeat(50_000);
    let before = std::time::Instant::now();
    assert_eq!(found("DescribeVpcs", &huge, 400).len(), 1);
    assert!(before.elapsed().as_secs() < 5, "{:?}", before.elapsed());
}

#[test]
fn statuses_fit_by_class() {
    use super::Fault::{Client, Server};
    assert!(fits(Client, 400) && fits(Client, 412) && fits(Server, 500) && fits(Server, 503));
    assert!(!fits(Client, 500) && !fits(Client, 399) && !fits(Server, 499) && !fits(Server, 600));
}

fn load(text: &str) -> Result<ErrorCodes, String> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("aws")).expect("made");
    std::fs::write(folder.path().join(FILE), text).expect("written");
    ErrorCodes::load(&Assets::Folder(folder.path().to_owned())).map_err(|error| error.to_string())
}

fn mistakes_in(text: &str) -> String {
    load(text).err().unwrap_or_default()
}

/// An answer that was seen settles it, whatever was derived.
#[test]
fn an_answer_settles_it() {
    let seen = SMALL.replacen("DescribeVpcs", "DescribeKeyPairs", 1);
    let codes = load(&seen).expect("as it should be");
    assert_eq!(codes.possible("DescribeKeyPairs", "A.B"), Possible::Yes);
    assert_eq!(codes.possible("DescribeRegions", "A.B"), Possible::OtherAction);
}

const SMALL: &str = r#"{
  "about": [],
  "stands_for": { "StartInstances": "RunInstances" },
  "takes_any_resource": [],
  "families": { "vpc": ["Vpc"] },
  "sources": {
    "list": { "kind": "documented", "title": "t", "url": "https://x", "date": "2026-11-21", "states": "s" },
    "tool": { "kind": "client", "title": "t", "url": "https://x", "date": "2026-11-21", "states": "s" }
  },
  "codes": [
    { "code": "A.B", "kind": "client", "applies": ["@vpc"], "applies_from": "derived", "meaning": "m.",
      "statuses": [{ "status": 400, "source": "list" }],
      "answers": [{ "action": "DescribeVpcs", "status": 400, "message": "m", "source": "list" }],
      "sources": ["list"] },
    { "code": "C", "kind": "server", "applies": ["any"], "applies_from": "documented", "meaning": "m.", "sources": ["tool"] }
  ]
}"#;

#[test]
fn mistakes_are_reported_with_their_place() {
    assert_eq!(mistakes_in(SMALL), "");
    for (from, to, line, words) in [
        ("\"meaning\": \"m.\",\n", "\"sense\": \"m.\",\n", 11, "unknown field `sense`"),
        ("\"kind\": \"server\"", "\"kind\": \"cloud\"", 15, "unknown variant `cloud`"),
        ("[\"@vpc\"]", "[\"@vcp\"]", 11, "there is no family @vcp"),
        ("[\"@vpc\"]", "[\"@vcp\"]", 11, "did you mean `@vpc`?"),
        ("[\"@vpc\"]", "[\"DescribeVpc\"]", 11, "there is no action DescribeVpc"),
        ("[\"@vpc\"]", "[]", 11, "A.B applies to no action"),
        ("\"sources\": [\"list\"]", "\"sources\": [\"lost\"]", 14, "there is no source `lost`"),
        ("\"sources\": [\"list\"]", "\"sources\": [\"lost\"]", 14, "did you mean `list`?"),
        ("\"sources\": [\"list\"]", "\"sources\": []", 11, "A.B has no source"),
        ("\"status\": 400, \"message\"", "\"status\": 500, \"message\"", 11, "of another kind"),
        ("\"status\": 400, \"source\"", "\"status\": 500, \"source\"", 11, "of another kind"),
        ("\"action\": \"DescribeVpcs\"", "\"action\": \"DescribeVcps\"", 13, "`DescribeVpcs`?"),
        ("\"m\", \"source\": \"list\"", "\"m\", \"source\": \"tool\"", 11, "no answer of AWS"),
        ("\"code\": \"C\"", "\"code\": \"A.B\"", 15, "A.B is listed twice"),
        ("\"StartInstances\":", "\"StartInstance\":", 3, "did you mean `StartInstances`?"),
        ("\"url\": \"https://x\"", "\"url\": \"x\"", 7, "an address that anyone can look up"),
        ("\"date\": \"2026-11-21\"", "\"date\": \"today\"", 7, "is no date"),
    ] {
        let text = SMALL.replacen(from, to, 1);
        assert_ne!(text, SMALL, "{from}");
        let said = mistakes_in(&text);
        assert!(said.contains(words), "lacks `{words}`\n{said}");
        assert!(
            said.contains(&format!("errors.json:{line}:")),
            "{words}: not in line {line}\n{said}"
        );
    }
}

#[test]
fn a_folder_without_the_file_has_the_bundled_codes() {
    let folder = tempfile::tempdir().expect("a folder");
    let of_folder = ErrorCodes::load(&Assets::Folder(folder.path().to_owned())).expect("loaded");
    assert_eq!(of_folder.digest(), codes().digest());
}
